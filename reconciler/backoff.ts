const firstMs = 1000;
const longestMs = 60_000;

/** Share of a wait that chance may take off, so that what failed together is not tried again together. */
const jitterShare = 0.5;

/**
 * How long to wait after so many failures on end: twice as long each time, up to a minute, less a random part.
 * @param random from 0 to 1
 */
export function backoffMs(failures: number, random: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), longestMs) * (1 - jitterShare * random);
}

/** A host that is not told anything until a time. */
export interface Resting {
  host: string;
  /** On end. */
  failures: number;
  untilMs: number;
}

/** Hosts that have failed, each by itself: the others are not held up by them. */
export class Backoff {
  readonly #random: () => number;
  readonly #failed = new Map<string, Resting & { boot: string | undefined }>();
  #source = '';
  /** Passes on end that have left something undone. */
  #passes = 0;

  /** @param random from 0 to 1, each time another */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** A new commit may be what puts it right: all are tried again at once. */
  follow(source: string): void {
    if (source !== this.#source) this.#failed.clear();
    this.#source = source;
  }

  /** @param boot the run of its agent: another one is tried at once */
  failed(host: string, boot: string | undefined, nowMs: number): void {
    const failures = (this.#failed.get(host)?.failures ?? 0) + 1;
    this.#failed.set(host, { host, failures, boot, untilMs: nowMs + backoffMs(failures, this.#random()) });
  }

  converged(host: string): void {
    this.#failed.delete(host);
  }

  /** Whether a host is to be left alone now. */
  isResting(host: string, boot: string | undefined, nowMs: number): boolean {
    const known = this.#failed.get(host);
    return known !== undefined && known.boot === boot && known.untilMs > nowMs;
  }

  /** How long to wait after a pass before what it has left undone is tried again: until the first host may be. */
  passEnded(verdict: string, nowMs: number): number {
    this.#passes = verdict === 'partial' ? this.#passes + 1 : 0;
    const rests = this.resting(nowMs).map(({ untilMs }) => untilMs - nowMs);
    return rests.length > 0 ? Math.min(...rests) : backoffMs(Math.max(1, this.#passes), this.#random());
  }

  /** By host. */
  resting(nowMs: number): Resting[] {
    const all = [...this.#failed.values()].filter(({ untilMs }) => untilMs > nowMs);
    return all
      .map(({ host, failures, untilMs }) => ({ host, failures, untilMs }))
      .sort((a, b) => (a.host < b.host ? -1 : 1));
  }
}
