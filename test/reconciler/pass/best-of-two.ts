import type { Problem } from '../../../reconciler/model/problem.js';
import { simplePaths } from '../vadapt/reference.js';

/**
 * Of all configurations that leave nothing unmet, the least delay (rates times latencies, in Mb/s ms), and of those the most room on
 * paths in Mb/s. By trying all of them, from the definitions alone. For problems with two demands, with one VM for each host.
 */
export function bestOfTwo(problem: Problem): { delay: number; room: number } {
  const { demands, resources } = problem;
  const [first, second] = demands;
  if (first === undefined || second === undefined || demands.length > 2) throw new Error('there are not two demands');
  const tracks = tracksOf(problem);
  let best = { delay: Number.POSITIVE_INFINITY, room: 0 };
  for (const mapping of mappings(problem)) {
    for (const a of tracks(mapping[first.source], mapping[first.destination]))
      for (const b of tracks(mapping[second.source], mapping[second.destination])) {
        const left = (resource: number) =>
          (resources[resource]?.capacityMbps ?? 0) -
          (a.uses.includes(resource) ? first.rateMbps : 0) -
          (b.uses.includes(resource) ? second.rateMbps : 0);
        const rooms = [a, b].map(({ uses }) => Math.min(...uses.map(left)));
        if (rooms.some((each) => each < 0)) continue;
        const delay = first.rateMbps * a.latencyMs + second.rateMbps * b.latencyMs;
        const room = rooms.reduce((sum, each) => sum + each, 0);
        if (delay < best.delay - 1e-9 || (delay < best.delay + 1e-9 && room > best.room)) best = { delay, room };
      }
  }
  return best;
}

interface Track {
  latencyMs: number;
  uses: number[];
}

/** Every path without loops between two hosts. */
function tracksOf(problem: Problem): (from: number | undefined, to: number | undefined) => Track[] {
  const known = new Map<string, Track[]>();
  const edgeOf = new Map(problem.edges.map((edge) => [`${edge.from} ${edge.to}`, edge]));
  const trackOf = (path: number[]): Track => {
    const edges = path.slice(1).flatMap((to, hop) => edgeOf.get(`${path[hop]} ${to}`) ?? []);
    return {
      latencyMs: edges.reduce((sum, { latencyMs }) => sum + latencyMs, 0),
      uses: edges.flatMap(({ resources }) => resources),
    };
  };
  return (from = -1, to = -1) => {
    const key = `${from} ${to}`;
    const tracks = known.get(key) ?? simplePaths(problem, from, to).map(trackOf);
    known.set(key, tracks);
    // A resource that is crossed twice would count twice: no nearest path does that.
    return tracks.filter(({ uses }) => new Set(uses).size === uses.length);
  };
}

function mappings({ vms }: Problem): number[][] {
  const all = vms.reduce<number[][]>(
    (lists, { allowed }) => lists.flatMap((list) => allowed.map((host) => [...list, host])),
    [[]],
  );
  return all.filter((mapping) => new Set(mapping).size === mapping.length);
}
