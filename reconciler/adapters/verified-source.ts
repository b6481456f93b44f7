import type { DocumentsRead, Source, SourceRead } from '../ports.js';
import { type Descent, type Distrusted, distrusted, judge, misfit, type Verdict } from '../trust/verdict.js';
import type { CommitSignatures } from './commit-signatures.js';
import { type GitMirror, keepRef } from './git-mirror.js';
import type { GitSource } from './git-source.js';

export interface VerifiedSourceOptions {
  source: GitSource;
  mirror: GitMirror;
  signatures: Pick<CommitSignatures, 'examine'>;
  /** `head`: the newest commit has to be signed by somebody trusted. `strict`: so has every one since the last that was accepted. */
  mode: 'head' | 'strict';
  /** Full name of the ref that is followed. */
  ref: string;
  /** Commit that the operator vouches for, in `strict`; null when none is named. */
  from: string | null;
}

/** New commits that one look takes on, each of which costs a program. */
const maxCommits = 1000;

type Unavailable = Extract<SourceRead, { kind: 'unavailable' }>;

/** Documents at the newest commit if that is trusted; otherwise at the last one that was, which the mirror keeps as a ref. */
export class VerifiedSource implements Source {
  readonly #options: VerifiedSourceOptions;
  /** Holds the last commit that was accepted, across restarts. */
  readonly #ref: string;
  /** Holds the commit that last took effect in this mode. */
  readonly #inEffect: string;

  constructor(options: VerifiedSourceOptions) {
    this.#options = options;
    this.#ref = `refs/virtuoso/verified/${options.mode}/${encodeURIComponent(options.ref)}`;
    this.#inEffect = `refs/virtuoso/in-effect/${options.mode}/${encodeURIComponent(options.ref)}`;
  }

  async read(): Promise<SourceRead> {
    const { source, mirror } = this.#options;
    const newest = await source.newest();
    if (newest.kind === 'unavailable') return newest;
    const { commit } = newest;
    const accepted = await this.#accepted();
    const verdict = await this.#judge(commit, accepted);
    if (verdict.kind === 'distrusted') return this.#refused(verdict, accepted);
    const read = await source.readAt(commit);
    if (read.kind === 'unavailable') return read;
    if (commit !== accepted) {
      const failure = await keepRef(mirror, this.#ref, commit);
      if (failure !== null) return unavailable(`commit ${commit} cannot be noted as accepted: ${failure}`);
    }
    return { ...read, verdict };
  }

  tookEffect(commit: string): Promise<string | null> {
    return keepRef(this.#options.mirror, this.#inEffect, commit);
  }

  async lastInEffect(): Promise<DocumentsRead | null> {
    const commit = await this.#vouched(this.#inEffect);
    return commit === null ? null : this.#acceptedAt(commit);
  }

  /** Documents at any commit that was brought over, trusted or not. */
  readAt(commit: string): Promise<DocumentsRead | Unavailable> {
    return this.#options.source.readAt(commit);
  }

  /** What was accepted counts unless the operator vouches for a commit that it does not descend from. */
  #accepted(): Promise<string | null> {
    return this.#vouched(this.#ref);
  }

  async #vouched(ref: string): Promise<string | null> {
    const { mirror, mode, from } = this.#options;
    const accepted = await mirror.commitOf(ref);
    if (mode === 'head' || from === null || accepted === null) return accepted;
    return (await isAncestor(mirror, from, accepted)) ? accepted : null;
  }

  async #refused(verdict: Distrusted, accepted: string | null): Promise<SourceRead> {
    const { message } = verdict;
    const read = accepted === null ? null : await this.#acceptedAt(accepted);
    return { kind: 'unverified', verdict, message, accepted: read };
  }

  /** Documents at a commit that was trusted once, with who signed it if that can still be told. */
  async #acceptedAt(accepted: string): Promise<DocumentsRead | null> {
    const read = await this.#options.source.readAt(accepted);
    if (read.kind !== 'documents') return null;
    const examined = await this.#options.signatures.examine([accepted]);
    const again = examined.kind === 'examined' ? judge(accepted, examined.examined, { kind: 'first' }) : null;
    const signer = again?.kind === 'trusted' ? again.signer : null;
    const trusted = { kind: 'trusted' as const, commit: accepted, signer };
    return { ...read, verdict: trusted };
  }

  async #judge(tip: string, accepted: string | null): Promise<Verdict> {
    const { mode, mirror, from, signatures } = this.#options;
    const anchor = mode === 'head' ? null : (accepted ?? from);
    if (anchor !== null && (await mirror.commitOf(anchor)) === null) {
      const message = `commit ${tip} is refused: ${anchor}, from which it has to descend, is not in the repository. Correct --verify-from.`;
      return distrusted(tip, 'NotDescendant', message);
    }
    // What the operator vouches for by name needs no signature, as long as nothing newer was accepted.
    if (anchor === tip && tip === from) return { kind: 'trusted', commit: tip, signer: null };
    const since = anchor === null ? null : await this.#since(anchor, tip);
    if (typeof since === 'string') return cannotVerify(tip, since);
    const descent: Descent = since?.descent ?? { kind: 'first' };
    const unfit = misfit(tip, descent);
    if (unfit !== null) return unfit;
    const earlier = (since?.commits ?? []).filter((commit) => commit !== tip);
    const found = await signatures.examine([...earlier, tip]);
    return found.kind === 'failed' ? cannotVerify(tip, found.message) : judge(tip, found.examined, descent);
  }

  /** What is new between the anchor and the tip, oldest first, branches that were merged included. A text says what went wrong. */
  async #since(anchor: string, tip: string): Promise<{ descent: Descent; commits: string[] } | string> {
    const { mirror } = this.#options;
    const isDescendant = await isAncestor(mirror, anchor, tip);
    const listed = await mirror.git(['rev-list', '--topo-order', '--reverse', tip, `^${anchor}`]);
    if (listed.kind === 'failed') return listed.message;
    const commits = listed.output.toString('utf8').split('\n').filter(Boolean);
    const descent: Descent = { kind: 'from', anchor, isDescendant, newCommits: commits.length, maxCommits };
    return { descent, commits };
  }
}

/** A commit is its own ancestor. One that is not there is nobody's. */
async function isAncestor(mirror: GitMirror, older: string, newer: string): Promise<boolean> {
  return (await mirror.git(['merge-base', '--is-ancestor', older, newer])).kind === 'done';
}

function cannotVerify(tip: string, why: string): Distrusted {
  return distrusted(tip, 'CannotVerify', `commit ${tip} cannot be verified, so it is not taken up: ${why}.`);
}

function unavailable(message: string): Unavailable {
  return { kind: 'unavailable', message };
}
