import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../reconciler/model/problem.js';
import { choose, type Question } from '../../../reconciler/pass/choose.js';
import type { GainTerms } from '../../../reconciler/pass/gain.js';
import type { Hold, Holds } from '../../../reconciler/pass/holds.js';
import type { Running } from '../../../reconciler/pass/running.js';
import { fig14SharedWan } from '../vadapt/instances.js';

const options = { algorithm: 'engine', seed: 1, iterations: 5000 } as const;
const terms = { minimumGain: 0.05, isAtRest: false, paybackSeconds: 600, returnFactor: 2 } as GainTerms;
const none: Holds = { staying: new Map(), left: new Map() };

const patience = { heldBack: new Set<number>(), isResuming: false };

const question = (now: Running | null, asked = terms, holds = none): Question => {
  return { running: now, options, terms: asked, holds, patience };
};

/** The scattered start, with the paths that `route` gives. */
function running(problem: Problem, route: (from: number, to: number) => number[]): Running {
  const mapping = problem.vms.map((vm) => vm.current ?? -1);
  const paths = problem.demands.map(({ source, destination }) =>
    route(mapping[source] ?? -1, mapping[destination] ?? -1),
  );
  return { mapping, paths, links: [] };
}

const direct = (from: number, to: number): number[] => [from, to];
const overStar = (from: number, to: number): number[] => (from === 0 || to === 0 ? [from, to] : [from, 0, to]);

