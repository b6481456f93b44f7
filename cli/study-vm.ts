import { type Studied, study } from '../reconciler/pass/study/study.js';
import type { JournalRecord, SourceRead } from '../reconciler/ports.js';
import { validateFiles } from '../schema/validate/validate-files.js';

/** Decides again what a recorded pass decided, from the documents of then and what it observed. */
export async function studyVm(
  { entry, observed }: Pick<JournalRecord, 'entry' | 'observed'>,
  name: string,
  readAt: (commit: string) => Promise<SourceRead>,
): Promise<Studied> {
  const read = await readAt(entry.source);
  if (read.kind !== 'documents') return { kind: 'unknown', reason: `Its documents are not here: ${read.message}` };
  const { documents } = validateFiles(read.files);
  return study({ documents, source: entry.source, observed }, name);
}
