import type { CheckedSignature } from './signature.js';

/** A public key of the operator's file. */
export interface OpenPgpKey {
  /** Of the primary key. */
  fingerprint: string;
  /** E-mail addresses of its user IDs that are not revoked. */
  emails: string[];
}

/** Keys from what `gpg --with-colons --list-keys` prints. */
export function openPgpKeys(listing: string): OpenPgpKey[] {
  const keys: OpenPgpKey[] = [];
  let isPrimary = false;
  for (const line of listing.split('\n')) {
    const fields = line.split(':');
    const [record, validity = ''] = fields;
    const value = unescaped(fields[9] ?? '');
    if (record === 'pub' || record === 'sub') isPrimary = record === 'pub';
    if (record === 'fpr' && isPrimary) keys.push({ fingerprint: value, emails: [] });
    const email = record === 'uid' && validity !== 'r' ? emailOf(value) : null;
    if (email !== null) keys.at(-1)?.emails.push(email);
  }
  return keys;
}

function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/gi, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function emailOf(userId: string): string | null {
  return /<([^<>\s]+)>$/.exec(userId)?.[1] ?? (/^[^<>\s]+@[^<>\s]+$/.test(userId) ? userId : null);
}

interface Status {
  word: string;
  values: string[];
}

const outcomes = ['GOODSIG', 'EXPSIG', 'EXPKEYSIG', 'REVKEYSIG', 'BADSIG', 'ERRSIG'];
const missingKey = '9';

/**
 * What `gpg --status-fd` says of one detached signature. Anything but exactly one signature is unsound.
 * @param committer e-mail and time (seconds since the epoch) that the commit states
 */
export function openPgpSignature(
  statusText: string,
  keys: readonly OpenPgpKey[],
  committer: { email: string; atS: number },
): CheckedSignature {
  const lines = statusLines(statusText);
  const results = lines.filter(({ word }) => outcomes.includes(word));
  const [result] = results;
  const valid = lines.filter(({ word }) => word === 'VALIDSIG');
  if (result === undefined || results.length !== 1 || lines.some(({ word }) => word === 'PLAINTEXT'))
    return unsound('gpg finds no single signature in it');
  if (result.word === 'ERRSIG') return unchecked(result);
  const [validity] = valid;
  if (result.word === 'BADSIG' || validity === undefined || valid.length !== 1)
    return unsound(`gpg says ${result.word}: it is over something else`, result.values[0]);
  const fingerprint = validity.values[9] ?? validity.values[0] ?? '';
  const key = keys.find((each) => each.fingerprint === fingerprint);
  const identities = key?.emails ?? [];
  return {
    ...{ kind: 'checked', method: 'openpgp', key: fingerprint, isSound: true, complaint: '' },
    isNamed: key !== undefined,
    validity: validityOf(result, lines, Math.max(committer.atS, Number(validity.values[2] ?? Infinity))),
    identities,
    isOfCommitter: identities.includes(committer.email),
  };
}

/** @param atS the later of when the signature and when the commit say that they were made */
function validityOf(result: Status, lines: readonly Status[], atS: number): CheckedSignature['validity'] {
  if (result.word === 'REVKEYSIG') return 'revoked';
  if (result.word === 'EXPSIG') return 'expired';
  if (result.word !== 'EXPKEYSIG') return 'valid';
  const expiries = lines.filter(({ word }) => word === 'KEYEXPIRED').map(({ values }) => Number(values[0]));
  return expiries.length > 0 && expiries.every((expiryS) => atS < expiryS) ? 'valid' : 'expired';
}

/** ERRSIG: key id, two algorithms, class, time, what was wrong, and in newer versions the fingerprint. */
function unchecked({ values }: Status): CheckedSignature {
  const fingerprint = values[6];
  const key = (fingerprint && fingerprint !== '-' ? fingerprint : values[0]) ?? '';
  if (values[5] !== missingKey) return unsound(`gpg cannot check it (code ${values[5] ?? 'unknown'})`, key);
  return { ...unsound('', key), isSound: true };
}

function unsound(complaint: string, key = ''): CheckedSignature {
  return {
    ...{ kind: 'checked', method: 'openpgp', key, isSound: false, complaint },
    ...{ isNamed: false, validity: 'valid', identities: [], isOfCommitter: false },
  };
}

function statusLines(text: string): Status[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('[GNUPG:] ')) return [];
    const [word = '', ...values] = line.trimEnd().split(' ').slice(1);
    return [{ word, values }];
  });
}
