import type { Lie } from './lie.js';
import type { Progress } from './program-run.js';
import type { ProgramRuns } from './program-runs.js';
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
  readonly #programs: ProgramRuns;
  #isBegun = false;
  /** When each part has its next turn, since the start. */
  #crossMs = 0;
  #spanMs = 0;
  #failed: LinkFailure[] = [];

  constructor(truth: ScenarioTruth, startMs: number, stage: Stage) {
    this.#truth = truth;
    this.#startMs = startMs;
    this.#stage = stage;
    this.#programs = truth.programs();
  }

  /** When the next turn is due if flows get `ratesMbps` until then; Infinity after the last. */
  nextMs(ratesMbps: ArrayLike<number>): number {
    const flowsMs = this.#isBegun ? this.#programs.nextChangeMs(ratesMbps) : 0;
    return this.#startMs + Math.min(flowsMs, this.#crossMs, this.#spanMs);
  }

  /** Flows have got `ratesMbps` until `toMs`. */
  goOn(toMs: number, ratesMbps: ArrayLike<number>): void {
    if (this.#isBegun) this.#programs.goOn(this.#since(toMs), ratesMbps);
  }

  /** Everything that changes now. */
  turn(nowMs: number): void {
    const [truth, atMs] = [this.#truth, this.#since(nowMs)];
    this.#isBegun = true;
    this.#stage.offer(this.#programs.flows());
    if (this.#crossMs <= atMs) {
      this.#stage.cross(truth.crossAt(atMs));
      this.#crossMs = truth.nextCrossMs(atMs);
    }
    if (this.#spanMs <= atMs) {
      this.#fail(truth.failuresAt(atMs));
      this.#spanMs = truth.nextSpanMs(atMs);
    }
  }

  lie(host: string, nowMs: number): Required<Lie> {
    return this.#truth.lieAt(host, nowMs - this.#startMs);
  }

  progress(): Progress[] {
    return this.#programs.progress();
  }

  /** Times of the world are too large to be exact. */
  #since(nowMs: number): number {
    return Math.round((nowMs - this.#startMs) * 1000) / 1000;
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
