import type { Checked } from './checked.js';
import { broken, type Refuse } from './fault.js';
import type { Aggregator } from './functions.js';
import { type Interval, productOf, widened, withZero } from './interval.js';
import { valuesAt } from './levels.js';
import { print } from './print.js';
import type { Syntax } from './syntax.js';
import { type Level, type ObjectiveLevel, rowCounts } from './terms.js';
import { isSameUnit, noUnit, unitText } from './units.js';

/** Values of edges are aggregated to the level of the objective, all others to the whole configuration. */
export function checkAggregate(
  aggregator: Aggregator,
  syntax: Syntax & { kind: 'call' },
  operand: Checked,
  objectiveLevel: ObjectiveLevel,
  refuse: Refuse,
): Checked | null {
  const { level: over, unit, range } = operand;
  const argument = syntax.args[0] ?? syntax;
  if (over === null || over === 'whole') {
    const what = over === null ? 'nothing but numbers' : valuesAt(over);
    const summary = `\`${aggregator}\` needs a value for each edge, path, host or VM; this has ${what}.`;
    const text = print(argument);
    const detail = over === 'whole' && text.length < 60 ? `Write \`${text}\` without \`${aggregator}\`.` : undefined;
    return refuse(broken('VIRT5006', argument, summary, detail));
  }
  if (aggregator === 'product' && (!isSameUnit(unit, noUnit) || range.low < 0 || range.high > 1)) {
    const found = isSameUnit(unit, noUnit) ? `between ${range.low} and ${range.high}` : `in ${unitText(unit)}`;
    const summary = `\`product\` takes shares between 0 and 1; this is ${found}.`;
    return refuse(broken('VIRT5010', argument, summary));
  }
  const isOfPath = over === 'edge' && objectiveLevel === 'path';
  const level: Level = isOfPath ? 'path' : 'whole';
  const counts = rowCounts[isOfPath ? 'edgesOfPath' : over];
  return { kind: 'aggregate', aggregator, over, operand, level, unit, range: rangeOf(aggregator, range, counts) };
}

function rangeOf(aggregator: Aggregator, range: Interval, counts: Interval): Interval {
  const some = counts.low > 0 ? range : withZero(range);
  switch (aggregator) {
    case 'sum':
      return widened(productOf(range, counts));
    case 'min':
    case 'max':
      return some;
    case 'mean':
      return widened(some);
    case 'deviation':
      return widened({ low: 0, high: (range.high - range.low) / 2 });
    case 'product':
      return { low: 0, high: 1 };
  }
}
