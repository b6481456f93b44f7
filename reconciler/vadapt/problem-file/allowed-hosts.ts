import type { SolveHost, SolveVm } from '../../../schema/generated/types.js';

/** Which hosts VMs may run on. VMs that say the same share a list, so that many VMs on many hosts need little memory. */
export class AllowedHosts {
  readonly #hosts: readonly SolveHost[];
  readonly #hostAt: ReadonlyMap<string, number>;
  readonly #lists = new Map<string, number[]>();

  constructor(hosts: readonly SolveHost[], hostAt: ReadonlyMap<string, number>) {
    this.#hosts = hosts;
    this.#hostAt = hostAt;
  }

  /** Places of hosts, ascending. */
  of({ pin, hosts, sites }: SolveVm): number[] {
    const key = JSON.stringify([pin ?? null, hosts ?? null, sites ?? null]);
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    const named = [pin === undefined ? null : [pin], hosts ?? null].filter((each) => each !== null);
    const wanted = named.map((names) => new Set(names));
    const candidates =
      named[0]?.flatMap((name) => this.#hostAt.get(name) ?? []) ?? this.#hosts.map((_, place) => place);
    const wantedSites = sites && new Set(sites);
    const list = candidates.filter((place) => {
      const { name, site } = this.#hosts[place] as SolveHost;
      const isAtSite = wantedSites === undefined || (site !== undefined && wantedSites.has(site));
      return isAtSite && wanted.every((names) => names.has(name));
    });
    list.sort((a, b) => a - b);
    this.#lists.set(key, list);
    return list;
  }
}
