import type { Plan } from '../schema/generated/types.js';
import { pairName, pairNamed } from './model/pair.js';
import { usesOver } from './model/saturation.js';
import type { Snapshot } from './model/snapshot.js';
import { underlayOf } from './model/underlay.js';
import type { Groups } from './pass/regression.js';
import { Routes } from './routes.js';

/** VMs that plans moved, and pairs of VMs whose frames they led another way. */
export interface Extent {
  vms: string[];
  pairs: { source: string; destination: string }[];
}

export function extentOf(plans: readonly Plan[]): Extent {
  const vms = new Set<string>();
  const pairs = new Map<string, { source: string; destination: string }>();
  for (const { changes } of plans) {
    for (const change of changes) {
      if (change.kind === 'guest-move') vms.add(change.guest);
      if (change.kind !== 'path') continue;
      const { source, destination } = change;
      pairs.set(`${source} ${destination}`, { source, destination });
    }
  }
  const named = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
  return { vms: [...vms].sort(), pairs: named.map(([, pair]) => pair) };
}

type Picture = Pick<Snapshot, 'hosts' | 'underlays' | 'current' | 'vms'>;

/**
 * What a change touched, of all pairs that sent something before or after.
 * @param names of pairs, as `pairName` makes them
 */
export function touchedPairs(
  names: readonly string[],
  { vms, pairs }: Extent,
  before: Picture,
  after: Picture,
): Groups {
  const vmAt = new Map(after.vms.map(({ name, spec }) => [`${spec.network} ${spec.mac}`, name]));
  const moved = new Set(vms);
  const led = new Set(pairs.map(({ source, destination }) => `${source} ${destination}`));
  const changed = new Set<string>();
  const ends = new Map<string, readonly [string, string]>();
  for (const name of names) {
    const { network, source, destination } = pairNamed(name);
    const [from, to] = [vmAt.get(`${network} ${source}`), vmAt.get(`${network} ${destination}`)];
    if (from === undefined || to === undefined) continue;
    ends.set(name, [from, to]);
    if (moved.has(from) || moved.has(to) || led.has(`${from} ${to}`)) changed.add(name);
  }
  const uses = [usesIn(before), usesIn(after)];
  const used = new Set([...changed].flatMap((name) => uses.flatMap((of, when) => of(name).map((r) => `${when} ${r}`))));
  const beside = new Set<string>();
  const elsewhere = new Set<string>();
  for (const name of ends.keys()) {
    if (changed.has(name)) continue;
    const isBeside = uses.some((of, when) => of(name).some((resource) => used.has(`${when} ${resource}`)));
    (isBeside ? beside : elsewhere).add(name);
  }
  return { changed, beside, elsewhere };
}

/** Resources that the frames of a pair take in a picture of the fleet; none where they do not arrive. */
function usesIn({ hosts, underlays, current, vms }: Picture): (name: string) => readonly number[] {
  const routes = new Routes(current, [...vms]);
  const rows = new Map<string, number>();
  const usesOf = usesOver(underlayOf(hosts, underlays), hosts);
  return (name) => {
    const row = rows.get(name) ?? rows.size;
    rows.set(name, row);
    const route = routes.of(row, pairNamed(name));
    return (route && usesOf(route)) ?? [];
  };
}

/** Pairs of which a host has told nothing in some part of the time cannot be compared. */
export function heardPairs(
  names: Iterable<string>,
  unheard: ReadonlySet<string>,
  pictures: readonly Picture[],
): string[] {
  const silent = new Set(
    pictures.flatMap(({ vms }) =>
      vms.flatMap(({ spec, host }) => (host !== null && unheard.has(host) ? [`${spec.network} ${spec.mac}`] : [])),
    ),
  );
  return [...names]
    .filter((name) => {
      const { network, source } = pairNamed(name);
      return !silent.has(pairName({ network, source, destination: '' }).trimEnd());
    })
    .sort();
}
