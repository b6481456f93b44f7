import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import { GitJournal } from '../../reconciler/adapters/journal.js';
import type { JournalDraft } from '../../reconciler/ports.js';
import { fig14Inputs } from '../generators/fig14-observed.js';
import { gitIn, mirrorOf, type Repository, repository } from '../reconciler/adapters/git-fixture.js';
import { draft } from '../reconciler/adapters/journal-fixture.js';

/** Where the VMs of the example run when they have not been moved yet. */
export const scattered = { 'vm-1': 'host-2', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-6' };

/** A pass that saw the example's VMs run there, talk, and did nothing. */
export function seen(at: string, places: Record<string, string> = scattered): JournalDraft {
  const { observed } = fig14Inputs(places);
  return draft({
    plan: null,
    planMarkdown: null,
    observed: { ...observed, nowMs: Date.parse(at) },
    entry: { at, verdict: 'observed', planHash: null, outcomes: [], conditions: [], placement: [] },
  });
}

/** The example in a bare repository with a clone of it, and what a reconciler has written to `virtuoso/status`. */
export async function fleetRepository(...entries: JournalDraft[]): Promise<Repository> {
  const made = repository();
  cpSync(join(packageRoot(), 'examples', 'fig14'), made.work, { recursive: true });
  made.commit({});
  const journal = new GitJournal(await mirrorOf(made.remote));
  for (const entry of entries) await journal.append(entry);
  gitIn(made.work, 'fetch', '-q', 'origin');
  return made;
}
