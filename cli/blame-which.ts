import type { Inputs } from '../reconciler/pass/pose.js';
import { decide } from '../reconciler/pass.js';
import type { Plan } from '../schema/generated/types.js';
import type { Happening } from './blame-events.js';
import type { Decided } from './blamed-pass.js';

/**
 * Documents and traffic have both changed: which of them did it take? Decides again with the documents as they were, and with the traffic as it
 * was. `both`: it took both of them, or either would have done. Pure, and takes as long as two decisions.
 */
export function whichOf(
  vm: string,
  happening: Happening,
  before: Decided,
  now: Decided,
): 'policy' | 'traffic' | 'both' {
  const { documents: is, read } = now;
  const was = before.documents;
  if (is.kind === 'unknown' || was.kind === 'unknown' || read.plan === null) return 'both';
  const source = read.entry.source;
  const { traffic, paths, bottlenecks } = before.read.observed;
  const { paths: _p, bottlenecks: _b, ...rest } = read.observed;
  const observed = { ...rest, traffic, ...(paths ? { paths } : {}), ...(bottlenecks ? { bottlenecks } : {}) };
  const recorded = resultOf(read.plan, vm, happening);
  const isSame = (inputs: Inputs) => {
    const decided = decide(inputs);
    return decided.kind === 'planned' && resultOf(decided.plan, vm, happening) === recorded;
  };
  const withOldDocuments = isSame({ documents: was.documents, source, observed: read.observed });
  const withOldTraffic = isSame({ documents: is.documents, source, observed });
  if (withOldDocuments === withOldTraffic) return 'both';
  return withOldTraffic ? 'policy' : 'traffic';
}

/** What a plan comes to for what happened: the host of the VM, or the paths of its frames. */
function resultOf({ decision }: Plan, vm: string, happening: Happening): string {
  if (happening.kind !== 'paths') return decision.mapping.find((line) => line.vm === vm)?.to ?? '';
  const pairs = new Set(happening.changes.map(({ source, destination }) => `${source} ${destination}`));
  const paths = decision.paths.filter(({ source, destination }) => pairs.has(`${source} ${destination}`));
  return JSON.stringify(paths.map(({ source, destination, hosts }) => [source, destination, hosts]).sort());
}
