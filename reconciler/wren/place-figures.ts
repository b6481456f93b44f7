import type { Resource } from '../model/problem.js';
import type { Places, Underlay, UnderlayEdge } from '../model/underlay.js';
import type { MeasuredEdge } from './measured-edges.js';
import { halfDeviations, type PlaceCapacity } from './narrow-places.js';

/** A place gives something else than the inventory says only if it is more, or less, by this factor: estimates are no better. */
const excess = 1.1;
/** Standard deviation of what an inventory says, as a share: others may use what nobody has looked at yet. */
const statedDeviation = 0.1;
/** A path that gives nothing is still one that frames could try. */
const leastMbps = 0.001;

/** The resources of an underlay while measured figures take the place of the inventory's. */
export class PlaceFigures {
  readonly resources: Resource[];
  readonly #indices: Map<string, number>;
  /** What the inventory says, by place. */
  readonly #stated: ReadonlyMap<string, number>;
  readonly #internals: ReadonlySet<number>;
  /** What is presumed of interfaces of which nothing is stated. */
  readonly #presumedMbps: number;
  readonly #floors = new Map<string, number>();
  readonly #narrow = new Set<string>();
  /** Resources whose figure is not the inventory's. */
  readonly #measured = new Set<number>();

  constructor(underlay: Underlay, presumedMbps: number) {
    this.resources = underlay.resources.map((resource) => ({ ...resource }));
    this.#indices = new Map(underlay.resources.map(({ name }, index) => [name, index]));
    this.#stated = new Map(underlay.resources.map(({ name, capacityMbps }) => [name, capacityMbps]));
    this.#internals = new Set(underlay.internal);
    this.#presumedMbps = presumedMbps;
  }

  /** The place was seen to give so much: a smaller figure of the inventory is wrong. */
  atLeast(place: PlaceCapacity): void {
    const { name, capacityMbps } = place;
    this.#floors.set(name, Math.max(capacityMbps, this.#floors.get(name) ?? 0));
    const index = this.#indices.get(name);
    const stated = index === undefined ? undefined : this.resources[index];
    if (stated && capacityMbps > excess * stated.capacityMbps) this.#set(place);
  }

  /** The place limits edges, and gives so much. */
  limits(place: PlaceCapacity): void {
    this.#narrow.add(place.name);
    const stated = this.#stated.get(place.name);
    const { capacityMbps, mostMbps = capacityMbps } = place;
    const isConfirmed = stated !== undefined && capacityMbps <= stated && excess * mostMbps >= stated;
    this.#set(isConfirmed ? { ...place, capacityMbps: stated } : place);
  }

  /** The place presumably gives so much: of no use where something else is known of it. */
  presume(place: { name: string; capacityMbps: number }): void {
    if (!this.#indices.has(place.name)) this.limits({ ...place, deviationMbps: 0 });
  }

  /** All that a frame on an edge uses. `shared`: queues that the inventory does not know of. */
  resourcesOf(
    edge: UnderlayEdge,
    places: Places,
    measured: MeasuredEdge | undefined,
    shared: readonly string[],
  ): number[] {
    const stated = edge.resources.filter((index) => !this.#internals.has(index));
    const used = stated.length > 0 ? stated : [this.#presumed(places.out), this.#presumed(places.into)];
    const narrow = [places.out, places.trunk, places.between, places.into, ...shared];
    for (const name of narrow) {
      const index = name !== null && this.#narrow.has(name) ? this.#indices.get(name) : undefined;
      if (index !== undefined && !used.includes(index)) used.push(index);
    }
    if (!measured || measured.availableMbps !== null) return used;
    const least = Math.min(...used.map((index) => this.resources[index]?.capacityMbps ?? 0));
    if (least <= measured.highMbps) return used;
    const deviationMbps = (measured.highMbps - measured.lowMbps) / (2 * halfDeviations);
    const bound = this.#set({ name: places.between, capacityMbps: measured.highMbps, deviationMbps });
    return used.includes(bound) ? used : [...used, bound];
  }

  /** All of them; what is only stated is as uncertain as inventories are, beside what was measured. */
  list(): Resource[] {
    return this.resources.map((resource, index) =>
      this.isStated(index) ? { ...resource, deviationMbps: statedDeviation * resource.capacityMbps } : resource,
    );
  }

  isStated(index: number): boolean {
    return !this.#internals.has(index) && !this.#measured.has(index);
  }

  #presumed(name: string): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    const capacityMbps = Math.max(this.#presumedMbps, this.#floors.get(name) ?? 0);
    return this.#set({ name, capacityMbps, deviationMbps: 0 });
  }

  #set({ name, capacityMbps, deviationMbps }: PlaceCapacity): number {
    const certain = { name, capacityMbps: Math.max(leastMbps, capacityMbps) };
    const resource = deviationMbps > 0 ? { ...certain, deviationMbps } : certain;
    const index = this.#indices.get(name) ?? this.resources.length;
    this.#indices.set(name, index);
    this.resources[index] = resource;
    this.#measured.add(index);
    return index;
  }
}
