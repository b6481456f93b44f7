/**
 * CONF = (M, P) of the seed, in names: which VM runs where, and how frames between VMs travel where it is not over the star.
 * Topology and forwarding rules follow from it.
 */
export interface Configuration {
  /** VM to host. */
  mapping: Map<string, string>;
  /** Paths that differ from the star's, sorted by source, then destination. */
  paths: FastPath[];
}

export interface FastPath {
  source: string;
  destination: string;
  /** Hosts visited, the source's first, the destination's last; at least two, none twice. */
  hosts: string[];
}

/** Hosts a frame visits over the star from `from` to `to`: through the Proxy, unless that is one end or both are one. */
export function starPath(from: string, to: string, proxy: string): string[] {
  if (from === to) return [from];
  return from === proxy || to === proxy ? [from, to] : [from, proxy, to];
}

/** The name of an undirected link: its two hosts in alphabetical order. */
export function linkName(a: string, b: string): string {
  return a < b ? `${a}--${b}` : `${b}--${a}`;
}
