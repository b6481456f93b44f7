import { exactly, type Interval } from '../../../schema/objective/interval.js';
import type { TermName } from '../../../schema/objective/terms.js';
import { terms } from '../../../schema/objective/terms.js';
import type { Setting } from '../engine/setting.js';
import { mayShare } from './host-cuts.js';
import { shortestLatencies } from './shortest-latencies.js';

/** Between which values the terms of each row are, whatever the configuration. */
export class RowRanges {
  readonly #setting: Setting;
  readonly #totalMbps: number;
  #shortest: Float64Array | null = null;
  readonly #isStarWhole: boolean;

  constructor(setting: Setting) {
    const { graph } = setting;
    this.#setting = setting;
    this.#totalMbps = graph.rateMbps.reduce((a, b) => a + b, 0);
    this.#isStarWhole = [...new Set(graph.problem.vms.map(({ proxy }) => proxy))].every((proxy) =>
      graph.problem.hosts.every(
        (_, host) =>
          (graph.edgeAt[host * graph.hosts + proxy] as number) >= 0 &&
          (graph.edgeAt[proxy * graph.hosts + host] as number) >= 0,
      ),
    );
  }

  ofEdge(term: TermName, edge: number): Interval {
    const { edgeCapacityMbps, latencyMs, hosts } = this.#setting.graph;
    const capacity = edgeCapacityMbps[edge] as number;
    if (term === 'residual') return { low: 0, high: capacity };
    if (term === 'capacity') return exactly(capacity);
    if (term === 'latency') return exactly(latencyMs[edge] as number);
    return term === 'load' ? { low: 0, high: this.#totalMbps * hosts } : terms[term].range;
  }

  ofPath(term: TermName, demand: number): Interval {
    const { rateMbps, hosts } = this.#setting.graph;
    const rate = rateMbps[demand] as number;
    if (term === 'demand') return exactly(rate);
    if (term === 'unmet') return { low: 0, high: rate };
    return term === 'hops' ? { low: 0, high: hosts - 1 } : terms[term].range;
  }

  /** Bottleneck of a demand's path. */
  bottleneck(demand: number): Interval {
    const { graph, widths } = this.#setting;
    const width = widths();
    let widest = 0;
    this.#eachPair(demand, (place) => {
      widest = Math.max(widest, width[place] as number);
    });
    return { low: 0, high: Math.max(0, widest - (graph.rateMbps[demand] as number)) };
  }

  /** Latency of a demand's path; 0 for one that is left without. */
  latency(demand: number): Interval {
    const { graph } = this.#setting;
    this.#shortest ??= shortestLatencies(graph);
    const shortest = this.#shortest;
    let least = Number.POSITIVE_INFINITY;
    this.#eachPair(demand, (place) => {
      least = Math.min(least, shortest[place] as number);
    });
    const longest = graph.latencyMs.reduce((a, b) => Math.max(a, b), 0);
    const low = this.#isStarWhole && Number.isFinite(least) ? least : 0;
    return { low, high: Math.max(low, longest * (graph.hosts - 1)) };
  }

  ofHost(term: TermName): Interval {
    return term === 'guests' ? { low: 0, high: this.#setting.graph.problem.vms.length } : terms[term].range;
  }

  ofVm(term: TermName): Interval {
    return terms[term].range;
  }

  ofWhole(term: TermName): Interval {
    const { vms, hosts } = this.#setting.graph.problem;
    const { links, isReserved } = this.#setting.graph;
    if (term === 'moves') return { low: 0, high: vms.filter(({ current }) => current !== null).length };
    if (term === 'hostsUsed') return { low: Math.min(1, vms.length), high: Math.min(hosts.length, vms.length) };
    if (term === 'fastPathLinks') return { low: 0, high: links };
    return term === 'reservedLinks' ? { low: 0, high: isReserved.reduce((a, b) => a + b, 0) } : terms[term].range;
  }

  /** Places `from * hosts + to` of hosts that the VMs of a demand may be on. */
  #eachPair(demand: number, visit: (place: number) => void): void {
    const { problem, hosts, source, destination } = this.#setting.graph;
    const [a, b] = [source[demand] as number, destination[demand] as number];
    for (const from of problem.vms[a]?.allowed ?? []) {
      for (const to of a === b ? [from] : (problem.vms[b]?.allowed ?? [])) {
        if (from !== to || a === b || mayShare(problem, a, b, from)) visit(from * hosts + to);
      }
    }
  }
}
