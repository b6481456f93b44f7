import type { Problem } from '../model/problem.js';
import { graphOf } from '../vadapt/engine/graph.js';
import { Migrations, mostSeconds } from '../vadapt/engine/migrations.js';
import { widestWidths } from '../vadapt/engine/widths.js';

const known = new WeakMap<Problem, Migrations>();

/** migrate() of the seed, in seconds, over the widest path there is; 0 for VMs whose driver copies nothing. */
export function secondsTo(problem: Problem, vm: number, host: number): number {
  if (problem.vms[vm]?.migration === undefined) return 0;
  let migrations = known.get(problem);
  if (migrations === undefined) {
    const graph = graphOf(problem);
    migrations = new Migrations(graph, () => widestWidths(graph));
    known.set(problem, migrations);
  }
  return Math.min(migrations.secondsTo(vm, host), mostSeconds);
}

/** What VMs exchange while they migrate to where a mapping has them, in Mbit: each one as long as it takes, one after the other. */
export function lostMbit(problem: Problem, mapping: readonly number[]): number {
  const seconds = problem.vms.map(({ current, migration }, vm) => {
    const host = mapping[vm] ?? -1;
    return migration === undefined || current === null || current === host ? 0 : secondsTo(problem, vm, host);
  });
  if (seconds.every((each) => each === 0)) return 0;
  return problem.demands.reduce(
    (sum, { source, destination, rateMbps }) =>
      sum + rateMbps * ((seconds[source] ?? 0) + (source === destination ? 0 : (seconds[destination] ?? 0))),
    0,
  );
}
