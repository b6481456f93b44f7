import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import { choose, type Running } from '../../../reconciler/pass/choose.js';
import { fig14SharedWan } from '../vadapt/instances.js';

const options = { algorithm: 'annealing', seed: 1, iterations: 5000 } as const;

/** The scattered start, with the paths that `route` gives. */
function running(problem: Problem, route: (from: number, to: number) => number[]): Running {
  const mapping = problem.vms.map((vm) => vm.current ?? -1);
  const paths = problem.demands.map(({ source, destination }) =>
    route(mapping[source] ?? -1, mapping[destination] ?? -1),
  );
  return { mapping, paths };
}

const direct = (from: number, to: number): number[] => [from, to];
const overStar = (from: number, to: number): number[] => (from === 0 || to === 0 ? [from, to] : [from, 0, to]);

function chosen(problem: Problem, now: Running | null, minimumGain: number | null = 0.05) {
  const choice = choose(problem, now, options, minimumGain);
  if (choice.kind === 'infeasible') throw new Error(choice.message);
  return choice;
}

describe('choose', () => {
  it('re-routes before it moves anything, when that is worth as much', () => {
    const problem = fig14SharedWan();
    // All demands small and equal: nothing tells which VM belongs where.
    const equal = { ...problem, demands: problem.demands.map((demand) => ({ ...demand, rateMbps: 2 })) };
    const choice = chosen(equal, running(equal, overStar));
    expect(choice.verdict).toBe('adapt');
    expect(choice.solution.mapping).toEqual(equal.vms.map((vm) => vm.current));
    expect(choice.reason).toContain('Other links and paths are enough');
  });

  it('moves VMs when other paths do not do, and says so', () => {
    const problem = fig14SharedWan();
    const choice = chosen(problem, running(problem, direct));
    expect(choice.verdict).toBe('adapt');
    expect(choice.solution.mapping.slice(0, 3).every((host) => host >= 3)).toBe(true);
    expect(choice.solution.mapping[3]).toBeLessThan(3);
    expect(choice.reason).toMatch(/^Moving VMs is worth it: unmet demand falls .* Other paths alone would reach/);
  });

  it('keeps what runs when the gain is too small', () => {
    const problem = fig14SharedWan();
    const now = chosen(problem, running(problem, direct)).solution;
    const again = chosen(problem, { mapping: now.mapping, paths: now.paths });
    expect(again).toMatchObject({ verdict: 'keep', reason: 'Nothing found gains 5 % or more.' });
    expect(again.solution.mapping).toEqual(now.mapping);
    expect(again.solution.score).toEqual(again.before);
    expect(chosen(problem, running(problem, direct), 0.9).verdict).toBe('keep');
  });

  it('keeps what runs when the gain may be an error of measurement', () => {
    const problem = fig14SharedWan();
    const demands = problem.demands.map((demand) => ({ ...demand, rateMbps: 2 }));
    const uncertain = (share: number): Problem => ({
      ...problem,
      demands,
      resources: problem.resources.map((each) => ({ ...each, deviationMbps: share * each.capacityMbps })),
    });
    const now = running(problem, overStar);
    expect(chosen(uncertain(0.03), now).verdict).toBe('adapt');
    expect(chosen(uncertain(30), now).verdict).toBe('keep');
    const verdicts = Array.from({ length: 60 }, (_, i) => {
      const choice = choose(uncertain(0.03 * 1.15 ** i), now, options, 0.05, true);
      return { fresh: chosen(uncertain(0.03 * 1.15 ** i), now).verdict, atRest: 'verdict' in choice && choice.verdict };
    });
    expect(verdicts).toContainEqual({ fresh: 'adapt', atRest: 'adapt' });
    expect(verdicts).toContainEqual({ fresh: 'adapt', atRest: 'keep' });
    expect(verdicts).not.toContainEqual({ fresh: 'keep', atRest: 'adapt' });
  });

  it('keeps what runs while the application is changing', () => {
    const problem = fig14SharedWan();
    const choice = chosen(problem, running(problem, direct), null);
    expect(choice).toMatchObject({ verdict: 'keep', reason: expect.stringContaining('The application is changing') });
    const cut = { ...problem, edges: problem.edges.filter(({ from, to }) => from + to !== 4 + 5) };
    const forced = chosen(cut, running(cut, direct), null);
    expect(forced).toMatchObject({ verdict: 'adapt', reason: 'What runs no longer satisfies the constraints.' });
    expect(forced.solution.mapping).toEqual(problem.vms.map((vm) => vm.current));
  });

  it('does not count as a breach what no configuration can mend', () => {
    const problem = fig14SharedWan();
    const last = problem.vms.length - 1;
    const lost = problem.vms[last]?.current ?? -1;
    const edges = problem.edges.filter(({ from, to }) => from !== lost && to !== lost);
    const vms = problem.vms.map((vm, index) => (index === last ? { ...vm, allowed: [lost] } : vm));
    const stranded = { ...problem, vms, edges };
    const now = chosen(stranded, running(stranded, direct)).solution;
    expect(chosen(stranded, { mapping: now.mapping, paths: now.paths }).verdict).toBe('keep');
    // One that could leave has to.
    const free = { ...stranded, vms: problem.vms };
    expect(chosen(free, { mapping: now.mapping, paths: now.paths }).reason).toContain('no longer satisfies');
  });

  it('leaves what no longer satisfies the constraints, however small the gain', () => {
    const problem = fig14SharedWan();
    const now = chosen(problem, running(problem, direct)).solution;
    const limited: Problem = { ...problem, fastPath: { kind: 'count', links: 1 } };
    const choice = chosen(limited, { mapping: now.mapping, paths: now.paths }, 1);
    expect(choice).toMatchObject({ verdict: 'adapt', reason: 'What runs no longer satisfies the constraints.' });
    const links = choice.solution.paths.flatMap((path) =>
      path.slice(1).map((to, index) => [path[index] ?? -1, to].sort().join('-')),
    );
    const fast = new Set(links.filter((link) => !link.startsWith('0-')));
    expect(fast.size).toBeLessThanOrEqual(1);
  });

  it('places VMs that run nowhere yet and leaves the others where they are', () => {
    const problem = fig14SharedWan();
    const vms = problem.vms.map((vm, index) => (index === 3 ? { ...vm, current: null } : vm));
    const choice = chosen({ ...problem, vms }, null);
    expect(choice).toMatchObject({ verdict: 'adapt', before: null, reason: 'Some VM runs nowhere yet.' });
    expect(choice.solution.mapping.slice(0, 3)).toEqual(vms.slice(0, 3).map((vm) => vm.current));
  });

  it('says when nothing fits', () => {
    const problem = fig14SharedWan();
    const vms = problem.vms.map((vm) => ({ ...vm, memoryMib: 1e9 }));
    expect(choose({ ...problem, vms }, null, options, 0.05).kind).toBe('infeasible');
  });
});
