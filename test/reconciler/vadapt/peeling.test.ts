import { describe, expect, it } from 'vitest';
import { settingOf } from '../../../reconciler/vadapt/engine/setting.js';
import { mapByPairs } from '../../../reconciler/vadapt/greedy-pairs.js';
import { mapByPeeling } from '../../../reconciler/vadapt/peeling.js';
import { fig14IndependentEdges } from './instances.js';

/** Fig. 14 with a lure: two hosts of the slow domain have the widest link of all between them. */
function lured() {
  const problem = fig14IndependentEdges();
  for (const { from, to, resources } of problem.edges) {
    const resource = problem.resources[resources[0] ?? -1];
    if (resource && from < 2 && to < 2) resource.capacityMbps = 1100;
  }
  return problem;
}

describe('the mapping by peeling', () => {
  it('takes hosts that all are close to one another, where one by pairs follows the lure', () => {
    const problem = lured();
    const { graph, widths } = settingOf(problem);
    expect(mapByPairs(graph).hosts.slice(0, 2).sort()).toEqual([0, 1]);
    const { hosts } = mapByPeeling(graph, widths());
    expect([...hosts.slice(0, 3)].sort()).toEqual([3, 4, 5]);
  });

  it('leaves VMs without traffic where they run', () => {
    const problem = { ...lured(), demands: [] };
    const { graph, widths } = settingOf(problem);
    const { hosts } = mapByPeeling(graph, widths());
    expect(hosts).toEqual(problem.vms.map(({ current }) => current));
  });
});
