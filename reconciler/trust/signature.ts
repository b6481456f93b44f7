/** What was found out about the signature of a commit. */
export type Signature =
  | { kind: 'unsigned' }
  /** It is no SSH or OpenPGP signature, or the commit is none that git writes. */
  | { kind: 'unusable'; message: string }
  /** The operator has named no keys of this kind. */
  | { kind: 'unasked'; method: Method }
  | CheckedSignature;

export type Method = 'ssh' | 'openpgp';

/** A signature that was looked at with the keys that the operator has named. */
export interface CheckedSignature {
  kind: 'checked';
  method: Method;
  /** Fingerprint; for OpenPGP of the primary key, as far as it is known. Empty when the signature does not tell. */
  key: string;
  /** Whether it is over this commit, and made for git. */
  isSound: boolean;
  /** The checking program's words for what is wrong with it; empty when nothing is. */
  complaint: string;
  /** Whether the operator has named the key. */
  isNamed: boolean;
  /** Whether the key was in use when the commit was made; a revoked key never is. */
  validity: 'valid' | 'expired' | 'not-yet-valid' | 'revoked';
  /** Who may sign with the key, as the operator's file says. */
  identities: string[];
  /** Whether the committer is one of them. */
  isOfCommitter: boolean;
}

/** A commit that has to be trusted. */
export interface Examined {
  commit: string;
  /** As the commit says; empty when it does not. */
  committer: string;
  signature: Signature;
}
