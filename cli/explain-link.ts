import { type LinkStudied, studyLink } from '../reconciler/pass/link-study.js';
import type { Journal, JournalRecord, SourceRead } from '../reconciler/ports.js';
import type { Condition } from '../schema/generated/types.js';
import { validateFiles } from '../schema/validate/validate-files.js';
import { type PassReference, reference } from './explain-vm.js';

export interface LinkExplanation {
  kind: 'link';
  name: string;
  asOf: PassReference;
  studied: LinkStudied;
  conditions: Condition[];
}

/** Looks at a link again as a recorded pass saw it. */
export type StudyLink = (read: JournalRecord, a: string, b: string) => Promise<ReturnType<typeof studyLink>>;

/** Which types a link may have, which one it has and why; a text says why that cannot be told. */
export async function explainLink(
  journal: Pick<Journal, 'latest'>,
  ends: [string, string],
  study: StudyLink,
): Promise<LinkExplanation | string> {
  const [a, b] = [...ends].sort() as [string, string];
  const read = await journal.latest();
  if (read === null) return 'no pass has done or refused anything yet: there is nothing to tell';
  const studied = await study(read, a, b);
  if (studied.kind === 'unknown') return studied.reason;
  const name = `${a}--${b}`;
  const conditions = read.entry.conditions.filter(({ object }) => object === `link/${name}`);
  return { kind: 'link', name, asOf: reference(read), studied, conditions };
}

/** With the documents of then. */
export async function studyLinkOf(
  { entry, observed }: Pick<JournalRecord, 'entry' | 'observed'>,
  [a, b]: [string, string],
  readAt: (commit: string) => Promise<SourceRead>,
): Promise<ReturnType<typeof studyLink>> {
  const read = await readAt(entry.source);
  if (read.kind !== 'documents') return { kind: 'unknown', reason: `Its documents are not here: ${read.message}` };
  const { documents } = validateFiles(read.files);
  return studyLink({ documents, source: entry.source, observed }, a, b);
}
