import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

const longestMs = 1000;
const maxDiscardedBytes = 1024 * 1024;

/**
 * `text` as the body of an answer that is given before the request has ended. The connection then stays open until the client has
 * stopped sending, for a second at most: closed at once, it would be reset, and the client could lose the answer (RFC 9112, 9.6).
 * A little of what still comes is discarded; the rest is not even read.
 */
export function lingering(text: string, request: IncomingMessage): Readable {
  return Readable.from(
    (async function* () {
      yield text;
      await stopped(request);
    })(),
  );
}

function stopped(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    if (request.complete || request.destroyed) return resolve();
    const timer = setTimeout(resolve, longestMs);
    let left = maxDiscardedBytes;
    request.on('data', (chunk: Uint8Array) => {
      left -= chunk.length;
      if (left <= 0) request.pause();
    });
    for (const event of ['end', 'close', 'error']) {
      request.once(event, () => {
        clearTimeout(timer);
        resolve();
      });
    }
    request.resume();
  });
}
