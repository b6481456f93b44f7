import { describe, expect, it } from 'vitest';
import type { Problem, Solution } from '../../../../reconciler/model/problem.js';
import { choose, type Question } from '../../../../reconciler/pass/choose.js';
import { elsewhere } from '../../../../reconciler/pass/study/elsewhere.js';
import { type Observation, scaled } from '../../../../reconciler/pass/study/observation.js';
import { smallestFlip } from '../../../../reconciler/pass/study/smallest-flip.js';
import { randomProblem } from '../../vadapt/instances.js';

const options = { algorithm: 'engine', seed: 1, iterations: 400 } as const;
const terms = { minimumGain: 0.05, isAtRest: false, paybackSeconds: 600, returnFactor: 2 };

/** A small problem with VMs where a first decision has put them, but for one that was moved away; null if it is infeasible. */
function drawn(seed: number): { problem: Problem; question: Question } | null {
  const problem = randomProblem(seed, { hosts: 4, vms: 3, demands: 5 });
  const start = problem.vms.map(({ allowed }, vm) => allowed[(seed + vm) % allowed.length] ?? -1);
  const placed = { ...problem, vms: problem.vms.map((vm, place) => ({ ...vm, current: start[place] ?? null })) };
  const { proxy = 0 } = problem.vms[0] ?? {};
  const paths = problem.demands.map(({ source, destination }) => {
    const [from, to] = [start[source] ?? -1, start[destination] ?? -1];
    return from === to ? [from] : from === proxy || to === proxy ? [from, to] : [from, proxy, to];
  });
  const holds = { staying: new Map(), left: new Map() };
  const question = {
    running: { mapping: start, paths, links: [] },
    options,
    terms,
    holds,
    patience: { heldBack: new Set<number>(), isResuming: false },
  };
  return choose(placed, question).kind === 'infeasible' ? null : { problem: placed, question };
}

function hostOf(problem: Problem, question: Question, vm: number): number | null {
  const choice = choose(problem, question);
  return choice.kind === 'infeasible' ? null : (choice.solution.mapping[vm] ?? null);
}

/** How far the nearest change of any observation is that flips the decision, on a grid; infinite if none does. */
function nearestOnGrid(problem: Problem, question: Question, vm: number, kind: Observation['kind']): number {
  const host = hostOf(problem, question, vm);
  const observations: Observation[] =
    kind === 'demand'
      ? [...problem.demands.keys()].map((demand) => ({ kind, demand }))
      : [...problem.resources.keys()].map((resource) => ({ kind, resource }));
  for (let step = 1; 2 ** step <= 16.1; step++) {
    const factors = [2 ** step, 2 ** -step];
    const flips = observations.some((observation) =>
      factors.some((factor) => {
        const there = hostOf(scaled(problem, observation, factor), question, vm);
        return there !== null && there !== host;
      }),
    );
    if (flips) return step * Math.log(2);
  }
  return Number.POSITIVE_INFINITY;
}

describe('smallestFlip', () => {
  it('finds changes that flip the decision, and about as small ones as there are', () => {
    const near = { compared: 0, closest: 0, found: 0, there: 0 };
    for (let seed = 1; seed <= 4; seed++) {
      const given = drawn(seed);
      if (given === null) continue;
      const { problem, question } = given;
      const choice = choose(problem, question);
      if (choice.kind === 'infeasible') throw new Error(choice.message);
      const vm = seed % 3;
      const possible = elsewhere(problem, options, choice.solution.mapping, vm, 12);
      const solutions = possible.flatMap((each): Solution[] => (each.kind === 'possible' ? [each.solution] : []));
      const alternatives = [choice.solution, ...solutions];
      for (const kind of ['demand', 'capacity'] as const) {
        const flip = smallestFlip(problem, question, vm, kind, { alternatives, decisions: 16 });
        const grid = nearestOnGrid(problem, question, vm, kind);
        if (grid < Number.POSITIVE_INFINITY) near.there += 1;
        if (flip === null) continue;
        near.found += 1;
        const factor = flip.toMbps / flip.fromMbps;
        expect(hostOf(scaled(problem, flip.observation, factor), question, vm)).toBe(flip.host);
        expect(flip.host).not.toBe(choice.solution.mapping[vm]);
        near.compared += 1;
        if (Math.abs(Math.log(factor)) <= grid + 0.02) near.closest += 1;
      }
    }
    expect(near.there).toBeGreaterThan(3);
    expect(near.found).toBeGreaterThanOrEqual(near.there);
    expect(near.closest / near.compared).toBeGreaterThan(0.7);
  });
});
