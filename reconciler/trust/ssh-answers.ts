import type { CheckedSignature } from './signature.js';

/** How `ssh-keygen` ended: its exit code and what it printed. */
export interface Answer {
  code: number | null;
  output: string;
  errors: string;
}

/** Answers of `ssh-keygen -Y` about one signature; the others are asked only where `verify` says no. */
export interface SshAnswers {
  /** Is it by a key that the file names for the committer, in use when the commit was made, and made for git? */
  verify: Answer;
  /** `check-novalidate`: is it over this commit, whatever the key? */
  sound?: Answer;
  /** `find-principals`: whom does the file name for the key? */
  principals?: Answer;
}

/** What the answers say together. Only `verify` can let a commit pass; the others tell why it does not. */
export function sshSignature({ verify, sound, principals }: SshAnswers, email: string): CheckedSignature {
  const named = {
    kind: 'checked',
    method: 'ssh',
    isSound: true,
    complaint: '',
    isNamed: true,
    validity: 'valid',
  } as const;
  if (verify.code === 0) {
    const key = fingerprintIn(verify.output);
    return { ...named, key, identities: [email], isOfCommitter: true };
  }
  const nobody = { isNamed: false, identities: [], isOfCommitter: false };
  if (sound === undefined || sound.code !== 0)
    return { ...named, ...nobody, key: '', isSound: false, complaint: firstLine((sound ?? verify).errors) };
  const key = fingerprintIn(sound.output);
  const identities = principals?.code === 0 ? principals.output.split('\n').filter((line) => line !== '') : [];
  const said = `${verify.errors}\n${principals?.errors ?? ''}`;
  if (identities.length > 0 && !identities.includes(email)) return { ...named, key, identities, isOfCommitter: false };
  if (/key has expired: /.test(said)) return { ...named, ...nobody, isNamed: true, key, validity: 'expired' };
  if (/key is not yet valid: /.test(said))
    return { ...named, ...nobody, isNamed: true, key, validity: 'not-yet-valid' };
  return { ...named, ...nobody, key };
}

function fingerprintIn(output: string): string {
  return / key (SHA256:[A-Za-z0-9+/]{43})\s*$/.exec(output)?.[1] ?? '';
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
