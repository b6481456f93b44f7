import type { Graph } from '../engine/graph.js';
import type { ForcedResources } from './forced-resources.js';
import { gapOf } from './gap.js';
import type { Incumbent } from './incumbent.js';
import { Loads } from './loads.js';
import { matchedLoss } from './matched-loss.js';
import type { Meter } from './meter.js';
import { OpenDemands, type Prospect } from './open-demand.js';
import type { PairBounds } from './pair-bounds.js';
import type { ListedPath, PathLists } from './path-lists.js';
import { PathsUnderLoad } from './paths-under-load.js';
import type { Valuation } from './valuation.js';

const none = new Int32Array();

export interface SearchParts {
  graph: Graph;
  /** Of widest paths on the unloaded graph. */
  widths: Float64Array;
  lists: PathLists;
  pairs: PairBounds;
  forced: ForcedResources;
  incumbent: Incumbent;
  meter: Meter;
  valuation: Valuation;
}

/** A path for a demand, and what all that is routed is worth with it. */
interface Option {
  path: ListedPath;
  unmetMbps: number;
  value: number;
}

/** Branches on paths for a whole mapping: the demand with most to lose first, its paths from the best. */
export class RoutingSearch {
  readonly #parts: SearchParts;
  readonly #loads: Loads;
  readonly #openDemands: OpenDemands;
  readonly #pathsUnderLoad: PathsUnderLoad;
  #mapping: Int32Array = new Int32Array();
  /** By demand: what it has without a path, where it may be without. */
  #gaps: (ListedPath | null)[] = [];

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#loads = new Loads(parts.graph);
    this.#openDemands = new OpenDemands(this.#loads, parts.meter);
    this.#pathsUnderLoad = new PathsUnderLoad(this.#loads, parts.widths, parts.meter);
  }

  search(mapping: Int32Array): void {
    const { graph, incumbent, valuation } = this.#parts;
    incumbent.offer(valuation.routed(mapping));
    this.#mapping = mapping;
    const demands = Array.from({ length: graph.demands }, (_, demand) => demand);
    this.#gaps = demands.map((demand) => gapOf(graph, demand, this.#from(demand), this.#to(demand)));
    for (const demand of demands) this.#loads.expect(demand, this.#forcedOf(demand));
    this.#descend(demands, []);
    for (const demand of demands) this.#loads.expect(demand, none);
  }

  /** Resources that any path of a demand crosses. */
  #forcedOf(demand: number): Int32Array {
    return this.#gaps[demand] ? none : this.#parts.forced.between(this.#from(demand), this.#to(demand));
  }

  #from(demand: number): number {
    return this.#mapping[this.#parts.graph.source[demand] as number] as number;
  }

  #to(demand: number): number {
    return this.#mapping[this.#parts.graph.destination[demand] as number] as number;
  }

  /** What is routed, as far as it is known. Where only paths of all demands have a value, the best there is. */
  #worth(routed: readonly number[]): { unmetMbps: number; room: number; residuals: number[] } {
    let unmetMbps = 0;
    let room = 0;
    const residuals = routed.map((demand) => {
      const residual = this.#loads.residualMbps(this.#loads.paths[demand] as ListedPath);
      unmetMbps += this.#loads.unmetMbps(demand);
      room += residual;
      return residual;
    });
    return { unmetMbps, room, residuals };
  }

  /** Value of the first rank that so much room can stand for. */
  #value(room: number): number {
    return this.#parts.valuation.isRoom ? room : this.#parts.incumbent.sign * Number.POSITIVE_INFINITY;
  }

  #descend(open: readonly number[], routed: readonly number[]): void {
    const { incumbent, lists, meter } = this.#parts;
    if (meter.isSpent) return;
    meter.used++;
    const { unmetMbps, room, residuals } = this.#worth(routed);
    if (open.length === 0) {
      this.#offer(unmetMbps, room);
      return;
    }
    if (incumbent.isAllMet) this.#parts.pairs.becomeStrict();
    const prospects = open.map((demand) => {
      const list = lists.between(this.#from(demand), this.#to(demand));
      const mayMiss = this.#gaps[demand] !== null;
      return this.#loads.without(demand, () =>
        this.#openDemands.prospect(demand, list, routed, residuals, this.#forcedOf(demand), mayMiss),
      );
    });
    if (!this.#couldImprove(unmetMbps, room, prospects)) return;
    const next = this.#mostToLose(prospects);
    const others = prospects.filter((each) => each !== next);
    const otherRoom = sum(others, 'aloneMbps') - this.#loss(others);
    const otherUnmet = sum(others, 'leastUnmetMbps');
    const options = this.#options(next.demand, [...routed, next.demand], (left, unmet) =>
      incumbent.couldImprove(unmetMbps + otherUnmet + unmet, this.#value(room + otherRoom + left)),
    );
    const rest = others.map(({ demand }) => demand);
    for (const option of options) {
      if (!incumbent.couldImprove(option.unmetMbps + otherUnmet, this.#value(option.value + otherRoom))) continue;
      this.#loads.put(next.demand, option.path);
      this.#descend(rest, [...routed, next.demand]);
      this.#loads.take(next.demand);
    }
  }

  /** Whether the open demands can have so much that all together is better than what was found. */
  #couldImprove(unmetMbps: number, room: number, prospects: readonly Prospect[]): boolean {
    const { incumbent, valuation } = this.#parts;
    const unmet = unmetMbps + sum(prospects, 'leastUnmetMbps');
    const alone = room + sum(prospects, 'aloneMbps');
    if (!incumbent.couldImprove(unmet, this.#value(alone))) return false;
    if (!valuation.isRoom) return true;
    if (!incumbent.couldImprove(unmet, alone - this.#loss(prospects))) return false;
    // What one demand takes from routed ones counts fully; of several, they may take the same.
    const taking = prospects.reduce((a, b) => (b.aloneMbps - b.netMbps > a.aloneMbps - a.netMbps ? b : a));
    const others = prospects.filter((each) => each !== taking);
    return incumbent.couldImprove(unmet, alone - (taking.aloneMbps - taking.netMbps) - this.#loss(others));
  }

  #loss(prospects: readonly Prospect[]): number {
    const { pairs, valuation } = this.#parts;
    if (!valuation.isRoom) return 0;
    return matchedLoss(
      prospects.map(({ aloneMbps }) => aloneMbps),
      (a, b) => {
        const [first, second] = [prospects[a]?.demand as number, prospects[b]?.demand as number];
        return pairs.most(Math.min(first, second), Math.max(first, second), this.#mapping);
      },
    );
  }

  #mostToLose(prospects: readonly Prospect[]): Prospect {
    const { rateMbps } = this.#parts.graph;
    const regret = ({ netMbps, secondMbps }: Prospect) => netMbps - secondMbps;
    const rate = ({ demand }: Prospect) => rateMbps[demand] as number;
    return prospects.reduce((a, b) => {
      const more = regret(b) - regret(a);
      return more > 0 || (!(more < 0) && rate(b) > rate(a)) ? b : a;
    });
  }

  /** The paths of a demand, each with what is worth of all that is routed then; the best first. */
  #options(demand: number, routed: readonly number[], isWanted: (left: number, unmet: number) => boolean): Option[] {
    const paths = this.#loads.without(demand, () =>
      this.#pathsUnderLoad.all(demand, this.#from(demand), this.#to(demand), isWanted),
    );
    const gap = this.#gaps[demand];
    if (gap && isWanted(0, this.#parts.graph.rateMbps[demand] as number)) paths.push(gap);
    const options = paths.map((path): Option => {
      this.#loads.put(demand, path);
      const { unmetMbps, room } = this.#worth(routed);
      this.#loads.take(demand);
      return { path, unmetMbps, value: room };
    });
    return options.sort(
      (a, b) =>
        (Math.abs(a.unmetMbps - b.unmetMbps) > 1e-6 ? a.unmetMbps - b.unmetMbps : b.value - a.value) ||
        a.path.edges.length - b.path.edges.length,
    );
  }

  #offer(unmetMbps: number, room: number): void {
    const { incumbent, valuation } = this.#parts;
    if (this.#loads.links.excess() > 0) return;
    const paths = this.#loads.paths.map((path) => path?.edges ?? new Int32Array());
    const kept = { mapping: this.#mapping, paths };
    const isKnown = valuation.isRoom && valuation.ranks.length === 1;
    incumbent.offer(isKnown ? { ...kept, unmetMbps, values: [room] } : valuation.found(kept));
  }
}

function sum(prospects: readonly Prospect[], of: 'aloneMbps' | 'leastUnmetMbps'): number {
  return prospects.reduce((total, prospect) => total + prospect[of], 0);
}
