import { join } from 'node:path';
import { GitMirror } from '../../reconciler/adapters/git-mirror.js';
import { parseRemote } from '../../reconciler/adapters/git-remote.js';
import { GitJournal } from '../../reconciler/adapters/journal.js';
import type { JournalRecord } from '../../reconciler/ports.js';
import { policyFiles } from '../push/large-fleet.js';
import { withMove } from '../push/play-pushes.js';
import { startFleet } from '../push/started-fleet.js';

const patienceMs = 60_000;

/** A mirror of the repository at `remote`, as any reader or writer of the journal has one. */
export async function mirrorOf(remote: string, stateDirectory: string): Promise<GitMirror> {
  const parsed = parseRemote(remote);
  if (parsed.kind === 'invalid') throw new Error(parsed.message);
  const opened = await GitMirror.open(parsed, stateDirectory);
  if (opened.kind === 'failed') throw new Error(opened.message);
  return opened.mirror;
}

/** What is recorded of a pass that moved a VM of a fleet of a hundred hosts and four hundred VMs. */
export async function sampledPass(): Promise<JournalRecord> {
  const { repository, reconciler, policy, end } = await startFleet();
  try {
    const commit = await repository.commit(policyFiles(withMove(policy, 0)));
    await repository.push();
    await reconciler.pass(({ source, verdict }) => source === commit && verdict === 'converged', patienceMs);
    const mirror = await mirrorOf(repository.remote, join(repository.directory, 'reader'));
    const record = await new GitJournal(mirror).latest();
    if (record === null) throw new Error('nothing was recorded');
    return record;
  } finally {
    await end();
  }
}
