/** Hosts and the network below the overlay. Where a host is asked for, its name or its place in `hosts` will do. */
export interface UnderlaySpec {
  hosts: { name: string; computeCores: number; internalMbps: number; clock?: ClockError }[];
  /** What carries traffic and may be shared: an interface or a trunk, one direction of it. */
  resources: { name: string; capacityMbps: number }[];
  /** Directed. `resources` are places in the list above, all that a frame on this edge uses. */
  edges: { from: string | number; to: string | number; resources: number[]; latencyMs: number }[];
}

/** By how much a host's clock is ahead, and how much it gains, in millionths. */
export interface ClockError {
  offsetMs: number;
  driftPpm: number;
}

export interface UnderlayEdge {
  resources: readonly number[];
  latencyMs: number;
}

/** What no traffic of others takes of a resource. */
const leastShare = 0.01;

/** The underlay in indices. The capacity that guests on one host share among themselves is one more resource for each host. */
export class Underlay {
  /** Mb/s of each resource: those of the spec, then one for each host. */
  readonly capacitiesMbps: Float64Array;
  /** What traffic of others leaves of each. */
  readonly availableMbps: Float64Array;
  /** Mb/s of others on each. */
  readonly crossMbps: Float64Array;
  /** Of the spec. */
  readonly resourceNames: readonly string[];
  readonly #internals: number;
  readonly #size: number;
  readonly #edges = new Map<number, UnderlayEdge>();

  /** Throws RangeError on a reference that leads nowhere. */
  constructor(spec: UnderlaySpec) {
    const places = new Map(spec.hosts.map((host, index) => [host.name, index]));
    const place = (host: string | number): number => {
      const index = typeof host === 'number' ? host : places.get(host);
      if (index === undefined || !spec.hosts[index]) throw new RangeError(`no host ${host} in the underlay`);
      return index;
    };
    this.#size = spec.hosts.length;
    this.#internals = spec.resources.length;
    this.capacitiesMbps = Float64Array.from([
      ...spec.resources.map(({ capacityMbps }) => capacityMbps),
      ...spec.hosts.map(({ internalMbps }) => internalMbps),
    ]);
    this.availableMbps = this.capacitiesMbps.slice();
    this.crossMbps = new Float64Array(this.capacitiesMbps.length);
    this.resourceNames = spec.resources.map(({ name }) => name);
    for (const { from, to, resources, latencyMs } of spec.edges) {
      for (const resource of resources)
        if (!spec.resources[resource]) throw new RangeError(`no resource ${resource} for edge ${from} to ${to}`);
      this.#edges.set(place(from) * this.#size + place(to), { resources, latencyMs });
    }
  }

  edge(from: number, to: number): UnderlayEdge | undefined {
    return this.#edges.get(from * this.#size + to);
  }

  /** Replaces the traffic of others, in Mb/s by resource. However much they want, a little is left. */
  cross(ratesMbps: ReadonlyMap<string, number>): void {
    this.resourceNames.forEach((name, resource) => {
      const capacityMbps = this.capacitiesMbps[resource] ?? 0;
      const crossMbps = Math.min(ratesMbps.get(name) ?? 0, (1 - leastShare) * capacityMbps);
      this.crossMbps[resource] = crossMbps;
      this.availableMbps[resource] = capacityMbps - crossMbps;
    });
  }

  /** The resource of frames that do not leave a host. */
  internal(host: number): number {
    return this.#internals + host;
  }
}
