import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Files of the operator that say whose signatures count. They are read anew for each look, so that a change of them counts at once. */
export interface TrustFiles {
  /** In the form of `ssh-keygen`'s ALLOWED SIGNERS. */
  allowedSigners?: string | undefined;
  /** OpenPGP public keys as `gpg --export` writes them, with armour or without. */
  openPgpKeys?: string | undefined;
}

export interface TrustAnchors {
  kind: 'anchors';
  allowedSigners: Buffer | null;
  openPgpKeys: Buffer | null;
  /** Of both contents. */
  digest: string;
}

export async function readTrustAnchors(files: TrustFiles): Promise<TrustAnchors | { kind: 'failed'; message: string }> {
  const contents: (Buffer | null)[] = [];
  for (const file of [files.allowedSigners, files.openPgpKeys]) {
    const content = file === undefined ? null : await readFile(file).catch((error: Error) => error);
    if (content instanceof Error)
      return { kind: 'failed', message: `the trusted keys cannot be read (${content.message}): make ${file} readable` };
    contents.push(content);
  }
  const [allowedSigners = null, openPgpKeys = null] = contents;
  const hash = createHash('sha256');
  for (const content of contents) hash.update(`${content?.length ?? 'none'}\n`).update(content ?? '');
  return { kind: 'anchors', allowedSigners, openPgpKeys, digest: hash.digest('hex') };
}
