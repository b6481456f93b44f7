import type { Lie } from './lie.js';
import type { Flow } from './route.js';
import type { LinkFailure } from './scenario.js';
import type { ScenarioTruth } from './scenario-truth.js';

/** What a scenario changes. */
export interface Stage {
  offer(flows: readonly Flow[]): void;
  /** Mb/s of others by resource, instead of what was before. */
  cross(ratesMbps: ReadonlyMap<string, number>): void;
  cut(a: string, b: string, isCut: boolean): void;
}

/** Lets a scenario happen, one turn after the other. */
export class ScenarioPlay {
  readonly #truth: ScenarioTruth;
  readonly #startMs: number;
  readonly #stage: Stage;
  /** When each part has its next turn, since the start. */
  #flowsMs = 0;
  #crossMs = 0;
  #spanMs = 0;
  #failed: LinkFailure[] = [];

  constructor(truth: ScenarioTruth, startMs: number, stage: Stage) {
    this.#truth = truth;
    this.#startMs = startMs;
    this.#stage = stage;
  }

  /** When the next turn is due; Infinity after the last. */
  get nextMs(): number {
    return this.#startMs + this.#turnMs;
  }

  /** Everything that changes at `nextMs`. */
  turn(): void {
    const [truth, atMs] = [this.#truth, this.#turnMs];
    if (this.#flowsMs === atMs) {
      this.#stage.offer(truth.flowsAt(atMs));
      this.#flowsMs = truth.nextFlowsMs(atMs);
    }
    if (this.#crossMs === atMs) {
      this.#stage.cross(truth.crossAt(atMs));
      this.#crossMs = truth.nextCrossMs(atMs);
    }
    if (this.#spanMs === atMs) {
      this.#fail(truth.failuresAt(atMs));
      this.#spanMs = truth.nextSpanMs(atMs);
    }
  }

  lie(host: string, nowMs: number): Required<Lie> {
    return this.#truth.lieAt(host, nowMs - this.#startMs);
  }

  get #turnMs(): number {
    return Math.min(this.#flowsMs, this.#crossMs, this.#spanMs);
  }

  #fail(failures: LinkFailure[]): void {
    for (const { a, b } of this.#failed) if (!includes(failures, a, b)) this.#stage.cut(a, b, false);
    for (const { a, b } of failures) if (!includes(this.#failed, a, b)) this.#stage.cut(a, b, true);
    this.#failed = failures;
  }
}

function includes(failures: readonly LinkFailure[], a: string, b: string): boolean {
  return failures.some((each) => (each.a === a && each.b === b) || (each.a === b && each.b === a));
}
