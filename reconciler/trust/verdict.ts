import type { Signer } from '../../schema/generated/types.js';
import { printable } from '../../schema/validate/render.js';
import type { CheckedSignature, Examined, Signature } from './signature.js';

/** Why a commit is not trusted. */
export type DistrustReason =
  | 'Unsigned'
  | 'BadSignature'
  | 'UnusableSignature'
  | 'UnknownSigner'
  | 'RevokedKey'
  | 'ExpiredKey'
  | 'KeyNotYetValid'
  | 'OtherIdentity'
  | 'NotDescendant'
  | 'TooManyCommits'
  /** Nothing was found out: what is needed for it is missing. */
  | 'CannotVerify';

/** `signer` is null where the operator vouches for the commit by its name. */
export type Trusted = { kind: 'trusted'; commit: string; signer: Signer | null };
/** `commit` is the one that was to take effect; `message` also names the one at fault, where that is another. */
export type Distrusted = { kind: 'distrusted'; commit: string; reason: DistrustReason; message: string };
export type Verdict = Trusted | Distrusted;

/** What `strict` has to know of how a commit descends from the one that is trusted already. */
export type Descent =
  | { kind: 'from'; anchor: string; isDescendant: boolean; newCommits: number; maxCommits: number }
  /** There is no commit yet that is trusted: the tip alone is looked at. */
  | { kind: 'first' };

/** Whether the tip and, in `strict`, all that is new with it may take effect. `examined` has the commits oldest first, the tip last. */
export function judge(tip: string, examined: readonly Examined[], descent: Descent): Verdict {
  const unfit = misfit(tip, descent);
  if (unfit !== null) return unfit;
  let signer: Signer | null = null;
  for (const each of examined) {
    const fault = faultOf(each.signature, each.committer);
    if (fault !== null) return distrusted(tip, fault.reason, `${blame(tip, each)}: ${fault.message}`);
    if (each.signature.kind === 'checked') signer = signerOf(each.signature, each.committer);
  }
  return { kind: 'trusted', commit: tip, signer };
}

/** Refuses without looking at signatures: a history that was rewritten, or one too long to look at. */
export function misfit(tip: string, descent: Descent): Distrusted | null {
  if (descent.kind === 'first') return null;
  const { anchor, isDescendant, newCommits, maxCommits } = descent;
  if (!isDescendant) {
    const message =
      `commit ${tip} is refused: it does not descend from ${anchor}, which was accepted before, so the history was rewritten. ` +
      `Put the branch back on top of ${anchor}; or, if it was rewritten on purpose, start the reconciler with --verify-from ${tip}`;
    return distrusted(tip, 'NotDescendant', `${message} after looking at that commit.`);
  }
  if (newCommits <= maxCommits) return null;
  const message =
    `commit ${tip} is refused: ${newCommits} commits are new since ${anchor}, and at most ${maxCommits} are looked at. ` +
    'Push fewer at once; or start the reconciler with --verify-from and a commit that you have looked at.';
  return distrusted(tip, 'TooManyCommits', message);
}

export function distrusted(commit: string, reason: DistrustReason, message: string): Distrusted {
  return { kind: 'distrusted', commit, reason, message };
}

function blame(tip: string, { commit }: Examined): string {
  return commit === tip ? `commit ${tip} is refused` : `commit ${tip} is refused because of commit ${commit} before it`;
}

interface Fault {
  reason: DistrustReason;
  message: string;
}

const signAnew =
  'Sign it with a trusted key (`git commit --amend --no-edit -S`; `git rebase -S` for several) and push again.';

/** What is wrong with the signature of a commit; null when it is good. */
function faultOf(signature: Signature, committer: string): Fault | null {
  const by = shown(committer);
  if (signature.kind === 'unsigned')
    return { reason: 'Unsigned', message: `it is not signed. ${by} committed it. ${signAnew}` };
  if (signature.kind === 'unusable')
    return { reason: 'UnusableSignature', message: `${shown(signature.message)}. ${by} committed it. ${signAnew}` };
  if (signature.kind === 'unasked') {
    const [kind, option] = optionOf[signature.method];
    const message = `it is signed with ${kind}, and no such keys are trusted: the reconciler was started without ${option}. ${signAnew}`;
    return { reason: 'UnknownSigner', message };
  }
  return faultOfChecked(signature, by);
}

const optionOf = { ssh: ['SSH', '--allowed-signers'], openpgp: ['OpenPGP', '--openpgp-keys'] } as const;

function faultOfChecked(signature: CheckedSignature, by: string): Fault | null {
  const { isSound, isNamed, validity, isOfCommitter, identities } = signature;
  const option = optionOf[signature.method][1];
  const key = keyText(signature);
  if (!isSound) {
    const why = signature.complaint === '' ? '' : ` (${shown(signature.complaint)})`;
    const message = `its signature by ${key} does not fit it${why}: it was changed after it was signed, or the signature is of something else. ${signAnew}`;
    return { reason: 'BadSignature', message };
  }
  if (!isNamed) {
    const message = `it is signed by ${key}, which the file of ${option} does not name for git. ${by} committed it. ${signAnew} Or add the key to the file, if it is to be trusted.`;
    return { reason: 'UnknownSigner', message };
  }
  if (validity !== 'valid')
    return { ...ofValidity[validity], message: `it is signed by ${key}, ${ofValidity[validity].message} ${signAnew}` };
  if (isOfCommitter) return null;
  const owners = identities.length === 0 ? 'nobody' : identities.map(shown).join(', ');
  const message = `it says that ${by} committed it, but it is signed by ${key}, which is for ${owners}. ${signAnew} Commit under the name of the key's owner (git config user.email).`;
  return { reason: 'OtherIdentity', message };
}

const ofValidity: Record<'expired' | 'not-yet-valid' | 'revoked', Fault> = {
  expired: { reason: 'ExpiredKey', message: 'which had expired when it was committed.' },
  'not-yet-valid': { reason: 'KeyNotYetValid', message: 'which was not yet valid when it was committed.' },
  revoked: { reason: 'RevokedKey', message: 'which is revoked.' },
};

function keyText({ method, key }: CheckedSignature): string {
  const kind = optionOf[method][0];
  return key === '' ? `an ${kind} key that it does not tell` : `the ${kind} key ${shown(key)}`;
}

function signerOf({ method, key }: CheckedSignature, committer: string): Signer {
  return { method, name: committer.slice(0, longest), key };
}

const longest = 256;

/** Others' words, in a sentence. */
function shown(text: string): string {
  const clipped = printable(text).slice(0, longest);
  return clipped === '' ? 'nobody' : clipped;
}

/** A signer in a sentence. */
export function signerText({ method, name, key }: Signer): string {
  return `${shown(name)} with the ${optionOf[method][0]} key ${key}`;
}
