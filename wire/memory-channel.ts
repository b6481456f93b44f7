import type { WireMessage } from '../schema/generated/types.js';
import type { Channel } from './channel.js';
import { decode, encode } from './codec.js';

/** Two channel ends joined in memory. Messages pass through the codec and arrive in a later microtask, as from a network. */
export function memoryChannels(): [Channel, Channel] {
  const a = new MemoryEnd();
  const b = new MemoryEnd();
  a.peer = b;
  b.peer = a;
  return [a, b];
}

class MemoryEnd implements Channel {
  peer: MemoryEnd | null = null;
  #message: ((message: WireMessage) => void) | null = null;
  #early: WireMessage[] = [];
  #close: ((reason: string) => void) | null = null;
  #closed: string | null = null;

  send(message: WireMessage): void {
    if (this.#closed !== null) return;
    const text = encode(message);
    queueMicrotask(() => this.peer?.receive(text));
  }

  receive(text: string): void {
    if (this.#closed !== null) return;
    const decoded = decode(text);
    if (decoded.kind === 'malformed') this.close(decoded.message);
    else if (this.#message) this.#message(decoded.message);
    else this.#early.push(decoded.message);
  }

  backlogBytes(): number {
    return 0;
  }

  onMessage(listener: (message: WireMessage) => void): void {
    this.#message = listener;
    for (const message of this.#early.splice(0)) listener(message);
  }

  onClose(listener: (reason: string) => void): void {
    this.#close = listener;
    if (this.#closed !== null) listener(this.#closed);
  }

  close(reason: string): void {
    if (this.#closed !== null) return;
    this.#closed = reason;
    this.#close?.(reason);
    queueMicrotask(() => this.peer?.close(reason));
  }
}
