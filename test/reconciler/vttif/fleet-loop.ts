import { starPath } from '../../../reconciler/model/configuration.js';
import { type Pair, pairName } from '../../../reconciler/model/pair.js';
import { saturatedFlows, usesOver } from '../../../reconciler/model/saturation.js';
import type { SnapshotHost, VttifParameters } from '../../../reconciler/model/snapshot.js';
import { resourcesOfPath, type Underlay } from '../../../reconciler/model/underlay.js';
import { ingest } from '../../../reconciler/vttif/ingest.js';
import { pairAt } from '../../../reconciler/vttif/rates.js';
import { disturb, type VttifState, vttifStart } from '../../../reconciler/vttif/state.js';
import { step, traffic } from '../../../reconciler/vttif/step.js';
import type { MatrixEntry, TrafficEntry } from '../../../schema/generated/types.js';
import { type Flow, maxMinRates } from './fluid.js';

export interface Demand {
  source: string;
  destination: string;
  rateMbps: number;
}

/** VM to host, and the pairs that have a direct link; the others ride the star. */
export interface Layout {
  mapping: Map<string, string>;
  direct: Set<string>;
}

export const parameters: VttifParameters = {
  samplingIntervalMs: 1000,
  smoothingIntervalMs: 10_000,
  pruneThreshold: 0.05,
  detectionThreshold: 0.2,
  settleMs: 10_000,
};

export interface World {
  hosts: SnapshotHost[];
  underlay: Underlay;
  proxy: string;
  demands: Demand[];
  /** Share of a pair at a bottleneck at a time; 1 is fair. */
  weight: (pair: string, nowMs: number) => number;
}

/** A fleet with an elastic application on it, watched by VTTIF, second by second. VMs are named like their addresses. */
export class FleetLoop {
  state: VttifState = vttifStart(parameters.smoothingIntervalMs);
  layout: Layout;
  #nowMs = 0;
  readonly #world: World;
  readonly #resourcesOf: (path: readonly string[]) => number[];
  readonly #bytes = new Map<string, Map<string, number>>();

  constructor(world: World, layout: Layout) {
    this.#world = world;
    this.layout = layout;
    const ofPath = resourcesOfPath(world.underlay);
    const indices = new Map(world.hosts.map(({ name }, index) => [name, index]));
    this.#resourcesOf = (path) => ofPath(path.map((host) => indices.get(host) ?? -1)) ?? [];
  }

  change(layout: Layout): void {
    this.layout = layout;
    this.state = disturb(this.state, this.#nowMs);
  }

  /** One sampling interval: traffic flows, agents report, VTTIF steps. Whether it declared a change. */
  second(): boolean {
    this.#nowMs += 1000;
    for (const { pair, host, rateMbps } of this.rates()) {
      const counters = this.#bytes.get(host) ?? new Map<string, number>();
      this.#bytes.set(host, counters.set(pair, (counters.get(pair) ?? 0) + Math.round(rateMbps * 125_000)));
    }
    for (const { name } of this.#world.hosts) this.#report(name);
    const stepped = step(this.state, {
      nowMs: this.#nowMs,
      parameters,
      boundMs: 100,
      saturated: (rates, share) => {
        const usesOf = usesOver(this.#world.underlay, this.#world.hosts);
        const usesAt = (place: number) => usesOf(this.path(pairAt(rates, place)));
        const held = saturatedFlows(rates.rateMbps, usesAt, this.#world.underlay, share);
        const rows = new Set(rates.rows.filter((_, place) => held[place] === 1));
        return Uint8Array.from(rates.names, (_, row) => (rows.has(row) ? 1 : 0));
      },
    });
    this.state = stepped.state;
    return stepped.declared;
  }

  declared(): TrafficEntry[] {
    return traffic(this.state).demands;
  }

  /** What the application gets now. */
  rates(): { pair: string; host: string; rateMbps: number }[] {
    const pairs = this.#world.demands.map((demand) => ({ network: 'net', ...demand }));
    const flows = pairs.map((pair): Flow => {
      const resources = this.#resourcesOf(this.path(pair));
      return { resources, demandMbps: pair.rateMbps, weight: this.#world.weight(pairName(pair), this.#nowMs) };
    });
    const rates = maxMinRates(
      flows,
      this.#world.underlay.resources.map(({ capacityMbps }) => capacityMbps),
    );
    return pairs.map((pair, f) => ({
      pair: pairName(pair),
      host: this.#host(pair.source),
      rateMbps: rates[f] ?? 0,
    }));
  }

  path(pair: Pair): string[] {
    const [from, to] = [this.#host(pair.source), this.#host(pair.destination)];
    return this.layout.direct.has(pairName(pair)) ? [from, to] : starPath(from, to, this.#world.proxy);
  }

  #host(vm: string): string {
    const host = this.layout.mapping.get(vm);
    if (host === undefined) throw new Error(`${vm} runs nowhere`);
    return host;
  }

  /** Agents' clocks differ from ours, and messages take their time. */
  #report(host: string): void {
    const matrix = [...(this.#bytes.get(host) ?? [])].map(([pair, bytes]): MatrixEntry => {
      const [network = '', source = '', destination = ''] = pair.split(' ');
      return { network, source, destination, bytes, packets: 0 };
    });
    const sequence = this.#nowMs / 1000;
    const observation = {
      host,
      epoch: 'one',
      sequence,
      atMs: this.#nowMs + 5000,
      matrix,
      links: [],
      guests: [],
      drops: [],
    };
    this.state = ingest(this.state, observation, this.#nowMs + (sequence % 3));
  }
}
