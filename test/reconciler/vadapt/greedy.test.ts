import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import { configurationOf } from '../../../reconciler/vadapt/engine/configuration.js';
import { arrange, emptyArrangement, settingOf } from '../../../reconciler/vadapt/engine/setting.js';
import { mapByOrder } from '../../../reconciler/vadapt/greedy-order.js';
import { mapByPairs } from '../../../reconciler/vadapt/greedy-pairs.js';
import { flattenBreadthFirst, vmPairsByIntensity } from '../../../reconciler/vadapt/intensity.js';
import { fig14IndependentEdges, fig14SharedWan } from './instances.js';

describe('the list of VM pairs', () => {
  it('joins both directions and falls in intensity', () => {
    const pairs = vmPairsByIntensity(fig14IndependentEdges());
    expect(pairs.map(({ a, b, rateMbps }) => `${a}-${b} ${rateMbps}`)).toEqual([
      '0-1 100',
      '0-2 100',
      '1-2 100',
      '0-3 10',
      '1-3 10',
      '2-3 10',
    ]);
  });

  it('is flattened breadth-first, component by component', () => {
    const pairs = [
      { a: 4, b: 2 },
      { a: 7, b: 8 },
      { a: 2, b: 5 },
      { a: 4, b: 1 },
    ];
    expect(flattenBreadthFirst(pairs)).toEqual([4, 2, 1, 5, 7, 8]);
  });
});

const byPairs = (problem: Problem) => mapByPairs(settingOf(problem).graph);
const byOrder = (problem: Problem) => mapByOrder(settingOf(problem).graph, settingOf(problem).widths());

describe('the greedy mappings on Fig. 14', () => {
  it('by pairs: the first pair goes to the best hosts, the next that does not overlap to the best ones left', () => {
    expect(byPairs(fig14IndependentEdges()).hosts).toEqual([3, 4, 0, 1]);
  });

  it('by pairs: a straggler joins its partner where the throughput is largest', () => {
    const problem = fig14IndependentEdges();
    const demands = problem.demands.filter(({ source, destination }) => source !== 3 && destination !== 3);
    expect(byPairs({ ...problem, demands }).hosts.slice(0, 3)).toEqual([3, 4, 5]);
  });

  it('in order: VMs that talk most meet hosts with the widest paths', () => {
    expect(byOrder(fig14IndependentEdges()).hosts).toEqual([3, 4, 5, 0]);
  });

  it('leaves pinned VMs and full hosts alone', () => {
    const problem = fig14IndependentEdges();
    const vms = problem.vms.map((vm, place) => (place === 3 ? { ...vm, allowed: [3] } : vm));
    for (const map of [byPairs, byOrder]) {
      const { hosts } = map({ ...problem, vms });
      expect(hosts[3]).toBe(3);
      expect(new Set(hosts).size).toBe(4);
    }
  });
});

describe('greedy routing under constraint c', () => {
  const routed = (problem: Problem, mapping: number[]) => {
    const { arrangement, routing } = emptyArrangement(settingOf(problem));
    arrange(arrangement, routing, mapping, 'widest');
    return arrangement;
  };

  it('establishes links in the order of the intensity between hosts until c is exhausted', () => {
    const problem = { ...fig14SharedWan(), fastPath: { kind: 'count' as const, links: 1 } };
    const demands = problem.demands.map((demand) =>
      demand.source + demand.destination === 3 && demand.source !== 3 && demand.destination !== 3
        ? { ...demand, rateMbps: 60 }
        : demand,
    );
    const { paths } = configurationOf(routed({ ...problem, demands }, [3, 4, 5, 1]));
    // VMs 2 and 3 (on hosts 4 and 5) talk most; the Proxy is host 0.
    const beside = paths.filter((hosts) => !hosts.includes(0)).map((hosts) => hosts.join(' '));
    expect(new Set(beside)).toEqual(new Set(['4 5', '5 4']));
  });

  it('keeps to the star where every possible path is one too many', () => {
    const problem = { ...fig14SharedWan(), fastPath: { kind: 'count' as const, links: 1 } };
    // From host 1 to 3 there is only the way over 2 and 4: three links beside the star, and no edge of the star.
    const ways = ['1 2', '2 4', '4 3'];
    const edges = problem.edges.filter(({ from, to }) => ways.includes(`${from} ${to}`));
    const demands = [{ source: 0, destination: 1, rateMbps: 5 }];
    const arrangement = routed({ ...problem, edges, demands }, [1, 3, 4, 5]);
    expect(configurationOf(arrangement).paths).toEqual([[1, 0, 3]]);
    expect(arrangement.standing()).toMatchObject({ unmetMbps: 5, excess: 0 });
  });
});
