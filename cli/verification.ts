import { access, constants, realpath } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { CommitSignatures } from '../reconciler/adapters/commit-signatures.js';
import type { GitMirror } from '../reconciler/adapters/git-mirror.js';
import type { GitSource } from '../reconciler/adapters/git-source.js';
import { VerifiedSource } from '../reconciler/adapters/verified-source.js';

/** As an operator wrote it. */
export interface VerificationOptions {
  verify: 'off' | 'head' | 'strict';
  allowedSigners?: string | undefined;
  openpgpKeys?: string | undefined;
  verifyFrom?: string | undefined;
}

export const unverified: VerificationOptions = { verify: 'off' };

/** A source that looks at signatures as the options ask for; null where they ask for none. */
export async function verifiedSource(
  options: VerificationOptions,
  { source, mirror, ref }: { source: GitSource; mirror: GitMirror; ref: string },
): Promise<VerifiedSource | null | { kind: 'failed'; message: string }> {
  const problem = contradiction(options) ?? (await unfitFile(options, mirror.remote.directory));
  if (problem !== null) return { kind: 'failed', message: problem };
  const { verify, allowedSigners, openpgpKeys, verifyFrom } = options;
  if (verify === 'off') return null;
  const signatures = new CommitSignatures(mirror, {
    allowedSigners: allowedSigners && resolve(allowedSigners),
    openPgpKeys: openpgpKeys && resolve(openpgpKeys),
  });
  return new VerifiedSource({ source, mirror, signatures, mode: verify, ref, from: verifyFrom ?? null });
}

/** What options do not fit each other; null when they do. */
function contradiction({ verify, allowedSigners, openpgpKeys, verifyFrom }: VerificationOptions): string | null {
  const hasKeys = allowedSigners !== undefined || openpgpKeys !== undefined;
  if (verify === 'off' && (hasKeys || verifyFrom !== undefined))
    return 'trusted keys are given, but signatures are not verified: add --verify head or --verify strict';
  if (verify !== 'off' && !hasKeys)
    return `--verify ${verify} trusts nobody: name a file of trusted keys with --allowed-signers or --openpgp-keys`;
  if (verify === 'head' && verifyFrom !== undefined)
    return '--verify-from has no meaning with --verify head: leave it out, or take --verify strict';
  if (verifyFrom !== undefined && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(verifyFrom))
    return `--verify-from ${JSON.stringify(verifyFrom)} is not the whole id of a commit: write what git rev-parse prints`;
  return null;
}

/** Whoever may write the repository must not be able to write whom the reconciler trusts. */
async function unfitFile(options: VerificationOptions, repository: string | null): Promise<string | null> {
  const within = repository === null ? null : await realpath(repository).catch(() => null);
  for (const file of [options.allowedSigners, options.openpgpKeys]) {
    if (file === undefined) continue;
    const found = await access(file, constants.R_OK).then(
      () => realpath(file),
      (error: Error) => error,
    );
    if (found instanceof Error)
      return `the trusted keys cannot be read (${found.message}): name a file that this user can read`;
    if (within !== null && !relative(within, found).startsWith('..'))
      return `${file} is inside the repository: keep trusted keys where only operators of the reconciler can write`;
  }
  return null;
}
