import type { Change, Plan } from '../../schema/generated/types.js';
import { leverRows } from './lever-wording.js';
import { escaped, folded, list, table } from './markdown.js';
import { aim, describe, mbps, nothing, scores, summary, verdictText } from './wording.js';

/** Comments on pull requests hold 65,536 characters. */
const longest = 65_000;
/** Rows of one table or list, tried in turn until the whole fits. */
const rowLimits = [Number.POSITIVE_INFINITY, 1000, 300, 100, 30, 10];
const leverHead = ['', '', 'unmet demand', 'objective', 'because'];

/** A plan for a pull request, under 65,000 characters; what is left out to stay there is counted. One line when there is nothing to do. */
export function renderMarkdown(plan: Plan): string {
  if (plan.steps.length === 0) return `${nothing}\n`;
  for (const limit of rowLimits) {
    const text = rendered(plan, limit);
    if (text.length < longest) return text;
  }
  throw new Error('a plan cut to ten rows a table is still too long');
}

function rendered(plan: Plan, limit: number): string {
  const { decision, changes, steps, basis, hash } = plan;
  const demands = decision.paths.map((path) => [
    `${path.source} → ${path.destination}`,
    path.hosts.join(' → '),
    mbps(path.residualMbps),
    path.bottleneck,
  ]);
  const links = (decision.links ?? []).map(({ a, b, type, policy }) => {
    return [`${a} – ${b}`, type, policy?.name ?? '(none)', policy?.at ?? ''];
  });
  const levers = leverRows(plan);
  const blocks = [
    `## Plan: ${escaped(summary(plan))}`,
    `**${verdictText(decision)}.** ${escaped([decision.reason, ...aim(plan)].join(' '))}`,
    table(['', 'before', 'after', 'best possible'], scores(plan), { limit, align: ':--|--:|--:|--:' }),
    `Found by ${escaped(decision.algorithm)}, with ${decision.capacities} capacities.`,
    folded(
      'Ways, the least disruptive first',
      levers.length,
      table(leverHead, levers, { limit, align: ':--|:--|--:|--:|:--' }),
    ),
    ...guestBlocks(changes, limit),
    ...otherBlocks(changes, limit),
    ...pathBlocks(changes, limit),
    folded(
      'How each demand will travel',
      demands.length,
      table(['demand', 'hosts', 'residual', 'bottleneck'], demands, { limit }),
    ),
    folded(
      'Links, and the policies that decide',
      links.length,
      table(['link', 'type', 'policy', 'written at'], links, { limit }),
    ),
    folded(
      'Steps',
      steps.length,
      list(steps, ({ id, kind, title }) => `${id}. **${kind}** ${escaped(title)}`, limit),
    ),
    `Plan \`${hash}\`, made from ${escaped(basis.source)}.`,
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function guestBlocks(changes: readonly Change[], limit: number): string[] {
  const rows = changes.flatMap((change): string[][] => {
    if (change.kind === 'guest-move') return [[change.guest, 'move', change.from, change.to]];
    if (change.kind === 'guest-start') return [[change.guest, 'start', '', change.host]];
    if (change.kind === 'guest-stop') return [[change.guest, 'stop', change.host, '']];
    return change.kind === 'guest-resize' ? [[change.guest, 'resize', change.host, change.host]] : [];
  });
  return rows.length > 0 ? ['### VMs', table(['VM', '', 'from', 'to'], rows, { limit })] : [];
}

function pathBlocks(changes: readonly Change[], limit: number): string[] {
  const way = (hosts: readonly string[]) => (hosts.length > 0 ? hosts.join(' → ') : '(does not arrive)');
  const rows = changes.flatMap((change) =>
    change.kind === 'path' ? [[`${change.source} → ${change.destination}`, way(change.before), way(change.after)]] : [],
  );
  return rows.length > 0 ? ['### Paths', table(['frames', 'before', 'after'], rows, { limit })] : [];
}

/** Links, networks and tables, as lists. */
function otherBlocks(changes: readonly Change[], limit: number): string[] {
  const lines = changes.map(describe).filter(({ section }) => section !== 'VMs' && section !== 'Paths');
  return [...new Set(lines.map((line) => line.section))].flatMap((section) => {
    const some = lines.filter((line) => line.section === section);
    return [`### ${section}`, list(some, ({ sign, text }) => `- \`${sign}\` ${escaped(text)}`, limit)];
  });
}
