import type { Problem, Solution } from '../model/problem.js';
import type { Snapshot } from '../model/snapshot.js';
import { residuals } from '../vadapt/evaluate.js';

/** With this many times the room, a demand that was held back shows more of what it wants. */
const roomier = 1.25;
/** Share of what is held back that has to have more room. */
const most = 0.5;

/** Places of demands that the network holds back: what they want is presumed. */
export function heldBackDemands(problem: Problem, { demands }: Pick<Snapshot, 'demands'>): ReadonlySet<number> {
  const names = new Set(
    demands.filter(({ origin }) => origin === 'at-least').map(({ source, destination }) => `${source} ${destination}`),
  );
  const nameOf = (vm: number) => problem.vms[vm]?.name ?? '';
  const isHeldBack = (place: number) => {
    const { source, destination } = problem.demands[place] ?? { source: -1, destination: -1 };
    return names.has(`${nameOf(source)} ${nameOf(destination)}`);
  };
  return new Set(problem.demands.map((_, place) => place).filter(isHeldBack));
}

/** Whether most of what is held back has more room with `after`, so that it will show what it wants. */
export function relieves(problem: Problem, heldBack: ReadonlySet<number>, before: Solution, after: Solution): boolean {
  if (heldBack.size === 0) return false;
  const [roomBefore, roomAfter] = [before, after].map((solution) => rooms(problem, solution));
  let [all, relieved] = [0, 0];
  for (const place of heldBack) {
    const { rateMbps = 0 } = problem.demands[place] ?? {};
    all += rateMbps;
    if ((roomAfter?.[place] ?? 0) >= roomier * (roomBefore?.[place] ?? 0)) relieved += rateMbps;
  }
  return relieved >= most * all;
}

/** By demand: what its path carries of it, and could carry besides. */
function rooms(problem: Problem, { mapping, paths }: Solution): number[] {
  return residuals(problem, mapping, paths).map(
    ({ residualMbps, shortfallMbps }, place) => (problem.demands[place]?.rateMbps ?? 0) - shortfallMbps + residualMbps,
  );
}