function chosen(problem: Problem, now: Running | null, minimumGain: number | null = 0.05) {
  const choice = choose(problem, question(now, { ...terms, minimumGain }));
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

  it('tells of each lever what it would reach, and why it was pulled or not', () => {
    const problem = fig14SharedWan();
    const equal = { ...problem, demands: problem.demands.map((demand) => ({ ...demand, rateMbps: 2 })) };
    const outcomes = (choice: ReturnType<typeof chosen>) => choice.levers.map(({ lever, outcome }) => [lever, outcome]);
    expect(outcomes(chosen(equal, running(equal, overStar)))).toEqual([
      ['reroute', 'unavailable'],
      ['add-links', 'pulled'],
      ['schedule', 'unavailable'],
      ['migrate', 'too-little'],
    ]);
    const moved = chosen(problem, running(problem, overStar));
    expect(outcomes(moved)).toEqual([
      ['reroute', 'unavailable'],
      ['add-links', 'surpassed'],
      ['schedule', 'unavailable'],
      ['migrate', 'pulled'],
    ]);
    expect(moved.levers[1]?.reason).toMatch(/^It would do, but what was chosen gains another [\d.]+ %\.$/);
    const changing = chosen(problem, running(problem, overStar), null);
    expect(outcomes(changing).filter(([, outcome]) => outcome !== 'unavailable')).toEqual([
      ['add-links', 'not-now'],
      ['migrate', 'not-now'],
    ]);
    expect(changing.levers.map(({ score }) => score)).toEqual([null, null, null, null]);
  });

  it('gives what is held back other paths before it moves VMs for a demand that is presumed', () => {
    const problem = fig14SharedWan();
    const heldBack = new Set(problem.demands.keys());
    const waiting = choose(problem, { ...question(running(problem, overStar)), patience: { ...patience, heldBack } });
    if (waiting.kind === 'infeasible') throw new Error(waiting.message);
    expect(waiting.levers.map(({ outcome }) => outcome)).toEqual(['unavailable', 'pulled', 'unavailable', 'too-early']);
    const { paths } = waiting.solution;
    const now = { ...running(problem, overStar), paths };
    const moved = choose(problem, { ...question(now), patience: { ...patience, heldBack } });
    if (moved.kind === 'infeasible') throw new Error(moved.message);
    expect(moved.levers.at(-1)).toMatchObject({ lever: 'migrate', outcome: 'pulled' });
  });

  it('moves nothing, but leads paths elsewhere, while what is seen may come of a plan that was cut short', () => {
    const problem = fig14SharedWan();
    const resuming = { ...patience, isResuming: true };
    const outcomes = (now: Running) => {
      const choice = choose(problem, { ...question(now), patience: resuming });
      if (choice.kind === 'infeasible') throw new Error(choice.message);
      expect(choice.solution.mapping).toEqual(problem.vms.map((vm) => vm.current));
      return { verdict: choice.verdict, reason: choice.reason, levers: choice.levers.map(({ outcome }) => outcome) };
    };
    expect(outcomes(running(problem, overStar)).levers).toEqual(['unavailable', 'pulled', 'unavailable', 'too-early']);
    const overLinks = outcomes(running(problem, direct));
    expect(overLinks).toMatchObject({ verdict: 'keep', levers: expect.arrayContaining(['too-early']) });
    expect(overLinks.reason).toMatch(/^Nothing is moved yet\. The reconciler has just begun/);
    // Who has to leave does.
    const vms = problem.vms.map((vm, place) => (place === 0 ? { ...vm, allowed: [5] } : vm));
    const forced = choose({ ...problem, vms }, { ...question(running(problem, direct)), patience: resuming });
    expect(forced).toMatchObject({ verdict: 'adapt', reason: 'What runs no longer satisfies the constraints.' });
  });

  it('does not move VMs round one that rests, only to move them again once it may move', () => {
    const problem = fig14SharedWan();
    const demands = problem.demands.map((demand) => ({ ...demand, rateMbps: 0.3 * demand.rateMbps }));
    const light = { ...problem, demands };
    const now = running(light, direct);
    const decided = (kind: Hold['kind']) => {
      // It is in the slow domain, the ones that it talks to in the fast one.
      const staying = new Map([['vm-1', { vm: 'vm-1', kind, untilMs: 1 }]]);
      const asked = question(now, { ...terms, paybackSeconds: 1e7 }, { staying, left: new Map() });
      const choice = choose(light, { ...asked, options: { ...options, iterations: 50_000 } });
      if (choice.kind === 'infeasible') throw new Error(choice.message);
      return { mapping: choice.solution.mapping, verdict: choice.verdict, reason: choice.reason };
    };
    const waiting = decided('cooldown');
    expect(waiting).toMatchObject({ verdict: 'keep', mapping: now.mapping });
    expect(waiting.reason).toMatch(/^Nothing is moved yet\. .* VMs that rest/);
    // What holds it for long is not waited for: the others come to it.
    const { verdict, mapping } = decided('limit');
    expect(verdict).toBe('adapt');
    expect(mapping.slice(0, 3).every((host) => host < 3)).toBe(true);
  });

  it('sets up no link where those that are there do', () => {
    const problem = fig14SharedWan();
    const demands = problem.demands.map((demand) => ({ ...demand, rateMbps: 2 }));
    const equal = { ...problem, demands };
    const every = equal.hosts.flatMap((_, a) => equal.hosts.map((_, b) => [a, b] as const));
    const linked = { ...running(equal, overStar), links: every.filter(([a, b]) => a < b) };
    const choice = chosen(equal, linked);
    expect(choice.levers[0]).toMatchObject({ lever: 'reroute', outcome: 'pulled' });
    expect(choice.reason).toContain('Other paths over the links that are there are enough');
    const partly = chosen(equal, { ...linked, links: [[3, 4]] });
    expect(partly.levers.map(({ outcome }) => outcome).slice(0, 2)).toEqual(['surpassed', 'pulled']);
  });

  it('never falls behind a milder lever, however short the search', () => {
    const problem = fig14SharedWan();
    for (let seed = 0; seed < 20; seed++) {
      const now = running(problem, overStar);
      const choice = choose(problem, { ...question(now), options: { ...options, seed, iterations: 1 } });
      if (choice.kind === 'infeasible') throw new Error(choice.message);
      const scores = choice.levers.flatMap(({ score }) => (score ? [score] : []));
      for (const [place, score] of scores.entries())
        for (const milder of scores.slice(0, place)) expect(score.unmetMbps).toBeLessThan(milder.unmetMbps + 1e-6);
    }
  });

  it('keeps what runs when the gain is too small', () => {
    const problem = fig14SharedWan();
    const now = chosen(problem, running(problem, direct)).solution;
    const again = chosen(problem, { mapping: now.mapping, paths: now.paths, links: [] });
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
    const verdicts = Array.from({ length: 24 }, (_, i) => {
      const choice = choose(uncertain(0.03 * 1.4 ** i), question(now, { ...terms, isAtRest: true }));
      return { fresh: chosen(uncertain(0.03 * 1.4 ** i), now).verdict, atRest: 'verdict' in choice && choice.verdict };
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
    expect(chosen(stranded, { mapping: now.mapping, paths: now.paths, links: [] }).verdict).toBe('keep');
    // One that could leave has to.
    const free = { ...stranded, vms: problem.vms };
    expect(chosen(free, { mapping: now.mapping, paths: now.paths, links: [] }).reason).toContain('no longer satisfies');
  });

  it('leaves what no longer satisfies the constraints, however small the gain', () => {
    const problem = fig14SharedWan();
    const now = chosen(problem, running(problem, direct)).solution;
    const limited: Problem = { ...problem, fastPath: { kind: 'count', links: 1 } };
    const choice = chosen(limited, { mapping: now.mapping, paths: now.paths, links: [] }, 1);
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
    expect(choose({ ...problem, vms }, question(null)).kind).toBe('infeasible');
  });

  describe('with VMs that were moved lately', () => {
    const problem = fig14SharedWan();
    const names = problem.vms.map(({ name }) => name);
    const stays = (...vms: string[]): Holds['staying'] =>
      new Map(vms.map((vm) => [vm, { vm, kind: 'cooldown', untilMs: 1 }]));
    const held = (now: Problem, holds: Partial<Holds>, factor = 2) => {
      const all = { ...none, ...holds };
      const choice = choose(now, question(running(now, direct), { ...terms, returnFactor: factor }, all));
      if (choice.kind === 'infeasible') throw new Error(choice.message);
      return choice;
    };
    const best = chosen(problem, running(problem, direct)).solution.mapping;
    const hostOf = (vm: number) => problem.hosts[best[vm] ?? -1]?.name ?? '';

    it('leaves those that rest where they are', () => {
      expect(held(problem, { staying: stays(...names) })).toMatchObject({ verdict: 'keep' });
      const partly = held(problem, { staying: stays('vm-4') });
      expect(partly.solution.mapping[3]).toBe(problem.vms[3]?.current);
    });

    it('moves them all the same when they have to leave, or others have to and fit nowhere else', () => {
      const drained = problem.vms.map((vm) => ({ ...vm, allowed: vm.allowed.filter((host) => host !== 1) }));
      expect(held({ ...problem, vms: drained }, { staying: stays('vm-1') }).solution.mapping[0]).not.toBe(1);
      // vm-1 may go nowhere but to the host of vm-2, which rests.
      const vms = problem.vms.map((vm, index) => (index === 0 ? { ...vm, allowed: [3] } : vm));
      const choice = held({ ...problem, vms }, { staying: stays('vm-2') });
      expect(choice.solution.mapping[0]).toBe(3);
      expect(choice.solution.mapping[1]).not.toBe(3);
    });

    it('asks more of those that go back, and says so', () => {
      const left = new Map(names.map((name, vm) => [name, new Set([hostOf(vm)])]));
      const plain = held(problem, {});
      expect(plain.levers.map(({ lever }) => lever)).not.toContain('return');
      // Every host of domain 2 is one that some VM left, so that only going back brings the three together.
      const everywhere = new Map(names.map((name) => [name, new Set(problem.hosts.map((host) => host.name))]));
      const back = held(problem, { left: everywhere });
      expect(back.levers.at(-1)).toMatchObject({ lever: 'return', outcome: 'pulled' });
      expect(back.reason).toMatch(/^Moving VMs back to where they were is worth it/);
      const kept = held(problem, { left: everywhere }, 100);
      expect(kept.verdict).toBe('keep');
      expect(kept.levers.at(-1)).toMatchObject({ lever: 'return', outcome: 'too-little' });
      expect(kept.levers.at(-1)?.reason).toMatch(/500 % is the least\.$/);
      // Where another way is as good, nobody goes back.
      const round = held(problem, { left });
      round.solution.mapping.forEach((host, vm) => {
        if (host !== problem.vms[vm]?.current)
          expect(left.get(names[vm] ?? '')).not.toContain(problem.hosts[host]?.name);
      });
    });
  });

  it('sets what VMs exchange while they migrate against the gain', () => {
    const problem = fig14SharedWan();
    const carried = (stateMib: number) => ({
      ...problem,
      vms: problem.vms.map((vm) => ({ ...vm, migration: { stateMib, dirtyMbps: 0 } })),
    });
    const light = chosen(carried(64), running(problem, direct));
    expect(light.levers.at(-1)).toMatchObject({ lever: 'migrate', outcome: 'pulled' });
    expect(light.levers.at(-1)?.reason).toMatch(/^It gains [\d.]+ %, less [\d.]+ % for migrations\.$/);
    const heavy = chosen(carried(64 * 1024), running(problem, direct));
    expect(heavy.levers.at(-1)).toMatchObject({ lever: 'migrate', outcome: 'too-little' });
    expect(heavy.verdict).toBe('keep');
  });
});
