import type { ObjectiveValue, Score } from '../../../schema/generated/types.js';
import { objectiveValue } from '../../../schema/objective/value-text.js';
import type { Problem, ProblemScore, Solution } from '../../model/problem.js';
import { ranksOf } from '../../vadapt/engine/setting.js';
import { decidingRank } from '../../vadapt/objective/compare.js';
import { choose } from '../choose.js';
import { weigh } from '../gain.js';
import type { Hold } from '../holds.js';
import { type Inputs, type Posed, pose } from '../pose.js';
import { rounded, scoreLine } from '../score-line.js';
import { whyNot } from '../why-not.js';
import { type Alternative, type Elsewhere, elsewhere } from './elsewhere.js';
import { type Flip, smallestFlip } from './smallest-flip.js';

/** Why a pass would have a VM where it would, by names. */
export interface Study {
  kind: 'study';
  /** Where the pass would have it. */
  host: string;
  score: Score;
  /** Why it stays for now, whatever would be gained; null if nothing holds it. */
  hold: Hold | null;
  hosts: RejectedHost[];
  flips: FlipLine[];
}

/** A host that a VM is not on. */
export type RejectedHost =
  | { host: string; kind: 'excluded' | 'no-room'; reason: string }
  | {
      host: string;
      kind: 'worse' | 'as-good' | 'not-worth-it';
      score: Score;
      /** Compared with where it is; negative is better. `worseBy`: the objective, then its tie-breaks. */
      moreUnmetMbps: number;
      worseBy: ObjectiveValue[];
      /** What would limit its demands there; null without demands. */
      bottleneck: string | null;
      /** Other VMs that would have to move with it. */
      others: { vm: string; host: string }[];
      /** What would be gained, relatively; 0 where it is worse. */
      gain: number;
    }
  | { host: string; kind: 'passed-over'; reason: string };

/** A change of one observation that would put the VM elsewhere. */
export interface FlipLine {
  what: { kind: 'demand'; source: string; destination: string } | { kind: 'capacity'; resource: string };
  fromMbps: number;
  toMbps: number;
  host: string;
}

export type Studied = Study | { kind: 'unknown'; reason: string };

/** What a study may cost. */
export interface StudyLimits {
  /** Hosts that are looked at in detail. */
  hosts: number;
  /** Decisions that are taken for each kind of observation to find the smallest change. */
  decisions: number;
}

export const usualLimits: StudyLimits = { hosts: 12, decisions: 16 };

/** Decides again, and looks at what else there was for one VM. Pure, like the pass itself. */
export function study(inputs: Inputs, name: string, limits: StudyLimits = usualLimits): Studied {
  const posed = pose(inputs);
  if (posed.kind === 'rejected') return { kind: 'unknown', reason: 'The documents of that pass are not accepted.' };
  const { problem, question } = posed;
  const vm = problem.vms.findIndex((each) => each.name === name);
  if (vm < 0) return { kind: 'unknown', reason: `No document wanted ${name} then.` };
  const choice = choose(problem, question);
  if (choice.kind === 'infeasible') return { kind: 'unknown', reason: `Nothing could be decided: ${choice.message}` };
  const { solution } = choice;
  const found = elsewhere(problem, question.options, solution.mapping, vm, limits.hosts);
  const possible = found.filter((each): each is Alternative => each.kind === 'possible');
  const alternatives = [solution, ...possible.map((each) => each.solution)];
  const kinds = ['demand', 'capacity'] as const;
  const flips = kinds.flatMap(
    (kind) => smallestFlip(problem, question, vm, kind, { alternatives, decisions: limits.decisions }) ?? [],
  );
  return {
    kind: 'study',
    host: hostName(problem, solution.mapping[vm]),
    score: scoreLine(problem, solution.score),
    hold: question.holds.staying.get(name) ?? null,
    hosts: found.map((each) => rejected(posed, solution, vm, each)),
    flips: flips.sort((a, b) => ratio(a) - ratio(b)).map((flip) => flipLine(problem, flip)),
  };
}

function rejected(
  { snapshot, problem, question }: Posed,
  chosen: Solution,
  vm: number,
  found: Elsewhere,
): RejectedHost {
  const host = hostName(problem, found.host);
  switch (found.kind) {
    case 'excluded': {
      const [vmOf, hostOf] = [snapshot.vms[vm], snapshot.hosts[found.host]];
      const reason =
        (vmOf && hostOf && whyNot(vmOf, hostOf)) ?? 'it could have no link to the Proxy, or begins elsewhere';
      return { host, kind: 'excluded', reason };
    }
    case 'no-room':
      return { host, kind: 'no-room', reason: found.message };
    case 'passed-over':
      return { host, kind: 'passed-over', reason: 'not looked at: links to the VMs it talks with carry less' };
    case 'possible':
      return { host, ...compared(problem, question.terms, chosen, found) };
  }
}

function compared(problem: Problem, terms: Parameters<typeof weigh>[1], chosen: Solution, found: Alternative) {
  const { solution, others, bottleneck } = found;
  const moreUnmetMbps = rounded(solution.score.unmetMbps - chosen.score.unmetMbps);
  const worseBy = differences(problem, chosen.score, solution.score);
  const { gain } = weigh(problem, terms, chosen, solution);
  const lessGood = moreUnmetMbps || (worseBy.find(({ value }) => value !== 0)?.value ?? 0);
  const kind: 'worse' | 'as-good' | 'not-worth-it' = lessGood > 0 ? 'worse' : lessGood < 0 ? 'not-worth-it' : 'as-good';
  return {
    kind,
    score: scoreLine(problem, solution.score),
    ...{ moreUnmetMbps, worseBy },
    bottleneck: bottleneck === null ? null : (problem.resources[bottleneck]?.name ?? null),
    others: others.map((other) => ({
      vm: problem.vms[other]?.name ?? '',
      host: hostName(problem, solution.mapping[other]),
    })),
    gain: rounded(gain),
  };
}

/** By rank of the objective: how much worse a score is than the chosen one; 0 where they differ by rounding alone. */
function differences(problem: Problem, chosen: ProblemScore, { values }: ProblemScore): ObjectiveValue[] {
  return ranksOf(problem).map(({ goal, tree }, rank) => {
    const pair = [chosen.values[rank] ?? 0, values[rank] ?? 0] as const;
    const isEqual = decidingRank(1, [pair[0]], [pair[1]]) < 0;
    const worse = goal === 'maximise' ? pair[0] - pair[1] : pair[1] - pair[0];
    return objectiveValue(isEqual ? 0 : worse, tree.unit);
  });
}

function flipLine(problem: Problem, { observation, fromMbps, toMbps, host }: Flip): FlipLine {
  const demand = observation.kind === 'demand' ? problem.demands[observation.demand] : undefined;
  const what =
    observation.kind === 'demand'
      ? {
          kind: 'demand' as const,
          source: problem.vms[demand?.source ?? -1]?.name ?? '',
          destination: problem.vms[demand?.destination ?? -1]?.name ?? '',
        }
      : { kind: 'capacity' as const, resource: problem.resources[observation.resource]?.name ?? '' };
  // Not rounded back to where nothing flips.
  const outwards = toMbps > fromMbps ? Math.ceil(toMbps * 1000) / 1000 : Math.floor(toMbps * 1000) / 1000;
  return { what, fromMbps: rounded(fromMbps), toMbps: outwards, host: hostName(problem, host) };
}

const ratio = ({ fromMbps, toMbps }: Flip) => Math.abs(Math.log(toMbps / fromMbps));

function hostName(problem: Problem, host: number | undefined): string {
  return problem.hosts[host ?? -1]?.name ?? '';
}
