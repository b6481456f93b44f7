import type { Approval, JournalEntry, Plan, Score, ScoreBound } from '../../schema/generated/types.js';
import { valueText } from '../../schema/objective/value-text.js';
import { summary } from './journal-facts.js';

const subjectLength = 72;

/** Subject and body of an entry's commit. */
export function commitMessage(entry: JournalEntry, plan: Plan | null): string {
  const lines = [
    `Verdict: ${entry.verdict}`,
    `Actor: ${oneLine(entry.actor)}`,
    `Trigger: ${oneLine(entry.trigger)}`,
    `Source: ${oneLine(entry.source)}`,
    ...(entry.signer === undefined ? [] : [`Signed-by: ${oneLine(entry.signer.name)}, ${oneLine(entry.signer.key)}`]),
    `Plan: ${entry.planHash ?? 'none'}`,
    ...(entry.approval === undefined ? [] : [`Approved-by: ${approvalText(entry.approval)}`]),
  ];
  const subject = clipped(oneLine(`pass ${entry.pass}: ${summary(entry, plan)}`), subjectLength);
  const reason = plan === null ? [] : [oneLine(plan.decision.reason), ''];
  return `${[subject, '', ...reason, ...lines].join('\n')}\n`;
}

function approvalText({ by, place, digest, reason }: Approval): string {
  const why = reason === undefined ? '' : `: ${reason}`;
  return oneLine(`${by}, ${place}, ${digest}${why}`);
}

/** The front page of the branch: the newest entry. */
export function readme(entry: JournalEntry, plan: Plan | null): string {
  return `${[
    '# What Virtuoso has done',
    '',
    'One commit on this branch is one pass that did or refused something, or what was seen when a while had gone by without one. People',
    'write other branches; Virtuoso writes this one.',
    '`entry.json` says what became of the pass, `plan.md` and `plan.json` what was planned, and `observed.json` what the decision',
    'was made from. `git log` is the history; `git show COMMIT:plan.md` is an older plan.',
    '',
    `## Pass ${entry.pass}, ${entry.at}`,
    '',
    `${cell(summary(entry, plan))}.`,
    '',
    `- Verdict: ${entry.verdict}`,
    `- Trigger: ${cell(entry.trigger)}, by ${cell(entry.actor)}`,
    `- Source: ${code(entry.source)}`,
    ...(entry.signer === undefined ? [] : [`- Signed by: ${cell(entry.signer.name)}, ${code(entry.signer.key)}`]),
    ...(entry.approval === undefined ? [] : [`- Approved by: ${cell(approvalText(entry.approval))}`]),
    ...(plan === null ? ['- Plan: none'] : planLines(plan)),
    '',
    '## Placement',
    '',
    ...table(
      ['VM', 'Host'],
      entry.placement.map(({ vm, host }) => [vm, host]),
    ),
    '',
    '## Conditions',
    '',
    ...table(
      ['Object', 'Type', 'Status', 'Since', 'Reason', 'Message'],
      entry.conditions.map((c) => [c.object, c.type, c.status, c.lastTransitionTime, c.reason, c.message]),
    ),
  ].join('\n')}\n`;
}

function planLines(plan: Plan): string[] {
  const { decision } = plan;
  return [
    `- Plan: ${code(plan.hash)}, ${plan.changes.length} changes in ${plan.steps.length} steps`,
    `- Decision: ${decision.verdict}, found by ${cell(decision.algorithm)}: ${cell(decision.reason)}`,
    `- Before: ${score(decision.before)}; after: ${score(decision.after)}; bound: ${score(decision.bound)}`,
  ];
}

/** A score in words. */
export function score(value: Score | ScoreBound | null): string {
  if (value === null) return 'not running yet';
  const { objective } = value;
  const ranks = [objective, ...('tieBreaks' in value ? (value.tieBreaks ?? []) : [])];
  const values = ranks.map((each) => (each === null ? 'not known' : valueText(each, 2)));
  return `${round(value.unmetMbps)} Mb/s unmet, objective ${values.join(', then ')}`;
}

export function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text on one line and without control characters: nothing in it can pass for another line. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** At most `length` characters, with an ellipsis where some are left out. */
export function clipped(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length
    ? text
    : `${characters
        .slice(0, length - 1)
        .join('')
        .trimEnd()}…`;
}

function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return ['None.'];
  const line = (cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- ').join('|')}|`, ...rows.map(line)];
}

function cell(text: string): string {
  return oneLine(text).replace(/[\\`*_[\]<>|]/g, '\\$&');
}

function code(text: string): string {
  return `\`${oneLine(text).replaceAll('`', "'")}\``;
}
