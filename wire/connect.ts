import type { TLSSocket } from 'node:tls';
import WebSocket from 'ws';
import type { WireMessage } from '../schema/generated/types.js';
import type { Channel } from './channel.js';
import { wireCodec } from './codec.js';
import type { Identity } from './identity.js';
import type { MessageCodec } from './message-codec.js';
import { pinOfPeer } from './pin.js';
import { socketChannel } from './socket-channel.js';

export type Connected<Sent = WireMessage, Received = Sent> =
  | { kind: 'connected'; channel: Channel<Sent, Received> }
  | { kind: 'refused'; message: string };

/** Opens the agent's side of the wire to the hub, which must hold the key pinned as `hubPin`. */
export function connect(url: string, identity: Identity, hubPin: string): Promise<Connected> {
  return connectWith(wireCodec, url, identity, { pin: hubPin, name: 'reconciler' });
}

/**
 * Opens a connection: WebSocket over TLS 1.3, showing `identity`, and going on only if the other end holds the pinned key. Nothing is
 * sent before that is known.
 */
export function connectWith<Sent, Received>(
  codec: MessageCodec<Sent, Received>,
  url: string,
  identity: Identity,
  peer: { pin: string; name: string },
): Promise<Connected<Sent, Received>> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      cert: identity.certificatePem,
      key: identity.privateKeyPem,
      minVersion: 'TLSv1.3',
      // Keys are pinned; no authority signs certificates.
      rejectUnauthorized: false,
      maxPayload: codec.maxMessageBytes,
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
    });
    let trusted = false;
    socket.once('upgrade', (response) => {
      trusted = pinOfPeer(response.socket as TLSSocket) === peer.pin;
    });
    socket.once('error', (error) =>
      resolve({ kind: 'refused', message: `Cannot connect to ${url}: ${error.message}` }),
    );
    socket.once('open', () => {
      if (trusted) return resolve({ kind: 'connected', channel: socketChannel(socket, codec) });
      socket.terminate();
      resolve({ kind: 'refused', message: `The ${peer.name} at ${url} does not hold the key ${peer.pin}.` });
    });
  });
}
