import { resolve } from 'node:path';
import { GitMirror } from '../reconciler/adapters/git-mirror.js';
import { GitProposals } from '../reconciler/adapters/git-proposals.js';
import { parseRef, parseRemote, parseSubdirectory } from '../reconciler/adapters/git-remote.js';
import { GitSource } from '../reconciler/adapters/git-source.js';
import { GitJournal } from '../reconciler/adapters/journal.js';
import { MirrorUpkeep } from '../reconciler/adapters/mirror-upkeep.js';
import { RemoteTrigger } from '../reconciler/adapters/remote-trigger.js';
import type { VerifiedSource } from '../reconciler/adapters/verified-source.js';
import { isDocumentPath } from '../schema/validate/select.js';
import { systemClock } from './system-clock.js';
import { unverified, type VerificationOptions, verifiedSource } from './verification.js';

export interface RepositoryOptions {
  repository: string;
  ref: string;
  subdirectory: string;
  stateDirectory: string;
  pollMs: number;
  /** Whose signatures commits need; without it none. */
  verification?: VerificationOptions;
}

export interface Repository {
  kind: 'repository';
  mirror: GitMirror;
  upkeep: MirrorUpkeep;
  source: GitSource | VerifiedSource;
  journal: GitJournal;
  trigger: RemoteTrigger;
  proposals: GitProposals;
}

/** Everything that speaks with one repository, from what an operator wrote. */
export async function openRepository(
  options: RepositoryOptions,
): Promise<Repository | { kind: 'failed'; message: string }> {
  const remote = parseRemote(options.repository);
  const ref = parseRef(options.ref);
  const subdirectory = parseSubdirectory(options.subdirectory);
  if (remote.kind === 'invalid') return { kind: 'failed', message: remote.message };
  if (ref.kind === 'invalid') return { kind: 'failed', message: ref.message };
  if (subdirectory.kind === 'invalid') return { kind: 'failed', message: subdirectory.message };
  const opened = await GitMirror.open(remote, resolve(options.stateDirectory, 'mirrors'));
  if (opened.kind === 'failed') return opened;
  const { mirror } = opened;
  const source = new GitSource({ mirror, ref: ref.name, subdirectory: subdirectory.path, select: isDocumentPath });
  const verified = await verifiedSource(options.verification ?? unverified, { source, mirror, ref: ref.name });
  if (verified !== null && 'kind' in verified) return verified;
  const upkeep = new MirrorUpkeep(mirror);
  return {
    kind: 'repository',
    mirror,
    upkeep,
    source: verified ?? source,
    journal: new GitJournal(mirror, upkeep),
    proposals: new GitProposals({ mirror, subdirectory: subdirectory.path }, systemClock),
    trigger: new RemoteTrigger({
      mirror,
      ref: ref.name,
      intervalMs: options.pollMs,
      jitter: () => Math.random() / 10,
      debounceMs: 50,
      clock: systemClock,
    }),
  };
}
