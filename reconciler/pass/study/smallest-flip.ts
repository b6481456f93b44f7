import type { Problem, Solution } from '../../model/problem.js';
import { evaluate } from '../../vadapt/evaluate.js';
import { choose, type Question } from '../choose.js';
import { isBetterScore, weigh } from '../gain.js';
import { type Observation, observationsOf, observedMbps, scaled } from './observation.js';

/** A change of one observation with which the VM would be elsewhere. */
export interface Flip {
  observation: Observation;
  fromMbps: number;
  toMbps: number;
  /** Where the VM would be. */
  host: number;
}

export interface FlipSearch {
  /** Configurations that may be better if something were otherwise; the search looks at them first. */
  alternatives: readonly Solution[];
  /** Most decisions that are taken to find out. */
  decisions: number;
}

/** Observations are scaled by up to this factor, up or down. */
const furthest = 16;
const extremes = [furthest, 1 / furthest];
/** A flip is known to within this factor. */
const closeness = 1.02;
/** Bisections of the logarithm until `closeness` is reached. */
const bisections = 8;
/**
 * The smallest relative change of one demand's rate, or of one resource's capacity, that would put the VM on another host. Candidates
 * are found among known configurations, by bisection over the factor; each is then decided in earnest, and bracketed closer. What is
 * returned was decided so; whether an even smaller change would do is not proved. Null: none was found.
 */
export function smallestFlip(
  problem: Problem,
  question: Question,
  vm: number,
  kind: Observation['kind'],
  { alternatives, decisions }: FlipSearch,
): Flip | null {
  if (question.running === null) return null;
  const host = decidedHost(problem, question, vm);
  if (host === null) return null;
  let left = decisions;
  let found: { lead: Lead; host: number } | null = null;
  for (const lead of leads(problem, question, vm, host, kind, alternatives)) {
    if (found !== null && distance(lead.factor) >= distance(found.lead.factor)) break;
    const flipsAt = (factor: number): number | null => {
      if (left <= 0) return null;
      left -= 1;
      const there = decidedHost(scaled(problem, lead.observation, factor), question, vm);
      return there === null || there === host ? null : there;
    };
    const closest = bracket(lead.factor, flipsAt);
    if (closest && (found === null || distance(closest.factor) < distance(found.lead.factor)))
      found = { lead: { ...lead, factor: closest.factor }, host: closest.host };
  }
  if (found === null) return null;
  const { observation, factor } = found.lead;
  const fromMbps = observedMbps(problem, observation);
  return { observation, fromMbps, toMbps: fromMbps * factor, host: found.host };
}

interface Lead {
  observation: Observation;
  factor: number;
}

const distance = (factor: number) => Math.abs(Math.log(factor));

/** From where a flip is thought to be: the nearest factor that flips in earnest, next to one that does not. */
function bracket(guess: number, flipsAt: (factor: number) => number | null): { factor: number; host: number } | null {
  const power = (exponent: number) => guess ** exponent;
  let [near, far] = [0, 1];
  let host = flipsAt(power(far));
  for (const wider of [1.3, 2]) {
    if (host !== null || distance(power(wider)) > Math.log(furthest) + 1e-9) break;
    [near, far] = [far, wider];
    host = flipsAt(power(far));
  }
  if (host === null) return null;
  while (distance(power(far)) - distance(power(near)) > Math.log(closeness)) {
    const middle = near === 0 && far === 1 ? 0.9 : (near + far) / 2;
    const there = flipsAt(power(middle));
    if (there === null) near = middle;
    else [far, host] = [middle, there];
  }
  return { factor: power(far), host };
}

function decidedHost(problem: Problem, question: Question, vm: number): number | null {
  const choice = choose(problem, question);
  return choice.kind === 'infeasible' ? null : (choice.solution.mapping[vm] ?? null);
}

/** Changes that would make another of the known configurations the best, the smallest first. */
function leads(
  problem: Problem,
  question: Question,
  vm: number,
  host: number,
  kind: Observation['kind'],
  alternatives: readonly Solution[],
): Lead[] {
  const flips = (observation: Observation, factor: number) =>
    preferredHost(scaled(problem, observation, factor), question, vm, alternatives) !== host;
  const observations = observationsOf(problem, vm, kind, alternatives);
  const found = observations.flatMap((observation) =>
    extremes.flatMap((extreme): Lead[] => {
      if (!flips(observation, extreme)) return [];
      let [near, far] = [0, 1];
      for (let step = 0; step < bisections; step++) {
        const middle = (near + far) / 2;
        if (flips(observation, extreme ** middle)) far = middle;
        else near = middle;
      }
      return [{ observation, factor: extreme ** far }];
    }),
  );
  // Where no known configuration would be better, another one may be.
  if (found.length === 0)
    return observations.slice(0, 2).flatMap((observation) => extremes.map((factor) => ({ observation, factor })));
  return found.sort((a, b) => distance(a.factor) - distance(b.factor));
}

/** Where the VM would be if there were no configurations but what runs and the alternatives. */
function preferredHost(
  problem: Problem,
  { running, terms }: Question,
  vm: number,
  alternatives: readonly Solution[],
): number | null {
  const rated = alternatives.map((each) => ({ ...each, score: evaluate(problem, each.mapping, each.paths) }));
  const [first, ...rest] = rated;
  if (running === null || first === undefined) return null;
  const score = evaluate(problem, running.mapping, running.paths);
  const kept: Solution = { ...first, ...running, score };
  const isInPlace = ({ mapping }: Solution) => mapping.every((host, each) => host === running.mapping[each]);
  const bestOf = (list: readonly Solution[]) =>
    list.reduce<Solution | null>((a, b) => (a === null || isBetterScore(problem, b.score, a.score) ? b : a), null);
  const all = [first, ...rest];
  let chosen = kept;
  for (const next of [bestOf(all.filter(isInPlace)), bestOf(all)])
    if (next !== null && weigh(problem, terms, chosen, next).kind === 'worth') chosen = next;
  return chosen.mapping[vm] ?? null;
}
