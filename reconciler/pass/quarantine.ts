import type { Observed, Quarantine } from '../../schema/generated/types.js';
import type { LocatedDocument } from '../../schema/validate/document.js';
import { documentsDigest } from '../model/documents-digest.js';
import type { Problem } from '../model/problem.js';
import type { Holds } from './holds.js';

/** Those that hold: they have not ended, and what was taken back was decided from these documents. */
export function inForceOf(
  { quarantines = [], nowMs }: Pick<Observed, 'quarantines' | 'nowMs'>,
  documents: readonly LocatedDocument[],
): Quarantine[] {
  if (quarantines.length === 0) return [];
  const digest = documentsDigest(documents);
  return quarantines.filter((each) => each.untilMs > nowMs && each.documentsDigest === digest);
}

/** VMs that were moved stay where they are, and so do those whose frames were led another way: else a path would have to change. */
export function holdsWith(holds: Holds, quarantines: readonly Quarantine[]): Holds {
  if (quarantines.length === 0) return holds;
  const staying = new Map(holds.staying);
  for (const { vms, pairs, untilMs } of quarantines) {
    for (const vm of [...vms, ...pairs.flatMap(({ source, destination }) => [source, destination])]) {
      const known = staying.get(vm);
      if (known === undefined || known.untilMs < untilMs || known.kind === 'cooldown')
        staying.set(vm, { vm, kind: 'quarantine', untilMs });
    }
  }
  return { ...holds, staying };
}

/** Places of demands whose frames travel as they do. */
export function fixedDemands(problem: Problem, quarantines: readonly Quarantine[]): ReadonlySet<number> {
  const pairs = new Set(
    quarantines.flatMap((each) => each.pairs.map(({ source, destination }) => `${source} ${destination}`)),
  );
  const name = (vm: number) => problem.vms[vm]?.name ?? '';
  const places = problem.demands.flatMap(({ source, destination }, place) =>
    pairs.has(`${name(source)} ${name(destination)}`) ? [place] : [],
  );
  return new Set(places);
}
