import { describe } from '../reconciler/plan/wording.js';
import { printable, renderDiagnostics } from '../schema/validate/render.js';
import { columns } from './columns.js';
import type { WhatIf } from './what-if.js';
import * as words from './what-if-words.js';

/** A comparison for a terminal. */
export function whatIfText(whatIf: WhatIf): string {
  const { base, head, changes, findings } = whatIf;
  const figures = words.figures(whatIf);
  const places = words.places(whatIf);
  const blocks = [
    [words.headline(whatIf), words.trouble(whatIf)].filter((line) => line !== '').map(printable),
    whatIf.notes.map((note) => printable(`Note: ${note}`)),
    table(figures.head, figures.rows, [1, 2, 3]),
    titled('VMs', table(places.head, places.rows)),
    ...sections(whatIf),
    titled(`Demands that fall short by ${head.ref}`, table(shortHead, words.shortfalls(whatIf))),
    titled('New findings', findingLines(findings.added)),
    titled('Findings that are gone', findingLines(findings.gone)),
    titled('Documents', table(documentHead, words.documentRows(whatIf))),
    [
      ...(head.kind === 'planned' && changes.length > 0
        ? [printable(`${head.ref}: ${head.plan.decision.reason}`)]
        : []),
      `${words.short(base)} compared with ${words.short(head)}.`,
      words.basis(whatIf),
    ].filter((line) => line !== ''),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

const shortHead = ['demand', 'hosts', 'lacks', 'bottleneck'];
const documentHead = ['document', 'field', 'was', 'is', 'at'];

function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  if (rows.length === 0) return [];
  return columns([head, ...rows.map((row) => row.map(printable))], right).map((line) => `  ${line}`.trimEnd());
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

/** All that would be otherwise, but for where VMs are. */
function sections({ changes }: WhatIf): string[][] {
  const lines = changes.filter((change) => !words.isOfPlacement(change)).map(describe);
  return [...new Set(lines.map(({ section }) => section))].map((section) => [
    section === 'VMs' ? 'Sizes of VMs' : section,
    ...lines.filter((line) => line.section === section).map(({ sign, text }) => printable(`  ${sign} ${text}`)),
  ]);
}

function findingLines(findings: WhatIf['findings']['added']): string[] {
  return findings.length === 0 ? [] : [renderDiagnostics(findings, 'text').trimEnd()];
}
