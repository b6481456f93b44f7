import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow beyond what was in use after a full collection, in percent, before there is another one. */
const growingPercent = 20;

/**
 * Keeps this process to about the memory that it needs, for whatever size of fleet. Left alone, V8 lets a heap on a machine with room
 * to spare grow to a multiple of what is in use. The reconciler holds most of what it has for long, and drops the rest within a
 * second, so that looking more often costs next to nothing. Unlike a limit, it cannot be too low.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
}
