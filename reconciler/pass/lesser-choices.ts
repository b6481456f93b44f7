import type { Unsafe } from '../plan/unsafe.js';
import type { Choice } from './choose.js';

const moveLimits = new Set([
  'maxMovedShare',
  'maxMovedSharePerHour',
  'maxMoves',
  'maxMovesPerHour',
  'maxMovesOfVmPerHour',
  'room',
]);
const routeLimits = new Set(['maxReroutedShare', 'maxReroutedSharePerHour']);

/**
 * What to plan instead of a choice whose plan is refused for moving or re-routing too much, or for want of room to move: less of it, in this order.
 * Nothing for other refusals; what documents ask for is never left out to keep a limit.
 */
export function lesserChoices(choice: Choice, { limit, message }: Unsafe): Choice[] {
  const { fewerMoves, asItRuns = null } = choice;
  const isRoutes = routeLimits.has(limit);
  if (!isRoutes && !moveLimits.has(limit)) return [];
  const found: Choice[] = [];
  if (fewerMoves) {
    const reason = `${message} So only what has to move is moved.`;
    found.push({ ...choice, solution: fewerMoves, reason, fewerMoves: null });
  }
  if (isRoutes && asItRuns) {
    const reason = `${message} So nothing is changed for the objective.`;
    found.push({ ...choice, verdict: 'keep', solution: asItRuns, reason, fewerMoves: null });
  }
  return found;
}
