import type { LeverLine, Plan } from '../../schema/generated/types.js';
import { valueText } from '../../schema/objective/value-text.js';
import { mbps } from './wording.js';

const names: Record<LeverLine['lever'], string> = {
  reroute: 'other paths',
  'add-links': 'other links',
  schedule: 'other schedules',
  migrate: 'migrations',
  return: 'migrations back',
};

const outcomes: Record<LeverLine['outcome'], string> = {
  pulled: 'chosen',
  surpassed: 'would do',
  'too-early': 'too early',
  'too-little': 'too little',
  uncertain: 'uncertain',
  'not-now': 'not now',
  unavailable: 'not there',
  impossible: 'impossible',
};

/** What there was to choose from, the least disruptive first: name, outcome, unmet demand, objective, reason. */
export function leverRows({ decision: { levers = [] } }: Plan): [string, string, string, string, string][] {
  return levers.map(({ lever, outcome, score, reason }) => [
    names[lever],
    outcomes[outcome],
    score ? mbps(score.unmetMbps) : '-',
    score ? [score.objective, ...(score.tieBreaks ?? [])].map((each) => valueText(each)).join(', then ') : '-',
    reason,
  ]);
}
