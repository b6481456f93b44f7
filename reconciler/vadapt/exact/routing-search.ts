import type { Graph } from '../engine/graph.js';
import type { ForcedResources } from './forced-resources.js';
import { gapOf } from './gap.js';
import type { Incumbent } from './incumbent.js';
import { Loads } from './loads.js';
import { matchedLoss } from './matched-loss.js';
import type { Meter } from './meter.js';
import { type OpenDemand, OpenDemands, type Prospect } from './open-demand.js';
import type { PairBounds } from './pair-bounds.js';
import { type Outlook, PathChoices } from './path-choices.js';
import type { ListedPath, PathLists } from './path-lists.js';
import { PathsUnderLoad } from './paths-under-load.js';
import type { Valuation } from './valuation.js';

const none = new Int32Array();
/** More demands choose too many pairs of paths to look at. */
const mostDemands = 40;
/** What sums of losses may be wrong by. */
const rounding = 1e-5;

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
  /** No configuration has a better first rank. */
  limit: number;
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
  /** Null where they say nothing. */
  #choices: PathChoices | null = null;
  /** By demand: the choice that its path is, -1 while it has none. */
  #chosen: Int32Array = new Int32Array();

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
    this.#chosen = new Int32Array(graph.demands).fill(-1);
    this.#choices = this.#pathChoices();
    for (const demand of demands) this.#loads.expect(demand, this.#forcedOf(demand));
    this.#descend(demands, []);
    for (const demand of demands) this.#loads.expect(demand, none);
  }

  /** Where nothing may be overloaded, what demands take from one another bounds all paths together. */
  #pathChoices(): PathChoices | null {
    const { graph, incumbent, lists, meter, valuation } = this.#parts;
    const isFew = graph.demands <= mostDemands && graph.rateMbps.every((rate) => rate > 0);
    if (!valuation.isRoom || !incumbent.isAllMet || !isFew || this.#gaps.some((gap) => gap !== null)) return null;
    const choices = new PathChoices(graph, lists, meter, this.#mapping);
    choices.raise(choices.aloneMbps - (incumbent.found?.values[0] as number));
    return choices;
  }

  /** What open demands can still choose; null if nothing that is better. Where choices say nothing, that of no demand. */
  #outlook(unmetMbps: number): Outlook | null {
    const choices = this.#choices;
    if (choices === null) return { demand: -1, choices: [] };
    const { incumbent } = this.#parts;
    const most = choices.aloneMbps + rounding;
    return choices.outlook(this.#chosen, (loss) => incumbent.couldImprove(unmetMbps, most - loss));
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
    return this.#parts.valuation.isRoom ? room : this.#parts.limit;
  }

  #descend(open: readonly number[], routed: readonly number[]): void {
    const { incumbent, meter } = this.#parts;
    if (meter.isSpent) return;
    meter.used++;
    const { unmetMbps, room, residuals } = this.#worth(routed);
    if (open.length === 0) {
      this.#offer(unmetMbps, room);
      return;
    }
    const outlook = this.#outlook(unmetMbps);
    if (outlook === null) return;
    if (incumbent.isAllMet) this.#parts.pairs.becomeStrict();
    const prospects = this.#openDemands.prospects(
      open.map((demand) => this.#openDemand(demand)),
      routed,
      residuals,
    );
    if (!this.#couldImprove(unmetMbps, room, prospects)) return;
    const next = prospects.find(({ demand }) => demand === outlook.demand) ?? this.#mostToLose(prospects);
    const others = prospects.filter((each) => each !== next);
    const otherRoom = sum(others, 'aloneMbps') - this.#loss(others, 'aloneMbps');
    const otherUnmet = sum(others, 'leastUnmetMbps');
    const paths = this.#pathsOf(next.demand, outlook, (left, unmet) =>
      incumbent.couldImprove(unmetMbps + otherUnmet + unmet, this.#value(room + otherRoom + left)),
    );
    const options = this.#options(next.demand, [...routed, next.demand], paths);
    const rest = others.map(({ demand }) => demand);
    for (const option of options) {
      if (!incumbent.couldImprove(option.unmetMbps + otherUnmet, this.#value(option.value + otherRoom))) continue;
      this.#chosen[next.demand] = this.#choices?.choiceOf(next.demand, option.path) ?? -1;
      this.#loads.put(next.demand, option.path);
      this.#descend(rest, [...routed, next.demand]);
      this.#loads.take(next.demand);
      this.#chosen[next.demand] = -1;
    }
  }

  #openDemand(demand: number): OpenDemand {
    const widest = this.#parts.lists.between(this.#from(demand), this.#to(demand));
    return { demand, widest, forced: this.#forcedOf(demand), mayMiss: this.#gaps[demand] !== null };
  }

  /** Whether the open demands can have so much that all together is better than what was found. */
  #couldImprove(unmetMbps: number, room: number, prospects: readonly Prospect[]): boolean {
    const { incumbent, valuation } = this.#parts;
    const unmet = unmetMbps + sum(prospects, 'leastUnmetMbps');
    const share = room + sum(prospects, 'shareMbps');
    if (!incumbent.couldImprove(unmet, this.#value(share))) return false;
    return !valuation.isRoom || incumbent.couldImprove(unmet, share - this.#loss(prospects, 'shareMbps'));
  }

  /** What open demands cannot have together of what each can have. */
  #loss(prospects: readonly Prospect[], of: 'aloneMbps' | 'shareMbps'): number {
    const { pairs, valuation } = this.#parts;
    if (!valuation.isRoom) return 0;
    return matchedLoss(
      prospects.map((prospect) => prospect[of]),
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

  /** The paths of a demand that may be part of something better. */
  #pathsOf(
    demand: number,
    { demand: chooser, choices }: Outlook,
    isWanted: (left: number, unmet: number) => boolean,
  ): ListedPath[] {
    const [from, to] = [this.#from(demand), this.#to(demand)];
    const isChooser = chooser === demand && this.#choices !== null;
    if (isChooser && !choices.some((choice) => this.#choices?.isUnlisted(demand, choice)))
      return choices.map((choice) => this.#parts.lists.between(from, to).paths[choice] as ListedPath);
    const paths = this.#loads.without(demand, () => this.#pathsUnderLoad.all(demand, from, to, isWanted));
    const gap = this.#gaps[demand];
    if (gap && isWanted(0, this.#parts.graph.rateMbps[demand] as number)) paths.push(gap);
    if (!isChooser) return paths;
    return paths.filter((path) => choices.includes(this.#choices?.choiceOf(demand, path) ?? -1));
  }

  /** Each path of a demand with what is worth of all that is routed then; the best first. */
  #options(demand: number, routed: readonly number[], paths: readonly ListedPath[]): Option[] {
    const options = paths.flatMap((path): Option[] => {
      this.#loads.put(demand, path);
      const { unmetMbps, room } = this.#worth(routed);
      const isPermitted = this.#loads.links.excess() === 0;
      this.#loads.take(demand);
      return isPermitted ? [{ path, unmetMbps, value: room }] : [];
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

function sum(prospects: readonly Prospect[], of: 'aloneMbps' | 'shareMbps' | 'leastUnmetMbps'): number {
  return prospects.reduce((total, prospect) => total + prospect[of], 0);
}
