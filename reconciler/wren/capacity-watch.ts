import { edgesByPair, type Underlay, type UnderlayEdge } from '../model/underlay.js';
import type { MeasuredEdge } from './measured-edges.js';

/** What an edge gives must change by this share to be worth another look. */
const material = 0.2;
/** Estimates and what links carry are averages over this time: before it is over they need not fit one another. */
const averagedMs = 5000;

/** Notices that what measured edges give has changed, once it has stayed so. */
export class CapacityWatch {
  /** Capacities as of the last change that was told, by edge. */
  readonly #told = new Map<string, number>();
  #deviatingSinceMs: number | null = null;

  /**
   * To be called about once a sampling interval. True once a change has lasted for `windowMs`, and for what averages take.
   * @param stated the inventory's underlay: what an edge gave before it was measured
   */
  advance(
    measured: readonly MeasuredEdge[],
    current: Underlay,
    stated: Underlay,
    nowMs: number,
    windowMs: number,
  ): boolean {
    const edgeBetween = edgesByPair(current);
    const capacities = measured.flatMap(({ edge }): [string, number, number][] => {
      const now = edgeBetween(edge.from, edge.to);
      return now ? [[`${edge.from} ${edge.to}`, capacityOf(now, current), capacityOf(edge, stated)]] : [];
    });
    const isDeviating = capacities.some(([name, capacityMbps, statedMbps]) => {
      const before = this.#told.get(name) ?? statedMbps;
      return Math.abs(capacityMbps - before) > material * Math.max(capacityMbps, before);
    });
    this.#deviatingSinceMs = isDeviating ? (this.#deviatingSinceMs ?? nowMs) : null;
    if (this.#deviatingSinceMs === null || nowMs - this.#deviatingSinceMs < Math.max(windowMs, averagedMs))
      return false;
    this.#deviatingSinceMs = null;
    for (const [name, capacityMbps] of capacities) this.#told.set(name, capacityMbps);
    return true;
  }

  /** The fleet has just been changed: what edges seem to give until averages have caught up means nothing. */
  disturb(): void {
    this.#deviatingSinceMs = null;
  }
}

function capacityOf({ resources }: UnderlayEdge, underlay: Underlay): number {
  return Math.min(...resources.map((index) => underlay.resources[index]?.capacityMbps ?? 0));
}
