import type { SourceFile } from '../schema/validate/source-file.js';
import { type Validation, validateFiles, validateInTurns } from '../schema/validate/validate-files.js';
import type { DocumentsRead, SourceRead } from './ports.js';

/** What was found out of documents: of a commit once, because it is asked for at each pass and never changes. */
export class Validations {
  /** Of the documents of the last read, by commit. */
  #known = new Map<string, Validation>();
  readonly #pause: () => Promise<void>;

  /** @param pause lets others in this process have a turn */
  constructor(pause: () => Promise<void>) {
    this.#pause = pause;
  }

  /** Validates what was read, with pauses, and gives a function that answers at once for it. */
  async of(read: SourceRead): Promise<(documents: DocumentsRead) => Validation> {
    const reads =
      read.kind === 'documents' ? [read] : read.kind === 'unverified' && read.accepted ? [read.accepted] : [];
    const now = new Map<SourceFile[], Validation>();
    for (const { source, files } of reads)
      now.set(files, this.#known.get(source) ?? (await validateInTurns(files, this.#pause)));
    // A repository that does not answer once is likely to answer the same afterwards.
    if (reads.length > 0) this.#known = new Map(reads.filter(isCommit).flatMap((each) => known(each, now)));
    return ({ files }) => now.get(files) ?? validateFiles(files);
  }
}

const isCommit = ({ source }: DocumentsRead): boolean => /^[0-9a-f]{40,64}$/.test(source);

function known({ source, files }: DocumentsRead, now: ReadonlyMap<SourceFile[], Validation>): [string, Validation][] {
  const validation = now.get(files);
  return validation ? [[source, validation]] : [];
}
