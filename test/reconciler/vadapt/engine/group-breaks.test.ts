import { describe, expect, it } from 'vitest';
import type { ProblemGroup } from '../../../../reconciler/model/problem.js';
import { GroupBreaks } from '../../../../reconciler/vadapt/engine/group-breaks.js';
import { randomProblem } from '../instances.js';

/** Hosts 0 and 2 are at one site, 1 and 3 at the other. */
function breaks(kind: ProblemGroup['kind'], within: ProblemGroup['within'], mapping: number[]): number {
  const base = randomProblem(1, { hosts: 4, vms: 3, demands: 0 });
  const hosts = base.hosts.map((host, place) => ({ ...host, site: place % 2 }));
  const counted = new GroupBreaks({ ...base, hosts, groups: [{ name: 'g', kind, within, vms: [0, 1, 2] }] });
  for (const [vm, host] of mapping.entries()) counted.add(vm, host);
  return counted.count;
}

describe('groups that are broken', () => {
  it.each([
    ['together', 'host', [1, 1, 1], 0],
    ['together', 'host', [1, 1, 3], 1],
    ['together', 'host', [0, 1, 2], 2],
    ['together', 'site', [0, 2, 0], 0],
    ['together', 'site', [0, 2, 1], 1],
    ['apart', 'host', [0, 1, 2], 0],
    ['apart', 'host', [1, 1, 1], 2],
    ['apart', 'site', [0, 1, 2], 1],
  ] as const)('%s on one %s with VMs on %j: %i', (kind, within, mapping, count) => {
    expect(breaks(kind, within, [...mapping])).toBe(count);
  });

  it('are counted back when VMs leave', () => {
    const base = randomProblem(1, { hosts: 4, vms: 3, demands: 0 });
    const counted = new GroupBreaks({ ...base, groups: [{ name: 'g', kind: 'apart', within: 'host', vms: [0, 1] }] });
    counted.add(0, 2);
    counted.add(1, 2);
    expect(counted.count).toBe(1);
    counted.remove(0, 2);
    expect(counted.count).toBe(0);
  });
});
