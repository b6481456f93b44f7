import { ranksOf, type Setting } from '../engine/setting.js';
import { keyOf } from '../objective/tree.js';

/** Whether the first rank is the sum of residual bottlenecks, maximised (eq. 2): what can be bounded closely. */
export function isRoom({ ranks: [first], graph }: Setting): boolean {
  const [room] = ranksOf({ ...graph.problem, objective: { level: 'path', goal: 'maximise' } });
  return first?.goal === 'maximise' && room !== undefined && keyOf(first.tree) === keyOf(room.tree);
}
