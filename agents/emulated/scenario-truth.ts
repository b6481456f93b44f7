import { type Application, type ApplicationPair, pairsOf } from './application.js';
import { crossTrafficSteps, drawnMeanMbps } from './cross-traffic.js';
import type { Lie } from './lie.js';
import { ProgramRuns } from './program-runs.js';
import type { Flow } from './route.js';
import { type HostConduct, holds, type LinkFailure, type Scenario } from './scenario.js';
import { meanBetween, nextStepMs, type StepFunction, valueAt } from './step-function.js';

interface Program {
  application: Application;
  pairs: ApplicationPair[];
}

/** What is so at each time of a scenario, whether or not anybody can know it. Pure: times come as arguments. */
export class ScenarioTruth {
  readonly #scenario: Scenario;
  readonly #programs: Program[];
  readonly #cross: { resource: string; steps: StepFunction; drawnMeanMbps: number | null }[];
  readonly #spans: StepFunction;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#programs = scenario.applications.map((application) => ({ application, pairs: pairsOf(application) }));
    const { durationMs, seed } = scenario;
    this.#cross = scenario.crossTraffic.map((traffic, key) => {
      const steps = crossTrafficSteps(traffic, durationMs, seed, key);
      return { resource: traffic.resource, steps, drawnMeanMbps: drawnMeanMbps(traffic) };
    });
    const spans = [...scenario.failures, ...scenario.conduct].flatMap(({ fromMs, untilMs }) => [
      fromMs,
      untilMs ?? fromMs,
    ]);
    const timesMs = spans.sort((a, b) => a - b);
    this.#spans = { timesMs, values: timesMs };
  }

  /** Its programs, for somebody to let them run; bulk-synchronous ones that have begun begin an iteration at `atMs`. */
  programs(atMs = 0): ProgramRuns {
    return new ProgramRuns(this.#scenario.applications, this.#scenario.seed, atMs);
  }

  /** What programs want while they communicate, without noise and background. */
  demandsAt(atMs: number): Flow[] {
    return this.#programs.flatMap(({ application, pairs }) =>
      holds(application, atMs)
        ? pairs.flatMap(({ source, destination, weight }) =>
            weight > 0 ? [{ source, destination, rateMbps: application.peakMbps * weight }] : [],
          )
        : [],
    );
  }

  /** Mb/s by resource; those without traffic of others are left out. */
  crossAt(atMs: number): Map<string, number> {
    const rates = new Map<string, number>();
    for (const { resource, steps } of this.#cross) {
      const rateMbps = valueAt(steps, atMs);
      if (rateMbps > 0) rates.set(resource, (rates.get(resource) ?? 0) + rateMbps);
    }
    return rates;
  }

  /**
   * What others take on average over a span, in Mb/s by resource, as far as anybody can know it beforehand: of rates that are drawn by
   * lot, the mean of the process, not that of what will be drawn.
   */
  expectedCross(fromMs: number, toMs: number): Map<string, number> {
    const rates = new Map<string, number>();
    for (const { resource, steps, drawnMeanMbps } of this.#cross) {
      const rateMbps = drawnMeanMbps ?? meanBetween(steps, fromMs, toMs);
      rates.set(resource, (rates.get(resource) ?? 0) + rateMbps);
    }
    return rates;
  }

  failuresAt(atMs: number): LinkFailure[] {
    return this.#scenario.failures.filter((failure) => holds(failure, atMs));
  }

  conductAt(atMs: number): HostConduct[] {
    return this.#scenario.conduct.filter((each) => holds(each, atMs));
  }

  /** What a host makes of its figures; factors of several lies multiply. */
  lieAt(host: string, atMs: number): Required<Lie> {
    const lie = { matrix: 1, links: 1, paths: 1 };
    for (const each of this.conductAt(atMs)) {
      if (each.host !== host || each.kind !== 'lies') continue;
      lie.matrix *= each.matrix ?? 1;
      lie.links *= each.links ?? 1;
      lie.paths *= each.paths ?? 1;
    }
    return lie;
  }

  /** The first instant after `atMs` at which cross traffic may be another. */
  nextCrossMs(atMs: number): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#cross.map(({ steps }) => nextStepMs(steps, atMs)));
  }

  /** The first instant after `atMs` at which a failure or a misconduct may begin or end. */
  nextSpanMs(atMs: number): number {
    return nextStepMs(this.#spans, atMs);
  }
}
