import { summary } from '../reconciler/adapters/journal-facts.js';
import { oneLine } from '../reconciler/adapters/journal-text.js';
import type { Journal, JournalRead } from '../reconciler/ports.js';
import type { JournalEntry, Signer } from '../schema/generated/types.js';
import { columns, when } from './columns.js';

export type HistoryRow =
  | {
      kind: 'entry';
      commit: string;
      pass: number;
      at: string;
      verdict: JournalEntry['verdict'];
      what: string;
      trigger: string;
      actor: string;
      planHash: string | null;
      source: string;
      /** Who signed the commit, where that was verified. */
      signer: Signer | null;
    }
  | { kind: 'unreadable'; commit: string; message: string };

/** What passes did or refused, newest first. What was only seen in between is left out: nothing happened. */
export async function history(journal: Pick<Journal, 'entries'>, limit = Infinity): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for await (const read of journal.entries()) {
    if (rows.length >= limit) break;
    if (read.kind === 'unreadable' || read.entry.verdict !== 'observed') rows.push(row(read));
  }
  return rows;
}

function row(read: JournalRead): HistoryRow {
  if (read.kind === 'unreadable') return read;
  const { pass, at, verdict, trigger, actor, planHash, source, signer = null } = read.entry;
  const what = oneLine(summary(read.entry, read.plan));
  return { kind: 'entry', commit: read.commit, pass, at, verdict, what, trigger, actor, planHash, source, signer };
}

export function historyJson(rows: readonly HistoryRow[]): string {
  return `${JSON.stringify({ format_version: '1', entries: rows }, null, 2)}\n`;
}

export function historyText(rows: readonly HistoryRow[]): string {
  if (rows.length === 0) return 'No pass has done or refused anything yet: the branch virtuoso/status is empty.\n';
  const isSigned = rows.some((each) => each.kind === 'entry' && each.signer !== null);
  const head = ['PASS', 'WHEN', 'VERDICT', 'PLAN', 'SOURCE', ...(isSigned ? ['SIGNER'] : []), 'WHAT'];
  return columns([head, ...rows.map((each) => cells(each, isSigned))], [0])
    .map((line) => `${line}\n`)
    .join('');
}

/** Signers have a column where there are any. */
function cells(each: HistoryRow, isSigned: boolean): string[] {
  if (each.kind === 'unreadable') {
    const what = `commit ${each.commit.slice(0, 12)} is no entry: ${each.message}`;
    return ['-', '-', 'unreadable', '-', '-', ...(isSigned ? ['-'] : []), oneLine(what)];
  }
  const plan = each.planHash?.replace('sha256:', '').slice(0, 8) ?? '-';
  // The verdict has its own column; the words that repeat it are left out.
  const what = each.what.startsWith(`${each.verdict}: `) ? each.what.slice(each.verdict.length + 2) : each.what;
  const signer = isSigned ? [each.signer === null ? '-' : oneLine(each.signer.name)] : [];
  return [String(each.pass), when(each.at), each.verdict, plan, shortSource(each.source), ...signer, what];
}

/** A commit in short; a directory as it is. */
export function shortSource(source: string): string {
  return /^[0-9a-f]{40,64}$/.test(source) ? source.slice(0, 12) : oneLine(source);
}
