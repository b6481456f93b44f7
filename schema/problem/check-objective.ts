import type { SolveObjective } from '../generated/types.js';
import { parse } from '../objective/parse.js';
import { type ObjectiveRank, presets, readObjective } from '../objective/read-objective.js';
import type { Syntax } from '../objective/syntax.js';
import type { FieldPath } from '../validate/document.js';
import type { Findings } from './findings.js';
import type { ShapedProblem } from './shaped-problem.js';

/** What there is in a network of links only. */
const termsOfLinks = new Set([
  ...['residual', 'capacity', 'load', 'utilisation', 'bottleneck'],
  ...['migration', 'fastPathLinks', 'reservedLinks'],
]);

/** Reads the objective; the ranks say what it means where it is left out. */
export function checkObjective({ rest, network, star }: ShapedProblem, findings: Findings): ObjectiveRank[] {
  if (rest === null) return [];
  const hasCapacities = network === 'links' || network === null;
  if (rest.objective === undefined && !hasCapacities) {
    findings.tell('VIRT6010', ['network'], 'A network without capacities needs an `objective`.');
    return [];
  }
  const objective = rest.objective ?? { level: 'path', goal: 'maximise' };
  const read = readObjective(objective);
  if (read.kind === 'refused') {
    for (const { id, field, start, end, summary, detail } of read.faults)
      findings.tell(id, ['objective', ...field], summary, detail, { start, end });
    return [];
  }
  for (const { field, text } of written(objective)) {
    const names = namesIn(parse(text).syntax);
    for (const { name, start, end } of names) {
      if (!hasCapacities && termsOfLinks.has(name))
        findings.tell('VIRT6009', field, `Without links, there is no \`${name}\`.`, undefined, { start, end });
      if (hasCapacities && name === 'fastPathLinks' && star === null)
        findings.tell('VIRT6012', field, 'Nothing says which links are those of the star.', undefined, { start, end });
    }
  }
  if (hasCapacities && rest.limits?.fastPathLinks !== undefined && star === null)
    findings.tell('VIRT6012', ['limits', 'fastPathLinks'], 'Nothing says which links are those of the star.');
  return read.ranks;
}

function written({ level, expression, tieBreaks = [] }: SolveObjective): { field: FieldPath; text: string }[] {
  return [
    { field: ['objective', ...(expression === undefined ? [] : ['expression'])], text: expression ?? presets[level] },
    ...tieBreaks.map(({ expression }, place) => ({
      field: ['objective', 'tieBreaks', place, 'expression'],
      text: expression,
    })),
  ];
}

function namesIn(syntax: Syntax): { name: string; start: number; end: number }[] {
  switch (syntax.kind) {
    case 'name':
      return [syntax];
    case 'number':
      return [];
    case 'negation':
      return namesIn(syntax.operand);
    case 'operation':
      return [...namesIn(syntax.left), ...namesIn(syntax.right)];
    case 'call':
      return syntax.args.flatMap(namesIn);
    case 'refused':
      return syntax.parts.flatMap(namesIn);
  }
}
