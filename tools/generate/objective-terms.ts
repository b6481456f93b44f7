import { aggregators, rowFunctions } from '../../schema/objective/functions.js';
import { presets } from '../../schema/objective/read-objective.js';
import { abbreviations, type Term, terms } from '../../schema/objective/terms.js';
import { unitNames, unitText } from '../../schema/objective/units.js';

/** What expressions of objectives are made of, as a Markdown section. */
export function objectiveTermsSection(): string {
  const table = (heads: string[], rows: string[][]) =>
    [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const levels = { edge: 'each edge', path: 'each path', host: 'each host', vm: 'each VM', whole: 'the configuration' };
  const termRows = Object.entries<Term>(terms).map(([name, { level, unit, range, meaning }]) => [
    ...[`\`${name}\``, levels[level], unitText(unit), `${range.low} to ${range.high}`, meaning],
  ]);
  const shortRows = Object.entries(abbreviations).map(([name, { definition, meaning }]) => {
    return [`\`${name}\``, `\`${definition}\``, meaning];
  });
  const functionRows = (functions: Record<string, string>, form: string) =>
    Object.entries(functions).map(([name, meaning]) => [`\`${name}${form}\``, meaning]);
  return [
    '## Expressions',
    '',
    '[Objectives](../objectives.md) explains how they are written. Without `expression`, the objective is',
    `\`${presets.path}\` at level \`path\` and \`${presets.edge}\` at level \`edge\`.`,
    '',
    '### Terms',
    '',
    ...table(['term', 'a value for', 'unit', 'range', 'meaning'], termRows),
    '',
    '### Abbreviations',
    '',
    'They are of level `path`, whatever the level of the objective.',
    '',
    ...table(['name', 'stands for', 'meaning'], shortRows),
    '',
    '### Functions',
    '',
    'With one argument they aggregate: edges to the level of the objective, paths, hosts and VMs to the configuration. Of nothing, a',
    'product is 1 and all others are 0.',
    '',
    ...table(['function', 'meaning'], functionRows(aggregators, '(x)')),
    '',
    'These keep the level:',
    '',
    ...table(['function', 'meaning'], [...functionRows(rowFunctions, '(x, ...)')]).map((row) =>
      row.replace('abs(x, ...)', 'abs(x)'),
    ),
    '',
    '### Units of numbers',
    '',
    `${Object.keys(unitNames)
      .map((name) => `\`${name}\``)
      .join(', ')}, right behind the number. Values are shown in Mb/s and ms.`,
    '',
  ].join('\n');
}
