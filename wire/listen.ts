import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { AcceptedChannel } from './channel.js';
import { maxMessageBytes } from './codec.js';
import type { Identity } from './identity.js';
import { pinOfPeer } from './pin.js';
import { socketChannel } from './socket-channel.js';

export interface Listener {
  /** `wss://` address that agents connect to. */
  url: string;
  close(): Promise<void>;
}

/** Accepts agents on `host`:`port` (0: any free port) over mutual TLS 1.3. Whose key may speak is decided by `accept`. */
export async function listen(
  identity: Identity,
  host: string,
  port: number,
  accept: (accepted: AcceptedChannel) => void,
): Promise<Listener> {
  const server = createServer({
    cert: identity.certificatePem,
    key: identity.privateKeyPem,
    minVersion: 'TLSv1.3',
    requestCert: true,
    // Any key may knock; the pin decides.
    rejectUnauthorized: false,
  });
  const sockets = new WebSocketServer({ server, maxPayload: maxMessageBytes, perMessageDeflate: false });
  sockets.on('connection', (socket, request) => {
    accept({ channel: socketChannel(socket), peerPin: pinOfPeer(request.socket as TLSSocket) });
  });
  await new Promise<void>((resolve, reject) => {
    // It takes over the server's errors, and would throw one that nobody listens for.
    sockets.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return {
    url: `wss://${host}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
