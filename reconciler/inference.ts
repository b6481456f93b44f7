import type {
  HostObservation,
  HostStatus,
  PathKnowledge,
  SharedBottleneck,
  Traffic,
  TrafficEntry,
} from '../schema/generated/types.js';
import { linkPatienceMs } from './apply.js';
import { HeldBack } from './held-back.js';
import { Derived } from './model/derived.js';
import type { Snapshot } from './model/snapshot.js';
import { type Underlay, underlayOf, withEdges } from './model/underlay.js';
import { Routes } from './routes.js';
import { ingest } from './vttif/ingest.js';
import { changeBoundMs, type Measured } from './vttif/interval.js';
import { indexOf } from './vttif/pair-index.js';
import { pairAt } from './vttif/rates.js';
import { type Sent, sentBetween } from './vttif/sent-between.js';
import { disturb, type VttifState, vttifStart } from './vttif/state.js';
import { changingSince, step, traffic } from './vttif/step.js';
import { credible } from './vttif/testimony.js';
import { CapacityWatch } from './wren/capacity-watch.js';
import { CarriedRates } from './wren/carried-rates.js';
import { ClockOffsets } from './wren/clock-offsets.js';
import { type Contradicted, contradictedPaths } from './wren/contradicted.js';
import { type Finding, findings } from './wren/findings.js';
import {
  type DeliveredRate,
  deliveredRates,
  ingestLinks,
  type LinkRates,
  noLinkRates,
  sentRates,
} from './wren/link-rates.js';
import { measuredEdges } from './wren/measured-edges.js';
import { type Measurements, pathCapacities, sharedCapacities } from './wren/path-capacities.js';
import { Wren } from './wren/wren.js';

/** How old a reading of a link may be and still count, as a multiple of the sampling interval. */
const linkRateAge = 5;

/** Time constant of what links carry, which is held against a matrix that is averaged over a window of about twice that. */
const testimonyMs = 5000;

const nothing: readonly TrafficEntry[] = [];

/** What the reconciler infers from observations between passes: VTTIF's matrix and what links deliver, and what paths give. */
export class Inference {
  readonly clocks = new ClockOffsets();
  #vttif: VttifState;
  #links: LinkRates = noLinkRates();
  #bottlenecks: SharedBottleneck[] = [];
  readonly #wren = new Wren();
  readonly #capacities = new CapacityWatch();
  readonly #received = new CarriedRates(testimonyMs);
  readonly #sent = new CarriedRates(testimonyMs);
  readonly #routes = new Derived<Routes>();
  readonly #heldBack = new HeldBack();
  readonly #underlay = new Derived<Underlay>();
  #pathsChanged = false;
  #contradicted: Contradicted[] = [];

  constructor(smoothingIntervalMs: number) {
    this.#vttif = vttifStart(smoothingIntervalMs);
  }

  ingest(observation: HostObservation, nowMs: number): void {
    this.#vttif = ingest(this.#vttif, observation, nowMs);
    this.#links = ingestLinks(this.#links, observation, nowMs);
    this.#wren.ingest(observation, nowMs);
    this.clocks.ingest(observation, nowMs);
  }

  /** To be called once a sampling interval with the newest picture of the fleet. True when the application has changed. */
  advance(nowMs: number, snapshot: Snapshot): boolean {
    const { hosts, vms, current, adaptation } = snapshot;
    const measurements = this.#advancePaths(nowMs, snapshot);
    const index = indexOf(this.#vttif.pairs.names);
    const routes = this.#routes.of([current, vms, index], () => new Routes(current, vms));
    const { state, declared } = step(this.#vttif, {
      nowMs,
      parameters: adaptation.vttif,
      boundMs: changeBoundMs(measured(snapshot)),
      saturated: (rates, share) => {
        // Of many hosts, most pairs are no edge that needs a figure: only those of routes, once anything is measured.
        if (measurements.paths.length > 0)
          for (const [place, row] of rates.rows.entries()) routes.of(row, pairAt(rates, place));
        const underlay = this.#underlay.of([measurements, routes.hops.size], () =>
          underlayNow(measurements, snapshot, routes.hops.values()),
        );
        return this.#heldBack.of(rates, routes, hosts, underlay, share);
      },
      believed: (rates) => {
        const testimony = { sent: this.#sent.leaving(), received: this.#received.leaving() };
        return credible(rates, (place) => routes.of(rates.rows[place] ?? 0, pairAt(rates, place)), testimony);
      },
      hostOf: (network, address) => routes.hostOf(network, address),
    });
    this.#vttif = state;
    return declared;
  }

  /** The fleet has just been changed. */
  disturb(nowMs: number): void {
    this.#vttif = disturb(this.#vttif, nowMs);
    this.#capacities.disturb();
  }

