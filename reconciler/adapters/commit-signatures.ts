import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Examined, Signature } from '../trust/signature.js';
import { parseSignedCommit } from '../trust/signed-commit.js';
import type { GitMirror } from './git-mirror.js';
import { OpenPgpSignatures } from './openpgp-signatures.js';
import { type CheckFailure, SshSignatures } from './ssh-signatures.js';
import { readTrustAnchors, type TrustAnchors, type TrustFiles } from './trust-anchors.js';

/** Commits that are read from git at once. */
const chunk = 100;

/** Programs that check, each made when the first commit asks for it. */
interface Checkers {
  ssh?: SshSignatures;
  openpgp?: OpenPgpSignatures;
}

/** Finds out who signed commits of a mirror. Git itself is never asked to verify, so that none of its settings names what runs. */
export class CommitSignatures {
  readonly #mirror: Pick<GitMirror, 'contents'>;
  readonly #files: TrustFiles;
  /** What was found out with the keys of `#digest`. */
  #known = new Map<string, Examined>();
  #digest = '';

  constructor(mirror: Pick<GitMirror, 'contents'>, files: TrustFiles) {
    this.#mirror = mirror;
    this.#files = files;
  }

  /** In the order of `commits`. Remembers what it was asked last. */
  async examine(commits: readonly string[]): Promise<{ kind: 'examined'; examined: Examined[] } | CheckFailure> {
    const anchors = await readTrustAnchors(this.#files);
    if (anchors.kind === 'failed') return anchors;
    if (anchors.digest !== this.#digest) this.#known.clear();
    this.#digest = anchors.digest;
    const missing = commits.filter((commit) => !this.#known.has(commit));
    const fresh = missing.length === 0 ? [] : await this.#inPrivate((folder) => this.#look(missing, anchors, folder));
    if ('kind' in fresh) return fresh;
    const known = new Map([...this.#known, ...fresh.map((each): [string, Examined] => [each.commit, each])]);
    const examined = commits.flatMap((commit) => known.get(commit) ?? []);
    this.#known = new Map(examined.map((each) => [each.commit, each]));
    return { kind: 'examined', examined };
  }

  async #inPrivate<T>(work: (folder: string) => Promise<T>): Promise<T | CheckFailure> {
    let folder: string;
    try {
      folder = await mkdtemp(join(tmpdir(), 'virtuoso-trust-'));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { kind: 'failed', message: `no folder can be made to check signatures in: ${why}` };
    }
    try {
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #look(commits: readonly string[], anchors: TrustAnchors, folder: string): Promise<Examined[] | CheckFailure> {
    const checkers: Checkers = {};
    const found: Examined[] = [];
    for (let at = 0; at < commits.length; at += chunk) {
      const some = commits.slice(at, at + chunk);
      const read = await this.#mirror.contents(some);
      if (read.kind === 'failed') return { kind: 'failed', message: `commits cannot be read: ${read.message}` };
      for (const [i, commit] of some.entries()) {
        const raw = read.contents[i];
        if (!raw) return { kind: 'failed', message: `commit ${commit} is missing in the mirror: remove its folder` };
        const examined = await examineOne(commit, raw, anchors, checkers, folder);
        if ('kind' in examined) return examined;
        found.push(examined);
      }
    }
    return found;
  }
}

async function examineOne(
  commit: string,
  raw: Buffer,
  anchors: TrustAnchors,
  checkers: Checkers,
  folder: string,
): Promise<Examined | CheckFailure> {
  const parsed = parseSignedCommit(commit, raw);
  if (parsed.kind === 'malformed')
    return { commit, committer: '', signature: { kind: 'unusable', message: parsed.message } };
  const committer = parsed.committer.email;
  const given = (signature: Signature): Examined => ({ commit, committer, signature });
  if (parsed.signature === null) return given({ kind: 'unsigned' });
  const { method, armour } = parsed.signature;
  if (method === 'other')
    return given({ kind: 'unusable', message: 'its signature is neither one of SSH nor one of OpenPGP' });
  const checker = await checkerOf(method, anchors, checkers, folder);
  if (checker === null) return given({ kind: 'unasked', method });
  if ('kind' in checker) return checker;
  const signature = await checker.check(parsed, armour);
  return signature.kind === 'failed' ? signature : given(signature);
}

/** Null: the operator has named no keys for it. */
async function checkerOf(
  method: 'ssh' | 'openpgp',
  { allowedSigners, openPgpKeys }: TrustAnchors,
  checkers: Checkers,
  folder: string,
): Promise<SshSignatures | OpenPgpSignatures | CheckFailure | null> {
  const content = method === 'ssh' ? allowedSigners : openPgpKeys;
  if (content === null) return null;
  const known = checkers[method];
  if (known) return known;
  const own = join(folder, method);
  await mkdir(own, { mode: 0o700 });
  if (method === 'ssh') {
    checkers.ssh = await SshSignatures.open(own, content);
    return checkers.ssh;
  }
  const opened = await OpenPgpSignatures.open(own, content);
  if (opened instanceof OpenPgpSignatures) checkers.openpgp = opened;
  return opened;
}
