import type WebSocket from 'ws';
import type { Channel } from './channel.js';
import type { MessageCodec } from './message-codec.js';

/** How often each end asks the other for a sign of life; an end silent for two of them is gone. */
const heartbeatMs = 5000;

/** A channel over an open WebSocket. */
export function socketChannel<Sent, Received>(
  socket: WebSocket,
  { encode, decode, objection }: MessageCodec<Sent, Received>,
): Channel<Sent, Received> {
  let deliver: ((message: Received) => void) | null = null;
  let closed: ((reason: string) => void) | null = null;
  let reason: string | null = null;
  let alive = true;
  const early: Received[] = [];

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
    // What comes behind a malformed message, or before the other end has heard that this one closes.
    if (socket.readyState !== socket.OPEN) return;
    const decoded = isBinary ? { kind: 'malformed' as const, message: 'The message is binary.' } : decode(String(data));
    if (decoded.kind === 'malformed') {
      const told = objection(decoded.message);
      if (told !== undefined) socket.send(encode(told));
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
