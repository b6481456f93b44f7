import type { PassVerdict } from './verdict.js';

/** Commits that never came to rest and that are still remembered. */
const most = 100;

/** How long it takes from when a push is seen until the fleet is as it asks. */
export class PushWatch {
  /** When each commit was first seen at the tip, in their order. */
  readonly #movedAtMs = new Map<string, number>();

  /** The branch is seen to be at another commit. */
  moved(commit: string, atMs: number): void {
    if (this.#movedAtMs.has(commit)) return;
    this.#movedAtMs.set(commit, atMs);
    const [oldest] = this.#movedAtMs.keys();
    if (oldest !== undefined && this.#movedAtMs.size > most) this.#movedAtMs.delete(oldest);
  }

  /**
   * A pass by the documents of `source` has ended.
   * @returns milliseconds since that commit was seen, the first time that a pass finds nothing to do for it; null otherwise
   */
  passEnded(source: string | undefined, verdict: PassVerdict, atMs: number): number | null {
    const movedAtMs = verdict === 'converged' && source !== undefined ? this.#movedAtMs.get(source) : undefined;
    if (source === undefined || movedAtMs === undefined) return null;
    // What was pushed before it has been superseded.
    for (const commit of [...this.#movedAtMs.keys()]) {
      this.#movedAtMs.delete(commit);
      if (commit === source) break;
    }
    return Math.max(0, atMs - movedAtMs);
  }
}
