import type { TLSSocket } from 'node:tls';
import WebSocket from 'ws';
import type { Channel } from './channel.js';
import { maxMessageBytes } from './codec.js';
import type { Identity } from './identity.js';
import { pinOfPeer } from './pin.js';
import { socketChannel } from './socket-channel.js';

export type Connected = { kind: 'connected'; channel: Channel } | { kind: 'refused'; message: string };

/**
 * Opens the agent's side of the wire: WebSocket over TLS 1.3, showing `identity`, and going on only if the other end holds the
 * key pinned as `hubPin`. Nothing is sent before that is known.
 */
export function connect(url: string, identity: Identity, hubPin: string): Promise<Connected> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      cert: identity.certificatePem,
      key: identity.privateKeyPem,
      minVersion: 'TLSv1.3',
      // Keys are pinned; no authority signs certificates.
      rejectUnauthorized: false,
      maxPayload: maxMessageBytes,
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
    });
    let trusted = false;
    socket.once('upgrade', (response) => {
      trusted = pinOfPeer(response.socket as TLSSocket) === hubPin;
    });
    socket.once('error', (error) =>
      resolve({ kind: 'refused', message: `Cannot connect to ${url}: ${error.message}` }),
    );
    socket.once('open', () => {
      if (trusted) return resolve({ kind: 'connected', channel: socketChannel(socket) });
      socket.terminate();
      resolve({ kind: 'refused', message: `The reconciler at ${url} does not hold the key ${hubPin}.` });
    });
  });
}
