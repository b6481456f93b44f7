import { at } from './at.js';
import { fastPathLink, type Overlay } from './overlay.js';

/** A demand's path, with what it uses worked out once. */
export interface Route {
  /** Hosts a frame visits; one host for co-located VMs. */
  hosts: readonly number[];
  /** Places of its edges. */
  edges: readonly number[];
  /** Resources used, each once. */
  resources: readonly number[];
  /** How often a frame crosses each of `resources`: a path that leaves a site and comes back loads its trunk twice. */
  crossings: readonly number[];
  /** Numbers of the links beside the star. */
  fastPathLinks: readonly number[];
  /** Sum over its edges: tl of the seed. */
  latencyMs: number;
  /** False if an edge is missing: such a path carries nothing. */
  connected: boolean;
}

/** The route over `hosts`, the source's first. */
export function routeOver(overlay: Overlay, hosts: readonly number[]): Route {
  const { problem, edgeAt } = overlay;
  const edges: number[] = [];
  const crossed = new Map<number, number>();
  const fastPathLinks: number[] = [];
  let connected = true;
  let latencyMs = 0;
  for (let hop = 1; hop < hosts.length; hop++) {
    const [from, to] = [at(hosts, hop - 1), at(hosts, hop)];
    const place = edgeAt[from * problem.hosts.length + to] as number;
    if (place < 0) connected = false;
    else {
      edges.push(place);
      latencyMs += at(problem.edges, place).latencyMs;
      for (const resource of at(problem.edges, place).resources)
        crossed.set(resource, (crossed.get(resource) ?? 0) + 1);
    }
    const link = fastPathLink(overlay, from, to);
    if (link >= 0) fastPathLinks.push(link);
  }
  if (hosts.length === 1) crossed.set(at(problem.hosts, at(hosts, 0)).internal, 1);
  const [resources, crossings] = [[...crossed.keys()], [...crossed.values()]];
  return { hosts, edges, resources, crossings, fastPathLinks, latencyMs, connected };
}
