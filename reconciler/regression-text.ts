import type { Decision, Verification } from '../schema/generated/types.js';
import { valueText } from '../schema/objective/value-text.js';

/** Why a change is taken back, for people. */
export function regressionText({ plans, from, predicted, changed, beside, elsewhere, lostMbps }: Verification): string {
  const what = plans.length === 1 ? 'What was changed' : `What ${plans.length} plans changed`;
  const others = beside.pairs > 0 ? ` Those beside got ${mbps(beside.beforeMbps)} and ${mbps(beside.afterMbps)}.` : '';
  const trend =
    elsewhere.pairs > 0
      ? ` Traffic elsewhere went from ${mbps(elsewhere.beforeMbps)} to ${mbps(elsewhere.afterMbps)}.`
      : '';
  return (
    `${what} at ${from.slice(11, 19)} UTC has made it worse: VMs that it concerns got ${mbps(changed.beforeMbps)} before ` +
    `and ${mbps(changed.afterMbps)} after it.${others}${trend} That is ${mbps(lostMbps)} less than was to be expected. ` +
    `Predicted was ${predictedText(predicted)}.`
  );
}

function predictedText({ before, after }: Verification['predicted']): string {
  const texts = ({ unmetMbps, objective, tieBreaks = [] }: Decision['after']) => [
    mbps(unmetMbps),
    ...[objective, ...tieBreaks].map((each) => valueText(each)),
  ];
  const [was, is] = [before && texts(before), texts(after)];
  const names = ['unmet demand', 'objective', ...is.slice(2).map((_, place) => `tie-break ${place + 1}`)];
  return names.map((name, place) => `${name} ${was ? `from ${was[place]} to` : 'of'} ${is[place]}`).join(', ');
}

function mbps(value: number): string {
  return `${Number(value.toFixed(1))} Mb/s`;
}
