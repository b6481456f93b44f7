import type { Clock } from '../reconciler/ports.js';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, task) => {
    // Longer ones would fire at once.
    const timer = setTimeout(task, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
