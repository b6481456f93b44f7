import { closeSync, openSync } from 'node:fs';
import { SharedMemory } from '../../linux/memory.js';
import { answers, encodeWish, layout, type Wish } from '../area-layout.js';

export const tasksPerCore = 64;

/** Whoever writes a part needs a few microseconds, unless it was ended meanwhile. */
const tries = 10_000;
const none: Wish = { pid: 0, periodUs: 0, sliceUs: 0 };

export interface CoreAnswer {
  answer: (typeof answers)[number];
  errno: number;
  /** A schedule is in force there: this one, or the one before. */
  isInForce: boolean;
}

export interface CoreAccount {
  periods: number;
  short: number;
  missed: number;
  usedNs: number;
}

/** The agent's side of the memory that it shares with the core of a processor: agents/vsched/native/area.h. */
export class CoreArea {
  readonly #memory: SharedMemory;
  readonly #bytes: Buffer;
  readonly #words: Int32Array;

  /** @throws if the file is not there: it is when the core has said that it is ready. */
  constructor(path: string) {
    const file = openSync(path, 'r+');
    try {
      this.#memory = new SharedMemory(file, 0, layout.area.size, true);
    } finally {
      closeSync(file);
    }
    this.#bytes = Buffer.from(this.#memory.bytes);
    this.#words = new Int32Array(this.#memory.bytes);
  }

  /** Replaces all wishes; gives the number that `applied` has when they are answered. */
  want(wishes: readonly (Wish | undefined)[]): number {
    const at = layout.area.wanted / 4;
    const before = Atomics.load(this.#words, at);
    Atomics.store(this.#words, at, before + 1);
    for (let index = 0; index < tasksPerCore; index++) {
      const wish = encodeWish(wishes[index] ?? none);
      wish.copy(this.#bytes, layout.area.wanted + layout.wanted.wishes + index * layout.wish.size);
    }
    Atomics.store(this.#words, at, before + 2);
    return before + 2;
  }

  get applied(): number {
    return Atomics.load(this.#words, (layout.area.core + layout.core.applied) / 4);
  }

  /** Undefined if the core ended while it wrote. */
  answer(task: number): CoreAnswer | undefined {
    const bytes = this.#settled(layout.area.answers + task * layout.answer.size, layout.answer.size);
    const answer = answers[bytes?.readUInt32LE(layout.answer.answer) ?? -1];
    if (bytes === undefined || answer === undefined) return undefined;
    const isInForce = bytes.readBigInt64LE(layout.answer.periodUs) > 0n;
    return { answer, errno: bytes.readInt32LE(layout.answer.error), isInForce };
  }

  /** Undefined if the core ended while it wrote. */
  account(task: number): CoreAccount | undefined {
    const bytes = this.#settled(layout.area.accounts + task * layout.account.size, layout.account.size);
    if (bytes === undefined) return undefined;
    const number = (at: number): number => Number(bytes.readBigUInt64LE(at));
    const { periods, shorts, misses, usedNs } = layout.account;
    return { periods: number(periods), short: number(shorts), missed: number(misses), usedNs: number(usedNs) };
  }

  /** Of core and watchdog together, and since when. */
  get overhead(): { usedNs: number; startedNs: number; decisions: number } {
    const number = (at: number): number => Number(this.#bytes.readBigUInt64LE(at));
    const { core, watch } = layout.area;
    return {
      usedNs: number(core + layout.core.ownNs) + number(watch + layout.watch.ownNs),
      startedNs: number(core + layout.core.startedNs),
      decisions: number(core + layout.core.wakes),
    };
  }

  close(): void {
    this.#memory.close();
  }

  /** A copy of a part that begins with a sequence, of one moment. */
  #settled(at: number, length: number): Buffer | undefined {
    for (let count = 0; count < tries; count++) {
      const before = Atomics.load(this.#words, at / 4);
      if (before % 2 !== 0) continue;
      const copy = Buffer.from(this.#bytes.subarray(at, at + length));
      if (Atomics.load(this.#words, at / 4) === before) return copy;
    }
    return undefined;
  }
}
