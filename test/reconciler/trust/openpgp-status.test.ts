import { describe, expect, it } from 'vitest';
import { openPgpKeys, openPgpSignature } from '../../../reconciler/trust/openpgp-status.js';

const key = 'A'.repeat(40);
const keys = [{ fingerprint: key, emails: ['ada@example.org'] }];
const committer = { email: 'ada@example.org', atS: 1000 };
const valid = (atS = 1000, primary = key) => `VALIDSIG ${'B'.repeat(40)} 2026-01-01 ${atS} 0 4 0 22 8 00 ${primary}`;
const check = (...lines: string[]) =>
  openPgpSignature(lines.map((line) => `[GNUPG:] ${line}\n`).join(''), keys, committer);
const good = 'GOODSIG BBBB Ada <ada@example.org>';

describe('the status of gpg', () => {
  it('tells a good signature by a subkey, by its primary key', () => {
    expect(check('NEWSIG', good, valid())).toMatchObject({ isSound: true, isNamed: true, isOfCommitter: true, key });
    expect(check(good, valid(1000, 'C'.repeat(40)))).toMatchObject({ isSound: true, isNamed: false });
  });

  it('is unsound without exactly one signature', () => {
    const several = [[], [good], [valid()], [good, valid(), good, valid()], [good, valid(), valid()]];
    for (const lines of [...several, ['PLAINTEXT 62 0', good, valid()], ['BADSIG BBBB Ada', valid()]])
      expect(check(...lines)).toMatchObject({ isSound: false });
  });

  it('is taken from its own lines only', () => {
    const text = `gpg: ${good}\n ${good}\n[GNUPG:] NODATA 1\n`;
    expect(openPgpSignature(text, keys, committer)).toMatchObject({ isSound: false });
  });

  it('tells missing keys from signatures that cannot be checked', () => {
    expect(check(`ERRSIG BBBB 22 8 00 1000 9 ${key}`)).toMatchObject({ isSound: true, isNamed: false, key });
    expect(check('ERRSIG BBBB 22 8 00 1000 4')).toMatchObject({ isSound: false, key: 'BBBB' });
  });

  it('counts an expired key for what was made before, as signature and commit both say', () => {
    const expired = (expiryS: number, signedS: number) =>
      check(`KEYEXPIRED ${expiryS}`, 'EXPKEYSIG BBBB Ada', valid(signedS)).validity;
    expect(expired(1001, 1000)).toBe('valid');
    expect(expired(1000, 900)).toBe('expired');
    expect(expired(1100, 1200)).toBe('expired');
    expect(check('EXPKEYSIG BBBB Ada', valid()).validity).toBe('expired');
    expect(check('EXPSIG BBBB Ada', valid()).validity).toBe('expired');
    expect(check('REVKEYSIG BBBB Ada', valid()).validity).toBe('revoked');
  });
});

it('a listing of keys gives primary fingerprints and addresses of user IDs that are not revoked', () => {
  const listing = [
    'pub:-:255:22:BBBB:1::::::scSC:',
    `fpr:::::::::${key}:`,
    'uid:-::::1::HASH::Ada \\x3a Smith <ada@example.org>::',
    'uid:r::::1::HASH::Ada <old@example.org>::',
    'uid:-::::1::HASH::plain@example.org::',
    'sub:-:255:22:CCCC:1::::::s:',
    `fpr:::::::::${'C'.repeat(40)}:`,
  ].join('\n');
  expect(openPgpKeys(listing)).toEqual([{ fingerprint: key, emails: ['ada@example.org', 'plain@example.org'] }]);
});
