import { escaped, folded, list, table } from '../reconciler/plan/markdown.js';
import { describe, type Line } from '../reconciler/plan/wording.js';
import type { Diagnostic, Step } from '../schema/generated/types.js';
import type { WhatIf } from './what-if.js';
import * as words from './what-if-words.js';

/** By which CI finds the comment that it has to update. */
export const marker = '<!-- virtuoso:plan -->';

/** Comments on pull requests hold 65,536 characters. */
const longest = 65_000;
/** Rows of one table or list and characters of one text, tried in turn until the whole fits. */
const sizes = [
  [1000, 400],
  [300, 200],
  [100, 200],
  [30, 150],
  [10, 100],
  [3, 60],
  [0, 60],
] as const;

interface Size {
  limit: number;
  longest: number;
  all: string;
}

/** A comparison as one comment of a pull request: under 65,000 characters, the summary first; what is left out is counted. */
export function whatIfMarkdown(whatIf: WhatIf): string {
  for (const [limit, most] of sizes) {
    const text = rendered(whatIf, { limit, longest: most, all: '`virtuoso plan` with `-o json`' });
    if (text.length < longest) return text;
  }
  throw new Error('a comparison without any row is still too long');
}

function rendered(whatIf: WhatIf, size: Size): string {
  const { base, head, changes } = whatIf;
  const say = (text: string) => escaped(text, size.longest * 2);
  const figures = words.figures(whatIf);
  const places = words.places(whatIf);
  const documents = words.documentRows(whatIf);
  const short = words.shortfalls(whatIf);
  const reason = head.kind === 'planned' && changes.length > 0 ? say(`${head.ref}: ${head.plan.decision.reason}`) : '';
  const blocks = [
    marker,
    '## What this does to the fleet',
    `**${say(words.headline(whatIf))}** ${say(words.trouble(whatIf))}${reason}`.trimEnd(),
    list(whatIf.notes, (note) => `- ${say(note)}`, size.limit, size.all),
    findingsOf('New findings', whatIf.findings.added, size),
    figures.rows.length > 0 ? table(figures.head, figures.rows, { ...size, limit: 50, align: ':--|--:|--:|--:' }) : '',
    places.rows.length > 0 ? `### VMs\n\n${table(places.head, places.rows, size)}` : '',
    ...sections(whatIf, size),
    folded(
      'Demands that fall short',
      short.length,
      table(['demand', 'hosts', 'lacks', 'bottleneck'], short, { ...size, align: ':--|:--|--:|:--' }),
    ),
    folded('Documents', documents.length, table(['document', 'field', 'was', 'is', 'at'], documents, size)),
    foldedFindings(whatIf, size),
    ...stepsOf(whatIf, size),
    footer(whatIf, `${code(words.short(base))} compared with ${code(words.short(head))}.`),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function findingsOf(title: string, findings: readonly Diagnostic[], size: Size): string {
  if (findings.length === 0) return '';
  const item = (each: Diagnostic) => {
    const { id, severity, summary, detail } = each;
    const what = [summary, detail].map((text) => escaped(text, size.longest)).join(' ');
    return `- **${severity} ${escaped(id, 20)}** at ${escaped(words.place(each), size.longest)}: ${what}`;
  };
  return `### ${title}\n\n${list(findings, item, size.limit, size.all)}`;
}

function foldedFindings({ findings }: WhatIf, size: Size): string {
  const { gone } = findings;
  const item = ({ id, summary }: Diagnostic) => `- ${escaped(id, 20)}: ${escaped(summary, size.longest)}`;
  return folded('Findings that are gone', gone.length, list(gone, item, size.limit, size.all));
}

/** All that would be otherwise, but for where VMs are. */
function sections({ changes }: WhatIf, size: Size): string[] {
  const lines = changes.filter((change) => !words.isOfPlacement(change)).map(describe);
  return [...new Set(lines.map(({ section }) => section))].map((section) => {
    const some = lines.filter((line) => line.section === section);
    const item = ({ sign, text }: Line) => `- \`${sign}\` ${escaped(text, size.longest)}`;
    const title = section === 'VMs' ? 'Sizes of VMs' : section;
    return folded(title, some.length, list(some, item, size.limit, size.all));
  });
}

/** What would be done, in its order. */
function stepsOf({ base, head }: WhatIf, size: Size): string[] {
  return [base, head].map((side) => {
    if (side.kind !== 'planned') return '';
    const { steps } = side.plan;
    const item = ({ id, kind, title }: Step) => `${id}. **${kind}** ${escaped(title, size.longest)}`;
    const of = side === base ? 'Steps now, without this change' : 'Steps from now, with this change';
    return folded(of, steps.length, list(steps, item, size.limit, size.all));
  });
}

function footer(whatIf: WhatIf, compared: string): string {
  const { head } = whatIf;
  const hash = head.kind === 'planned' ? `Plan ${code(head.plan.hash)}.` : '';
  return [compared, escaped(words.basis(whatIf)), hash].filter((text) => text !== '').join(' ');
}

/** What holds no backtick: names of refs, ids and hashes. */
function code(text: string): string {
  return `\`${text.replace(/[`\s]+/g, ' ')}\``;
}
