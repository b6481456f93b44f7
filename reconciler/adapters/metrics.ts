import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Condition, Drift, FleetView, ObjectiveValue, Outcome, Plan, Step } from '../../schema/generated/types.js';
import type { Clock, Exposition, Metrics, PassStep } from '../ports.js';
import { DecisionMetrics } from './decision-metrics.js';
import { InferenceMetrics } from './inference-metrics.js';
import { NotificationMetrics } from './notification-metrics.js';

const presences = ['connected', 'silent', 'unknown'] as const satisfies FleetView['hosts'][number]['presence'][];

/** Upper edges in seconds: from a pure step on a small fleet to an apply with migrations. */
const durationEdges = [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60, 300];

/** Upper edges in seconds: from a push that changes little to one with migrations. */
const convergedEdges = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800];

/** Metrics in the Prometheus text format, in a registry of their own. What is not known yet is not shown as zero. */
export class PrometheusMetrics implements Metrics, Exposition {
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #registry = new Registry();
  readonly #series = seriesIn(this.#registry);
  /** What is inferred; whoever runs the loop tells it where to look. */
  readonly inference = new InferenceMetrics(this.#registry);
  readonly decisions = new DecisionMetrics(this.#registry);
  readonly notifications = new NotificationMetrics(this.#registry);
  #watched: { drift(): readonly Drift[]; plan(): Plan | null } | null = null;
  #newestObservationMs: number | null = null;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Where to look for what is shown as it is when somebody asks. */
  watch(watched: { drift(): readonly Drift[]; plan(): Plan | null }): void {
    this.#watched = watched;
  }

  text(): Promise<string> {
    if (this.#watched) this.decisions.show(this.#watched.plan(), this.#watched.drift());
    const newestMs = this.#newestObservationMs;
    this.inference.show(this.#clock.nowMs());
    show(this.#series.observationAge, newestMs === null ? null : Math.max(0, this.#clock.nowMs() - newestMs) / 1000);
    return this.#registry.metrics();
  }

  passEnded(verdict: Parameters<Metrics['passEnded']>[0]): void {
    this.#series.passes.inc({ verdict });
  }

  passStepTook(step: PassStep, seconds: number): void {
    this.#series.passDuration.observe({ step }, seconds);
  }

  stepEnded(kind: Step['kind'], status: Outcome['status'], reason: string): void {
    this.#series.steps.inc({ kind, status });
    if (kind === 'move') this.#series.migrations.inc({ reason, outcome: status });
  }

  /** The fleet is as a push asks, so long after that push was seen. */
  convergedAfterPush(seconds: number): void {
    this.#series.pushToConverged.observe(seconds);
  }

  fleetSeen({ hosts, vms, links, score }: FleetView): void {
    this.inference.hostsSeen(new Set(hosts.map(({ name }) => name)));
    for (const presence of presences) {
      this.#series.hosts.set({ presence }, hosts.filter((host) => host.presence === presence).length);
    }
    this.#series.vms.set(vms.length);
    this.#series.links.reset();
    for (const { type, up } of links) this.#series.links.inc({ type, state: up ? 'up' : 'down' });
    show(this.#series.unmetDemand, score?.unmetMbps ?? null);
    this.#series.objective.reset();
    for (const [rank, { value, unit }] of ranksOf(score).entries()) this.#series.objective.set({ rank, unit }, value);
  }

  conditionsSeen(conditions: readonly Condition[]): void {
    this.#series.conditions.reset();
    for (const { type, status, reason } of conditions) this.#series.conditions.inc({ type, status, reason });
  }

  observationReceived(atMs: number): void {
    this.#newestObservationMs = Math.max(atMs, this.#newestObservationMs ?? atMs);
  }
}

/** The objective, then its tie-breaks; none where nothing runs. */
function ranksOf(score: FleetView['score']): ObjectiveValue[] {
  return score === null ? [] : [score.objective, ...(score.tieBreaks ?? [])];
}

/** A gauge without a value is left out of the text; prom-client would begin with zero. */
function show(gauge: Gauge, value: number | null): void {
  if (value === null) gauge.remove();
  else gauge.set(value);
}

function seriesIn(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `virtuoso_${name}`, help, labelNames, registers });
  const labelled = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name: `virtuoso_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string) => {
    const made = new Gauge({ name: `virtuoso_${name}`, help, registers });
    made.remove();
    return made;
  };
  return {
    passes: counter('pass_total', 'Passes that have ended, by verdict.', ['verdict']),
    passDuration: new Histogram({
      name: 'virtuoso_pass_duration_seconds',
      help: 'Time that each part of a pass took.',
      labelNames: ['step'],
      buckets: durationEdges,
      registers,
    }),
    steps: counter('steps_total', 'Steps of plans that have ended.', ['kind', 'status']),
    migrations: counter('migrations_total', 'Steps that move VMs between hosts, by why and by what became of them.', [
      'reason',
      'outcome',
    ]),
    pushToConverged: new Histogram({
      name: 'virtuoso_push_to_converged_seconds',
      help: 'Time from when a push was seen until the fleet was as it asks.',
      buckets: convergedEdges,
      registers,
    }),
    unmetDemand: gauge('unmet_demand_mbps', 'Demand beyond what the paths in use carry, in Mb/s.'),
    objective: labelled('objective', 'Objective of the running configuration (rank 0) and its tie-breaks, by unit.', [
      'rank',
      'unit',
    ]),
    hosts: labelled('hosts', 'Hosts of the inventory, by presence.', ['presence']),
    links: labelled('links', 'Overlay links in effect, by type; down unless both ends report them up.', [
      'type',
      'state',
    ]),
    conditions: labelled('conditions', 'Conditions of objects, by what they say.', ['type', 'status', 'reason']),
    vms: gauge('vms', 'VMs that are wanted or that run.'),
    observationAge: gauge('observation_age_seconds', 'Age of the newest observation of any host.'),
  };
}
