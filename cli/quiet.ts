import type { ReconcileLoop } from '../reconciler/loop.js';
import type { Clock } from '../reconciler/ports.js';

export interface QuietOptions {
  loop: ReconcileLoop;
  clock: Clock;
  /** Nothing may have been changed for this many smoothing intervals. */
  intervals: number;
  /** Gives up after this time. */
  timeoutMs: number;
}

const pollMs = 100;

/** Waits until the application was recognised and the fleet has been left as it is for a while. False when time ran out. */
export async function untilQuiet({ loop, clock, intervals, timeoutMs }: QuietOptions): Promise<boolean> {
  const begunMs = clock.nowMs();
  let changedMs = begunMs;
  const end = loop.onPass(({ verdict }) => {
    if (verdict !== 'converged') changedMs = clock.nowMs();
  });
  try {
    while (clock.nowMs() - begunMs < timeoutMs) {
      const { traffic, phase } = loop.view();
      const quietMs = clock.nowMs() - Math.max(changedMs, begunMs);
      if (traffic.declaredAtMs !== null && phase === 'idle' && quietMs > intervals * traffic.smoothingIntervalMs)
        return true;
      await new Promise<void>((resolve) => clock.after(pollMs, resolve));
    }
    return false;
  } finally {
    end();
  }
}
