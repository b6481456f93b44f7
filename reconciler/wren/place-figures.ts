import type { Resource } from '../model/problem.js';
import type { Places, Underlay, UnderlayEdge } from '../model/underlay.js';
import type { MeasuredEdge } from './measured-edges.js';
import type { PlaceCapacity } from './narrow-places.js';

/** A place gives more than the inventory says only if it is more by this factor. */
const excess = 1.1;
/** A path that gives nothing is still one that frames could try. */
const leastMbps = 0.001;

/** The resources of an underlay while measured figures take the place of the inventory's. */
export class PlaceFigures {
  readonly resources: Resource[];
  readonly #indices: Map<string, number>;
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
    this.#internals = new Set(underlay.internal);
    this.#presumedMbps = presumedMbps;
  }

  /** The place was seen to give so much: a smaller figure of the inventory is wrong. */
  atLeast(name: string, mbps: number): void {
    this.#floors.set(name, Math.max(mbps, this.#floors.get(name) ?? 0));
    const index = this.#indices.get(name);
    const stated = index === undefined ? undefined : this.resources[index];
    if (stated && mbps > excess * stated.capacityMbps) this.#set({ name, capacityMbps: mbps });
  }

  /** The place limits edges, and gives so much. */
  limits(place: PlaceCapacity): void {
    this.#narrow.add(place.name);
    this.#set(place);
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
    const bound = this.#set({ name: places.between, capacityMbps: measured.highMbps });
    return used.includes(bound) ? used : [...used, bound];
  }

  isStated(index: number): boolean {
    return !this.#internals.has(index) && !this.#measured.has(index);
  }

  #presumed(name: string): number {
    const known = this.#indices.get(name);
    if (known !== undefined) return known;
    return this.#set({ name, capacityMbps: Math.max(this.#presumedMbps, this.#floors.get(name) ?? 0) });
  }

  #set({ name, capacityMbps }: PlaceCapacity): number {
    const resource = { name, capacityMbps: Math.max(leastMbps, capacityMbps) };
    const index = this.#indices.get(name) ?? this.resources.length;
    this.#indices.set(name, index);
    this.resources[index] = resource;
    this.#measured.add(index);
    return index;
  }
}
