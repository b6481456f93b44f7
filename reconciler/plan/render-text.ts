import type { Plan } from '../../schema/generated/types.js';
import { leverRows } from './lever-wording.js';
import { aim, describe, type Line, nothing, scores, summary, verdictText } from './wording.js';

const codes = { bold: 1, dim: 2, '+': 32, '-': 31, '~': 33 } as const;

type Paint = (style: keyof typeof codes, text: string) => string;

/** A plan for a terminal. One line when there is nothing to do. */
export function renderText(plan: Plan, { color = false }: { color?: boolean } = {}): string {
  const paint: Paint = color ? (style, text) => `\u001b[${codes[style]}m${text}\u001b[0m` : (_, text) => text;
  if (plan.steps.length === 0) return `${nothing}\n`;
  const lines = plan.changes.map(describe);
  const blocks = [
    [paint('bold', `Plan: ${summary(plan)}`), `${verdictText(plan.decision)}: ${plan.decision.reason}`, ...aim(plan)],
    scoreTable(plan, paint),
    ...leverTable(plan, paint),
    ...sectionsOf(lines, paint),
    ...policyTable(plan, paint),
    [paint('bold', 'Steps'), ...stepLines(plan, paint)],
    [paint('dim', `hash ${plan.hash}`), paint('dim', `from ${plan.basis.source}`)],
  ];
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

function scoreTable(plan: Plan, paint: Paint): string[] {
  const table = aligned([['', 'before', 'after', 'best possible'], ...scores(plan)], [1, 2, 3], paint);
  return [...table, paint('dim', `  ${plan.decision.algorithm}, ${plan.decision.capacities} capacities`)];
}

function leverTable(plan: Plan, paint: Paint): string[][] {
  const rows = leverRows(plan);
  if (rows.length === 0) return [];
  const head = ['', '', 'unmet demand', 'objective', ''];
  return [[paint('bold', 'Ways, the least disruptive first'), ...aligned([head, ...rows], [2, 3], paint)]];
}

/** How many links of which types each LinkPolicy decided about. */
function policyTable({ decision: { links = [] } }: Plan, paint: Paint): string[][] {
  const rows = new Map<string, { count: number; cells: string[] }>();
  for (const { type, policy } of links) {
    const cells = [policy?.name ?? '(none)', type, policy?.at ?? ''];
    const key = cells.join(' ');
    rows.set(key, { count: (rows.get(key)?.count ?? 0) + 1, cells });
  }
  if (rows.size === 0) return [];
  const table = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = table.map(
    ([
      ,
      {
        count,
        cells: [policy = '', type = '', at = ''],
      },
    ]) => [policy, type, String(count), at],
  );
  return [
    [paint('bold', 'Link policies'), ...aligned([['policy', 'type', 'links', 'written at'], ...lines], [2], paint)],
  ];
}

/** A table whose first row is its head; numbers are in the columns `right`. */
function aligned(rows: readonly (readonly string[])[], right: readonly number[], paint: Paint): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row, index) => {
    const cells = row.map((cell, column) =>
      right.includes(column) ? cell.padStart(width(column)) : cell.padEnd(width(column)),
    );
    const line = `  ${cells.join('  ')}`.trimEnd();
    return index === 0 ? paint('dim', line) : line;
  });
}

function sectionsOf(lines: readonly Line[], paint: Paint): string[][] {
  return [...new Set(lines.map((line) => line.section))].map((section) => [
    paint('bold', section),
    ...lines.filter((line) => line.section === section).map(({ sign, text }) => `  ${paint(sign, sign)} ${text}`),
  ]);
}

function stepLines({ steps }: Plan, paint: Paint): string[] {
  const width = Math.max(9, ...steps.map(({ kind }) => kind.length));
  return steps.map(
    ({ id, kind, title }) => `  ${String(id).padStart(3)}  ${paint('dim', kind.padEnd(width))}  ${title}`,
  );
}
