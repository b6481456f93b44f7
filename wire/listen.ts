import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { AcceptedChannel } from './channel.js';
import { wireCodec } from './codec.js';
import type { Identity } from './identity.js';
import type { MessageCodec } from './message-codec.js';
import { pinOfPeer } from './pin.js';
import { socketChannel } from './socket-channel.js';

export interface Listener {
  /** `wss://` address that others connect to. */
  url: string;
  close(): Promise<void>;
}

/** For how long strangers may hold a connection, and how many there may be at once. */
export interface ListenLimits {
  /** From the first byte to the WebSocket. */
  handshakeMs: number;
  /** From this end's wish to close to the other's. */
  closeMs: number;
  mostConnections: number;
}

/** Accepts agents on `host`:`port` (0: any free port) over mutual TLS 1.3. Whose key may speak is decided by `accept`. */
export function listen(
  identity: Identity,
  host: string,
  port: number,
  accept: (accepted: AcceptedChannel) => void,
): Promise<Listener> {
  return listenWith(wireCodec, identity, { host, port }, accept);
}

/** The same for any protocol. Without `limits` there are those of Node. */
export async function listenWith<Sent, Received>(
  codec: MessageCodec<Sent, Received>,
  identity: Identity,
  { host, port }: { host: string; port: number },
  accept: (accepted: AcceptedChannel<Sent, Received>) => void,
  limits?: ListenLimits,
): Promise<Listener> {
  const server = createServer({
    cert: identity.certificatePem,
    key: identity.privateKeyPem,
    minVersion: 'TLSv1.3',
    requestCert: true,
    // Any key may knock; the pin decides.
    rejectUnauthorized: false,
    ...(limits && {
      ...{ handshakeTimeout: limits.handshakeMs, headersTimeout: limits.handshakeMs },
      ...{ requestTimeout: limits.handshakeMs, connectionsCheckingInterval: Math.min(limits.handshakeMs, 1000) },
    }),
  });
  if (limits) server.maxConnections = limits.mostConnections;
  const sockets = new WebSocketServer({
    ...{ server, maxPayload: codec.maxMessageBytes, perMessageDeflate: false },
    ...(limits && { closeTimeout: limits.closeMs }),
  });
  sockets.on('connection', (socket, request) => {
    accept({ channel: socketChannel(socket, codec), peerPin: pinOfPeer(request.socket as TLSSocket) });
  });
  // There is nothing to get here but a WebSocket.
  server.on('request', (_, response) => {
    response.writeHead(426, { connection: 'close' }).end();
  });
  await new Promise<void>((resolve, reject) => {
    // It takes over the server's errors, and would throw one that nobody listens for.
    sockets.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const at = host.includes(':') ? `[${host}]` : host;
  return {
    url: `wss://${at}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
