import type { VttifParameters } from '../../../reconciler/model/snapshot.js';
import { applicationsOf } from '../../../reconciler/vttif/applications.js';
import { ingest } from '../../../reconciler/vttif/ingest.js';
import { prune } from '../../../reconciler/vttif/prune.js';
import { smooth } from '../../../reconciler/vttif/smooth.js';
import { type VttifState, vttifStart } from '../../../reconciler/vttif/state.js';
import { step } from '../../../reconciler/vttif/step.js';
import type { Application } from '../../../schema/generated/types.js';
import { macOf, type Replay } from './replay.js';

export const parameters: VttifParameters = {
  samplingIntervalMs: 1000,
  smoothingIntervalMs: 10_000,
  pruneThreshold: 0.1,
  detectionThreshold: 0.2,
  settleMs: 10_000,
};

/** What VTTIF sees of a window, beside what was sent. */
export interface Window {
  isTopologyRight: boolean;
  /** Null if there is more than one application. */
  application: Application | null;
  /** Relative errors of the entries of the true topology. */
  errors: number[];
}

/** VTTIF over a replay, second by second. */
export class Watch {
  state: VttifState = vttifStart(parameters.smoothingIntervalMs);
  /** When changes were declared. */
  readonly declaredMs: number[] = [];
  readonly #replay: Replay;

  constructor(replay: Replay) {
    this.#replay = replay;
  }

  second(): void {
    for (const { observation, arrivesMs } of this.#replay.second()) {
      this.state = ingest(this.state, observation, arrivesMs);
    }
    const { nowMs } = this.#replay;
    const stepped = step(this.state, { nowMs, parameters, boundMs: 0, saturated: () => new Uint8Array() });
    this.state = stepped.state;
    if (stepped.declared) this.declaredMs.push(nowMs);
  }

  seconds(count: number): void {
    for (let second = 0; second < count; second++) this.second();
  }

  window(): Window {
    const { rates } = smooth(this.state, this.#replay.nowMs, parameters.smoothingIntervalMs);
    const truth = this.#trueTopology();
    const topology = prune(rates, parameters.pruneThreshold);
    const seen = new Map(topology.map((rate) => [`${rate.source} ${rate.destination}`, rate.rateMbps]));
    const applications = applicationsOf(rates, parameters.pruneThreshold);
    return {
      isTopologyRight: seen.size === truth.size && [...truth.keys()].every((pair) => seen.has(pair)),
      application: applications.length === 1 ? (applications[0] ?? null) : null,
      errors: [...truth].map(([pair, rate]) => Math.abs((seen.get(pair) ?? 0) - rate) / rate),
    };
  }

  /** Pairs of the program that are not pruned, and what they sent in the window that was told of last. */
  #trueTopology(): Map<string, number> {
    const { rates, size } = this.#replay;
    const floor = parameters.pruneThreshold * Math.max(...rates);
    const truth = new Map<string, number>();
    rates.forEach((rate, pair) => {
      if (rate < floor || rate === 0) return;
      const name = `${macOf(Math.floor(pair / size))} ${macOf(pair % size)}`;
      truth.set(name, this.#replay.toldMbps(pair, parameters.smoothingIntervalMs));
    });
    return truth;
  }
}
