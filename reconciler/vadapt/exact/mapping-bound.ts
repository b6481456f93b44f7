import type { PartialPlacement } from '../infeasible/partial-placement.js';
import { ForcedLoads } from './forced-loads.js';
import type { Reach } from './incumbent.js';
import { matchedLoss } from './matched-loss.js';
import type { SearchParts } from './routing-search.js';

const nowhere = -1;

/** What a mapping can reach of which some VMs are placed. */
export class MappingBound {
  readonly #parts: SearchParts;
  readonly #placement: PartialPlacement;
  readonly #forced: ForcedLoads;
  /** By demand: the widest path between any hosts that its VMs may use. */
  readonly #widestMbps: Float64Array;
  /** Demands between placed VMs, and what each can have alone. */
  readonly #both: number[] = [];
  readonly #alone: number[] = [];

  constructor(parts: SearchParts, placement: PartialPlacement) {
    this.#parts = parts;
    this.#forced = new ForcedLoads(parts, placement);
    this.#placement = placement;
    const { source, destination, demands } = parts.graph;
    this.#widestMbps = Float64Array.from({ length: demands }, (_, demand) =>
      this.#widest(source[demand] as number, destination[demand] as number),
    );
  }

  #widest(a: number, b: number): number {
    const { graph, widths } = this.#parts;
    let widest = 0;
    for (let from = 0; from < graph.hosts; from++) {
      if (!this.#placement.fits(a, from)) continue;
      this.#placement.place(a, from);
      for (let to = 0; to < graph.hosts; to++) {
        const width = widths[from * graph.hosts + to] as number;
        if (width > widest && (a === b ? to === from : this.#placement.fits(b, to))) widest = width;
      }
      this.#placement.remove(a);
    }
    return widest;
  }

  /** Null if some VM has no host left, or nothing better can come of it. */
  reach(): Reach | null {
    const { incumbent, valuation, graph, limit } = this.#parts;
    this.#forced.count();
    const reach = this.#placed();
    for (let vm = 0; vm < graph.problem.vms.length; vm++) {
      if (this.#placement.hostOf[vm] === nowhere && !this.#addOpen(vm, reach)) return null;
    }
    reach.unmetMbps = Math.max(reach.unmetMbps, this.#forcedUnmet());
    if (!valuation.isRoom) reach.value = limit;
    if (!incumbent.couldImprove(reach.unmetMbps, reach.value)) return null;
    if (!valuation.isRoom) return reach;
    reach.value -= this.#conflicts();
    return incumbent.couldImprove(reach.unmetMbps, reach.value) ? reach : null;
  }

  /** What demands between placed VMs cannot have together. */
  #conflicts(): number {
    const { pairs, incumbent } = this.#parts;
    if (incumbent.isAllMet) pairs.becomeStrict();
    const mapping = this.#placement.hostOf;
    return matchedLoss(this.#alone, (a, b) => pairs.most(this.#both[a] as number, this.#both[b] as number, mapping));
  }

  #forcedUnmet(): number {
    const { graph, widths } = this.#parts;
    const { hostOf } = this.#placement;
    return this.#forced.unmetMbps((demand) => {
      const from = hostOf[graph.source[demand] as number] as number;
      const to = hostOf[graph.destination[demand] as number] as number;
      const isBoth = from !== nowhere && to !== nowhere;
      const width = isBoth ? (widths[from * graph.hosts + to] as number) : (this.#widestMbps[demand] as number);
      return Math.max(0, (graph.rateMbps[demand] as number) - width);
    });
  }

  /** Demands between placed VMs have the widest path between their hosts; those between open ones the widest of all. */
  #placed(): Reach {
    const { graph } = this.#parts;
    const { hostOf } = this.#placement;
    const reach = { unmetMbps: 0, value: 0 };
    this.#both.length = 0;
    this.#alone.length = 0;
    for (let demand = 0; demand < graph.demands; demand++) {
      const from = hostOf[graph.source[demand] as number] as number;
      const to = hostOf[graph.destination[demand] as number] as number;
      if ((from === nowhere) !== (to === nowhere)) continue;
      if (from !== nowhere) {
        const left = this.#add(demand, from, to, reach);
        this.#both.push(demand);
        this.#alone.push(left);
      } else {
        const more = (this.#widestMbps[demand] as number) - (graph.rateMbps[demand] as number);
        reach.unmetMbps += Math.max(0, -more);
        reach.value += Math.max(0, more);
      }
    }
    return reach;
  }

  /** Adds what a demand between two hosts can have at most; returns what its path leaves. */
  #add(demand: number, from: number, to: number, reach: Reach): number {
    const { graph, widths } = this.#parts;
    const more = (widths[from * graph.hosts + to] as number) - (graph.rateMbps[demand] as number);
    const left = Math.max(0, Math.min(more, this.#forced.leftMbps(demand, from, to)));
    reach.unmetMbps += Math.max(0, -more);
    reach.value += left;
    return left;
  }

  /** Demands between an open VM and placed ones have the widest paths from one host; false if no host is left. */
  #addOpen(vm: number, reach: Reach): boolean {
    const { graph, incumbent, meter } = this.#parts;
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let host = 0; host < graph.hosts; host++) {
      if (!this.#placement.fits(vm, host)) continue;
      meter.used++;
      const { unmetMbps, value } = this.#onHost(vm, host);
      if (reach.unmetMbps + unmetMbps > incumbent.mostUnmetMbps) continue;
      least = Math.min(least, unmetMbps);
      most = Math.max(most, value);
    }
    if (most === Number.NEGATIVE_INFINITY) return false;
    reach.unmetMbps += least;
    reach.value += most;
    return true;
  }

  #onHost(vm: number, host: number): Reach {
    const reach = { unmetMbps: 0, value: 0 };
    this.#eachBeside(vm, host, (demand, from, to) => this.#forced.add(demand, from, to, 1));
    this.#eachBeside(vm, host, (demand, from, to) => {
      // What it crosses itself has been added.
      this.#forced.add(demand, from, to, -1);
      this.#add(demand, from, to, reach);
      this.#forced.add(demand, from, to, 1);
    });
    this.#eachBeside(vm, host, (demand, from, to) => this.#forced.add(demand, from, to, -1));
    return reach;
  }

  /** Demands between a VM, were it on a host, and placed VMs. */
  #eachBeside(vm: number, host: number, visit: (demand: number, from: number, to: number) => void): void {
    const { graph } = this.#parts;
    const { hostOf } = this.#placement;
    const end = graph.firstDemand[vm + 1] as number;
    for (let place = graph.firstDemand[vm] as number; place < end; place++) {
      const demand = graph.demandsOfVm[place] as number;
      const isSource = graph.source[demand] === vm;
      const partner = hostOf[(isSource ? graph.destination : graph.source)[demand] as number] as number;
      if (partner === nowhere) continue;
      if (isSource) visit(demand, host, partner);
      else visit(demand, partner, host);
    }
  }
}
