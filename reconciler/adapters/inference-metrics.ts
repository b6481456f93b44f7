import { Counter, Gauge, type Registry } from 'prom-client';
import type { GangView, PathKnowledge, Traffic } from '../../schema/generated/types.js';
import type { Inferred } from '../ports.js';

/**
 * Objects of a kind that have series of their own, the first by name, so that neither a page nor what scrapes it grows with the
 * square of the fleet. The rest is counted.
 */
export const seriesLimits = { path: 1000, application: 200, host: 2000, gang: 1000 } as const;

type Kind = keyof typeof seriesLimits;

/** What is inferred, shown as it is when somebody looks. */
export class InferenceMetrics {
  readonly #series;
  readonly #observedAtMs = new Map<string, number>();
  #inferred: Inferred | null = null;
  #declaredAtMs: number | null = null;

  constructor(registry: Registry) {
    this.#series = seriesIn(registry);
  }

  inferFrom(inferred: Inferred): void {
    this.#inferred = inferred;
  }

  /** Counts what VTTIF has declared anew. To be called whenever it may have. */
  trafficSeen({ declaredAtMs }: Pick<Traffic, 'declaredAtMs'>): void {
    if (declaredAtMs !== null && declaredAtMs !== this.#declaredAtMs) this.#series.declarations.inc();
    this.#declaredAtMs = declaredAtMs;
  }

  observedBy(host: string, atMs: number): void {
    this.#observedAtMs.set(host, Math.max(atMs, this.#observedAtMs.get(host) ?? atMs));
  }

  /** Forgets hosts that are no longer in the inventory. */
  hostsSeen(hosts: ReadonlySet<string>): void {
    for (const host of this.#observedAtMs.keys()) if (!hosts.has(host)) this.#observedAtMs.delete(host);
  }

  /** Brings all gauges up to date. */
  show(nowMs: number): void {
    this.#series.observationAge.reset();
    const observed = [...this.#observedAtMs].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [host, atMs] of this.#within('host', observed)) {
      this.#series.observationAge.set({ host }, Math.max(0, nowMs - atMs) / 1000);
    }
    if (this.#inferred === null) return;
    this.#showPaths(this.#inferred.paths());
    this.#series.bottlenecks.set(this.#inferred.bottlenecks().length);
    this.#showTraffic(this.#inferred.traffic());
    this.#showImplausible(this.#inferred.implausible());
    this.#showGangs(this.#inferred.gangs());
  }

  #showImplausible(hosts: readonly { host: string; figures: number }[]): void {
    this.#series.implausible.reset();
    for (const { host, figures } of this.#within('host', hosts)) this.#series.implausible.inc({ host }, figures);
  }

  #showGangs(gangs: readonly GangView[]): void {
    this.#series.skew.reset();
    for (const { set, skewUs } of this.#within('gang', gangs)) {
      if (skewUs !== undefined) this.#series.skew.set({ set }, skewUs / 1e6);
    }
  }

  #showPaths(paths: readonly PathKnowledge[]): void {
    const { available, low, high, capacity, latency, carried, age } = this.#series;
    for (const gauge of [available, low, high, capacity, latency, carried, age]) gauge.reset();
    for (const { from, to, ...path } of this.#within('path', paths)) {
      const labels = { from, to };
      low.set(labels, path.lowMbps);
      high.set(labels, path.highMbps);
      age.set(labels, path.ageMs / 1000);
      if (path.availableMbps !== undefined) available.set(labels, path.availableMbps);
      if (path.capacityMbps !== undefined) capacity.set(labels, path.capacityMbps);
      if (path.latencyMs !== undefined) latency.set(labels, path.latencyMs / 1000);
      if (path.carriedMbps !== undefined) carried.set(labels, path.carriedMbps);
    }
  }

  #showTraffic({ demands, applications = [] }: Traffic): void {
    const { demanded, demandCount, shape, confidence, size } = this.#series;
    for (const gauge of [demanded, demandCount, shape, confidence, size]) gauge.reset();
    for (const { network, origin, rateMbps } of demands) {
      demanded.inc({ network, origin }, rateMbps);
      demandCount.inc({ network, origin });
    }
    for (const { network, vms, ...application } of this.#within('application', applications)) {
      const labels = { network, first: vms[0] ?? '' };
      shape.set({ ...labels, shape: application.shape }, 1);
      confidence.set(labels, application.confidence);
      size.set(labels, vms.length);
    }
  }

  #within<T>(kind: Kind, objects: readonly T[]): readonly T[] {
    const limit = seriesLimits[kind];
    if (objects.length > limit) this.#series.leftOut.inc({ kind }, objects.length - limit);
    return objects.slice(0, limit);
  }
}

function seriesIn(registry: Registry) {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name: `virtuoso_${name}`, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `virtuoso_${name}`, help, labelNames, registers });
  const ofPath = (name: string, help: string) => gauge(`path_${name}`, help, ['from', 'to']);
  const bottlenecks = gauge('bottlenecks', 'Groups of paths that were seen to queue together.', []);
  bottlenecks.remove();
  return {
    bottlenecks,
    available: ofPath(
      'available_mbps',
      'Available bandwidth of a path, in Mb/s; absent while only its bounds are known.',
    ),
    low: ofPath('available_low_mbps', 'Lower end of the 95 % interval of the available bandwidth, or its lower bound.'),
    high: ofPath(
      'available_high_mbps',
      'Upper end of the 95 % interval of the available bandwidth, or its upper bound.',
    ),
    capacity: ofPath('capacity_mbps', "Rate of a path's narrowest link, in Mb/s."),
    latency: ofPath('latency_seconds', 'Half of the smallest time there and back.'),
    carried: ofPath('carried_mbps', 'What links carry over a path now, in Mb/s.'),
    age: ofPath('age_seconds', 'Age of the newest packet that what is known of a path rests on.'),
    demanded: gauge('demand_mbps', 'Sum of the demands that VTTIF has declared, in Mb/s.', ['network', 'origin']),
    demandCount: gauge('demands', 'Demands that VTTIF has declared.', ['network', 'origin']),
    shape: gauge('application_info', 'Always 1: the shape of an application, named by its first address.', [
      'network',
      'first',
      'shape',
    ]),
    confidence: gauge('application_confidence', "How sure an application's shape is, from 0 to 1.", [
      'network',
      'first',
    ]),
    size: gauge('application_vms', 'VMs of an application.', ['network', 'first']),
    observationAge: gauge('host_observation_age_seconds', 'Age of the newest observation of a host.', ['host']),
    implausible: counter('implausible_figures_total', 'Figures of paths that a host sent and that cannot be.', [
      'host',
    ]),
    skew: gauge(
      'gang_skew_seconds',
      'Periods of VMs in lock step begin at most this far apart; absent while that is not known.',
      ['set'],
    ),
    declarations: counter(
      'topology_declarations_total',
      'Changes of the application topology that VTTIF declared.',
      [],
    ),
    leftOut: counter('series_left_out_total', 'Objects left out at a scrape because there are too many of them.', [
      'kind',
    ]),
  };
}
