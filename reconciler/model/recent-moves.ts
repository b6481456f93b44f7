import type { Outcome, Plan, RecentMove } from '../../schema/generated/types.js';

/** The migrations of a plan that were carried out, in their order; a VM that was parked on its way migrated twice. */
export function movesIn(plan: Plan, outcomes: readonly Outcome[], atMs: number): RecentMove[] {
  const done = new Set(outcomes.flatMap(({ step, status }) => (status === 'done' ? [step] : [])));
  return plan.steps.flatMap(({ id, kind, edits }) =>
    kind !== 'move' || !done.has(id)
      ? []
      : edits.flatMap(({ host: from, removeGuests = [] }) =>
          removeGuests.flatMap(({ guest: vm, to }) => (to === undefined ? [] : [{ vm, from, to, atMs }])),
        ),
  );
}

/** Where a VM was before and after one pass, however it was parked in between. */
export function journeys(moves: readonly RecentMove[]): RecentMove[] {
  const found: RecentMove[] = [];
  for (const move of moves) {
    const before = found.findLast(({ vm }) => vm === move.vm);
    if (before?.atMs === move.atMs && before.to === move.from) before.to = move.to;
    else found.push({ ...move });
  }
  return found;
}