  /** What pairs sent from one time to another, as far back as readings are kept: some smoothing intervals. */
  sentBetween(fromMs: number, toMs: number): Sent {
    return sentBetween(this.#vttif.hosts, fromMs, toMs);
  }

  traffic(): Traffic {
    return traffic(this.#vttif);
  }

  /** The demands of `traffic`: the same list from one declaration to the next. */
  declaredDemands(): readonly TrafficEntry[] {
    return this.#vttif.declared?.demands ?? nothing;
  }

  /** Whether the application topology may be another than `declaredDemands` say. */
  isChanging(): boolean {
    return changingSince(this.#vttif) !== null;
  }

  /** Whether, by the last `advance`, what paths give is another than before, and has been for a while. */
  pathsChanged(): boolean {
    return this.#pathsChanged;
  }

  /** What is known of paths, by path. */
  paths(nowMs: number): PathKnowledge[] {
    return this.#wren.paths(nowMs);
  }

  /** `paths`, marked where the inventory stated another capacity at the last `advance`. */
  markedPaths(nowMs: number): PathKnowledge[] {
    const stated = new Map(this.#contradicted.map(({ from, to, statedMbps }) => [`${from} ${to}`, statedMbps]));
    return this.paths(nowMs).map((path) => {
      const statedMbps = stated.get(`${path.from} ${path.to}`);
      return statedMbps === undefined ? path : { ...path, statedMbps };
    });
  }

  /** Paths that queue together, as of the last `advance`. */
  bottlenecks(): SharedBottleneck[] {
    return this.#bottlenecks;
  }

  /** Figures that could not be, which hosts have sent since the start; only hosts that did. */
  implausible(): { host: string; figures: number }[] {
    return this.#wren.implausible();
  }

  /** Where the inventory and what was measured contradict or confirm one another. */
  findings(nowMs: number, snapshot: Snapshot): Finding[] {
    const measured = {
      paths: this.paths(nowMs),
      bottlenecks: this.#bottlenecks,
      delivered: this.#delivered(nowMs, snapshot),
    };
    return findings(measured, snapshot.hosts, underlayOf(snapshot.hosts, snapshot.underlays, snapshot.linkPolicies));
  }

  /** What paths give, of which the rest of a step needs to know. */
  #advancePaths(nowMs: number, snapshot: Snapshot): Measurements {
    const { hosts, underlays, linkPolicies, adaptation } = snapshot;
    const stated = underlayOf(hosts, underlays, linkPolicies);
    const delivered = this.#delivered(nowMs, snapshot);
    this.#received.advance(delivered, nowMs);
    this.#sent.advance(sentRates(this.#links, nowMs, linkRateAge * adaptation.vttif.samplingIntervalMs), nowMs);
    const names = new Set(hosts.map(({ name }) => name));
    this.#wren.advance(nowMs, names, delivered);
    this.clocks.advance(nowMs, names);
    const measurements = { ...snapshot, paths: this.#wren.paths(nowMs), bottlenecks: this.#wren.bottlenecks() };
    this.#bottlenecks = sharedCapacities(measurements, stated);
    const edges = measuredEdges(measurements.paths, hosts, stated);
    this.#contradicted = contradictedPaths(measurements.paths, hosts, stated);
    const windowMs = this.#vttif.smoothingIntervalMs;
    const underlay = underlayNow(measurements, snapshot, []);
    this.#pathsChanged = this.#capacities.advance(edges, underlay, stated, nowMs, windowMs);
    return measurements;
  }

  #delivered(nowMs: number, { adaptation }: Snapshot): DeliveredRate[] {
    return deliveredRates(this.#links, nowMs, linkRateAge * adaptation.vttif.samplingIntervalMs);
  }
}

/**
 * The largest times that hosts report, for the types that links have or may have by the documents. A plan waits no longer than
 * `linkPatienceMs` for a link, so what took longer, because the peer was away, does not lengthen a change of topology.
 */
function measured({ hosts, underlays, current }: Snapshot): Measured {
  const paths = underlays.flatMap(({ within, between }) => [...within, ...between]);
  const types = new Set([
    ...paths.map(({ carriage }) => carriage?.type ?? 'udp'),
    ...[...current.values()].flatMap(({ links }) => [...links.values()].map(({ type }) => type)),
  ]);
  const times = { setUpMs: 0, switchMs: 0 };
  for (const { report } of hosts) {
    times.switchMs = Math.max(times.switchMs, report?.bound?.switchMs ?? 0);
    const own = (report?.links ?? []).map(({ link, setUpMs }) => ({ type: link.type, setUpMs }));
    for (const { type, setUpMs } of [...own, ...(report?.bound?.links ?? [])]) {
      if (types.has(type)) times.setUpMs = Math.max(times.setUpMs, Math.min(setUpMs, linkPatienceMs));
    }
  }
  return times;
}

/**
 * The underlay as far as it is known now, with the edges that were measured and those of `hops`: of many hosts, most pairs are
 * neither.
 */
function underlayNow(
  measurements: Measurements,
  { hosts, underlays, linkPolicies }: Snapshot,
  hops: Iterable<{ from: string; to: string }>,
): Underlay {
  const stated = underlayOf(hosts, underlays, linkPolicies);
  if (measurements.paths.length === 0) return stated;
  return pathCapacities(measurements, withEdges(stated, hosts, [...measurements.paths, ...hops])).underlay;
}

/** Whether some guest is between two hosts: a pass would see it on the wrong one. */
export function inFlight(hosts: readonly HostStatus[]): string | null {
  for (const { report } of hosts) {
    const departing = report.guests.find(({ phase }) => phase === 'departing');
    if (departing) return departing.guest.name;
  }
  return null;
}
