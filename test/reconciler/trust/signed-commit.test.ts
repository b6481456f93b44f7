import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseSignedCommit } from '../../../reconciler/trust/signed-commit.js';

const id = 'a'.repeat(40);
const head = `tree ${'b'.repeat(40)}\nauthor Eve <eve@example.org> 1 +0000\ncommitter Ada <ada@example.org> 1700000000 +0100\n`;
const armour = '-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----';
const header = (name: string, text = armour) => `${name} ${text.replaceAll('\n', '\n ')}\n`;
const parse = (text: string, ofId = id) => parseSignedCommit(ofId, Buffer.from(text));

it('gives the signature, and what it is over', () => {
  const parsed = parse(`${head}${header('gpgsig')}encoding UTF-8\n\nSubject\n\ngpgsig is no header here\n`);
  expect(parsed).toMatchObject({
    signature: { method: 'ssh', armour: `${armour}\n` },
    committer: { email: 'ada@example.org', atS: 1_700_000_000 },
  });
  expect('payload' in parsed && parsed.payload.toString()).toBe(
    `${head}encoding UTF-8\n\nSubject\n\ngpgsig is no header here\n`,
  );
});

it('takes the signature of the format that the repository is of', () => {
  const both = `${head}${header('gpgsig-sha256', armour.replace('U1', 'V1'))}\nSubject\n`;
  expect(parse(both)).toMatchObject({ signature: null });
  expect(parse(both, 'a'.repeat(64))).toMatchObject({ signature: { method: 'ssh' } });
});

it('refuses what can be read in two ways', () => {
  const malformed = { kind: 'malformed' };
  expect(parse(`${head}${header('gpgsig')}${header('gpgsig')}\nSubject\n`)).toMatchObject(malformed);
  expect(parse(`${head}committer Eve <eve@example.org> 1 +0000\n\nSubject\n`)).toMatchObject(malformed);
  expect(parse(` ${head}\nSubject\n`)).toMatchObject(malformed);
  expect(parse(head.replace('Ada <', 'Ada <eve@example.org> <'))).toMatchObject(malformed);
  expect(parse('')).toMatchObject(malformed);
  const two = `${armour}\n${armour}`;
  expect(parse(`${head}${header('gpgsig', two)}\nSubject\n`)).toMatchObject({ signature: { method: 'other' } });
  expect(parse(`${head}${header('gpgsig', '-----BEGIN SIGNED MESSAGE-----')}\n`)).toMatchObject({
    signature: { method: 'other' },
  });
});

it('loses and adds no byte, whatever the commit is', () => {
  const line = fc.string().filter((text) => text !== '' && !/^[ \n]|\n|^(gpgsig|committer)/.test(text));
  const property = fc.property(fc.array(line), fc.uint8Array(), fc.boolean(), (lines, body, isSigned) => {
    const more = lines.map((each) => `${each}\n`).join('');
    const whole = (signature: string) =>
      Buffer.concat([Buffer.from(`${head}${signature}${more}\n`), Buffer.from(body)]);
    const parsed = parseSignedCommit(id, whole(isSigned ? header('gpgsig') : ''));
    if (parsed.kind !== 'commit') throw new Error(parsed.message);
    expect(parsed.payload.equals(whole(''))).toBe(true);
    expect(parsed.signature !== null).toBe(isSigned);
  });
  fc.assert(property, { seed: 7, numRuns: 500 });
});
