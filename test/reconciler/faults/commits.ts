import { GitSource } from '../../../reconciler/adapters/git-source.js';
import { GitJournal } from '../../../reconciler/adapters/journal.js';
import type { SourceRead } from '../../../reconciler/ports.js';
import { isDocumentPath } from '../../../schema/validate/select.js';
import { mirrorOf, repository } from '../adapters/git-fixture.js';
import { MemoryJournal } from './memory-journal.js';
import { after, before } from './scenario.js';
import type { Repository } from './world.js';

/** A repository in memory: what is wanted before, then what is wanted after. */
export function commitsInMemory(): Repository {
  const journal = new MemoryJournal();
  let [name, wanted] = ['before', before];
  const read = async (): Promise<SourceRead> => {
    const files = Object.entries(wanted).map(([path, text]) => ({ path, text }));
    return { kind: 'documents', source: name, files };
  };
  return {
    open: async () => ({ source: { read }, journal }),
    commit: () => {
      [name, wanted] = ['after', after];
    },
  };
}

export interface GitCommits extends Repository {
  open(): Promise<{ source: GitSource; journal: GitJournal }>;
}

/** The same in a real repository. Each process that opens it makes its mirror anew. */
export function commitsInGit(): GitCommits {
  const { remote, commit } = repository();
  commit(before);
  return {
    open: async () => {
      const mirror = await mirrorOf(remote);
      const source = new GitSource({ mirror, ref: 'refs/heads/main', subdirectory: '', select: isDocumentPath });
      return { source, journal: new GitJournal(mirror) };
    },
    commit: () => void commit(after),
  };
}
