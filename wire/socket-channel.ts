import type WebSocket from 'ws';
import type { WireMessage } from '../schema/generated/types.js';
import type { Channel } from './channel.js';
import { decode, encode } from './codec.js';

/** How often each end asks the other for a sign of life; an end silent for two of them is gone. */
const heartbeatMs = 5000;

/** A channel over an open WebSocket. */
export function socketChannel(socket: WebSocket): Channel {
  let deliver: ((message: WireMessage) => void) | null = null;
  let closed: ((reason: string) => void) | null = null;
  let reason: string | null = null;
  let alive = true;
  const early: WireMessage[] = [];

  const heartbeat = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, heartbeatMs);
  heartbeat.unref();

  function end(why: string): void {
    if (reason !== null) return;
    reason = why;
    clearInterval(heartbeat);
    closed?.(why);
  }

  socket.on('pong', () => {
    alive = true;
  });
  socket.on('message', (data, isBinary) => {
    alive = true;
    const decoded = isBinary ? { kind: 'malformed' as const, message: 'The message is binary.' } : decode(String(data));
    if (decoded.kind === 'malformed') {
      socket.send(encode({ kind: 'refusal', reason: 'malformed', message: decoded.message }));
      socket.close(1008, 'malformed');
    } else if (deliver) deliver(decoded.message);
    else early.push(decoded.message);
  });
  socket.on('error', (error) => end(error.message));
  socket.on('close', (code, text) => end(text.toString() || `closed with code ${code}`));

  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(encode(message));
    },
    backlogBytes: () => socket.bufferedAmount,
    onMessage: (listener) => {
      deliver = listener;
      for (const message of early.splice(0)) listener(message);
    },
    onClose: (listener) => {
      closed = listener;
      if (reason !== null) listener(reason);
    },
    // A close reason in WebSocket is at most 123 bytes.
    close: (why) => socket.close(1000, why.slice(0, 100)),
  };
}
