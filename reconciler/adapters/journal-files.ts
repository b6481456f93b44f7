import type { JournalEntry, Observed, Plan } from '../../schema/generated/types.js';
import { type RecordedKind, readRecorded } from '../../schema/validate/recorded.js';
import type { JournalDraft, JournalRead } from '../ports.js';
import { clipped, oneLine, readme } from './journal-text.js';

/** Files of an entry that are read back; a pass without a plan has no `plan.json` and no `plan.md`. */
export const recordFiles = ['entry.json', 'plan.json', 'observed.json'] as const;

/** The files of one entry, by name. */
export function journalFiles(draft: JournalDraft, pass: number): { entry: JournalEntry; files: Map<string, string> } {
  const { actor, trigger, source, ...rest } = draft.entry;
  // Reasons of triggers hold paths and messages of any length.
  const texts = { actor: short(actor), trigger: short(trigger), source: short(source) };
  const entry: JournalEntry = { format_version: '1', pass, ...texts, ...rest };
  const files = new Map([
    ['README.md', readme(entry, draft.plan)],
    ['entry.json', prettyJson(entry)],
    ['observed.json', prettyJson(draft.observed)],
  ]);
  if (draft.plan !== null) files.set('plan.json', prettyJson(draft.plan));
  if (draft.planMarkdown !== null) files.set('plan.md', draft.planMarkdown);
  return { entry, files };
}

/** Within the limit of the schema. */
function short(text: string): string {
  return clipped(oneLine(text), 256);
}

/** An entry from the contents of `recordFiles`, null for a file that the commit does not have. */
export function readRecord(commit: string, contents: readonly (Uint8Array | null | undefined)[]): JournalRead {
  const [entry, plan, observed] = recordFiles.map((name, i) => parsed(name, contents[i] ?? null));
  const problem = [entry, plan, observed].find((part) => part?.kind === 'invalid');
  if (problem?.kind === 'invalid') return { kind: 'unreadable', commit, message: problem.message };
  if (entry?.kind !== 'valid' || observed?.kind !== 'valid')
    return {
      kind: 'unreadable',
      commit,
      message: 'entry.json or observed.json is missing: Virtuoso did not write this',
    };
  return {
    kind: 'record',
    commit,
    entry: entry.value as JournalEntry,
    plan: plan?.kind === 'valid' ? (plan.value as Plan) : null,
    observed: observed.value as Observed,
  };
}

/** Number of the pass that an `entry.json` is of; null where it is none. */
export function passOf(content: Uint8Array | null): number | null {
  const entry = parsed('entry.json', content);
  return entry.kind === 'valid' ? (entry.value as JournalEntry).pass : null;
}

type Parsed = { kind: 'absent' } | { kind: 'valid'; value: unknown } | { kind: 'invalid'; message: string };

const kinds: Record<(typeof recordFiles)[number], RecordedKind> = {
  'entry.json': 'JournalEntry',
  'plan.json': 'Plan',
  'observed.json': 'Observed',
};

function parsed(name: (typeof recordFiles)[number], content: Uint8Array | null): Parsed {
  if (content === null) return { kind: 'absent' };
  const read = readRecorded(kinds[name], new TextDecoder().decode(content));
  return read.kind === 'invalid' ? { kind: 'invalid', message: `${name}: ${read.message}` } : read;
}

/** JSON for people: two spaces, keys sorted, so that two entries differ only where their values do. */
export function prettyJson(value: unknown): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const rank = (key: string) => (key === 'format_version' ? '' : key);
  const entries = Object.entries(value).sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
