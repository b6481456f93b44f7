import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLog } from '../../cli/log.js';
import { Redaction } from '../../cli/redact.js';

const characters = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_'];
const secrets = fc.string({ unit: fc.constantFrom(...characters), minLength: 20, maxLength: 60 });
/** Words of others around a secret, of anything that may come. */
const words = fc.string({ unit: 'grapheme', maxLength: 40 });

/** Ways in which a secret comes into a line, unknown to the process. */
const disguises: Record<string, (secret: string) => string> = {
  'a password in a URL': (secret) => `https://ada:${secret}@git.example/fleet.git`,
  'a token in a URL': (secret) => `https://${secret}@git.example/fleet.git`,
  'a password for SSH': (secret) => `ssh://ada:${secret}@git.example/fleet.git`,
  'the query of a URL': (secret) => `https://git.example/?a=1&access_token=${secret}&b=2`,
  'a header': (secret) => `Authorization: Bearer ${secret}`,
  'basic credentials': (secret) => `authorization: Basic ${Buffer.from(`ada:${secret}`).toString('base64')}`,
  'a setting': (secret) => `DB_PASSWORD=${secret}`,
  JSON: (secret) => JSON.stringify({ client_secret: secret }),
  'a quoted value with spaces': (secret) => `passphrase: "two words ${secret}"`,
  'a token of GitHub': (secret) => `ghp_${secret.replaceAll(/[-_]/g, 'x')}`,
  'a token of GitLab': (secret) => `glpat-${secret}`,
  'a JSON web token': (secret) => `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`,
  'a private key': (secret) => `-----BEGIN PRIVATE KEY-----\n${secret}\n${secret}\n-----END PRIVATE KEY-----`,
  'a key that is cut off': (secret) => `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}`,
};

/** The line that a log in one of its forms makes of a message or a field. */
function lines(told: string, hidden: string[] = []): string[] {
  const written: string[] = [];
  for (const format of ['json', 'text'] as const) {
    const log = openLog({ format, write: (line) => written.push(line), nowMs: () => 0 });
    for (const secret of hidden) log.hide(secret);
    log('info', told);
    log('warn', 'a field', { told, list: [{ told }], error: new Error(told) });
  }
  return written;
}

describe('a log', () => {
  it.each(Object.entries(disguises))('lets no secret through as %s', (_name, disguise) => {
    fc.assert(
      fc.property(secrets, words, words, (secret, before, after) => {
        // What follows an opened quotation or a key that is cut off belongs to it.
        for (const line of lines(`${before} ${disguise(secret)} ${after}`)) {
          expect(line).not.toContain(secret);
          expect(line).not.toContain(secret.replaceAll(/[-_]/g, 'x'));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('lets nothing through that it was told to hide, in whatever form it comes', () => {
    const any = fc.string({ unit: 'grapheme', minLength: 6, maxLength: 40 }).filter((text) => text.trim().length >= 6);
    fc.assert(
      fc.property(any, words, (secret, before) => {
        const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
        for (const form of forms)
          for (const line of lines(`${before}${form}.`, [secret])) {
            expect(line).toContain('[redacted]');
            if (!'redacted'.includes(form)) expect(new Redaction().text(line)).not.toContain(`${form}.`);
          }
      }),
      { numRuns: 100 },
    );
  });

  it('hides all of a field that is named after a secret', () => {
    const written: string[] = [];
    const log = openLog({ format: 'json', write: (line) => written.push(line) });
    log('info', 'fields', { apiToken: 'x1', deep: [{ Password: ['x2'], cookie: { a: 'x3' } }], key: 'pin' });
    expect(written.join('')).not.toMatch(/x[123]/);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ apiToken: '[redacted]', key: 'pin' });
  });

  it('leaves what is none as it is', () => {
    const plain = [
      'The agent of host-7 is connected.',
      'ssh://git@git.example:2222/fleet.git does not answer',
      'commit 0b9f7d6c5a4e on refs/heads/main, plan sha256:5e1c',
      'Send the header `Authorization: Bearer TOKEN`.',
      'link host-1--host-2: no packet for 3 s',
    ];
    const redaction = new Redaction();
    expect(plain.map((text) => redaction.text(text))).toEqual(plain);
  });

  it('takes time in proportion to what it is given', () => {
    const redaction = new Redaction();
    const hostile = [
      'token:'.repeat(50_000),
      `https://${'a:'.repeat(100_000)}`,
      '-----BEGIN A-----'.repeat(20_000),
      `"`.repeat(200_000),
    ];
    for (const text of hostile) expect(redaction.text(text).length).toBeLessThanOrEqual(2 * text.length);
  });
});

describe('the forms of a log', () => {
  it('are an object a line, and a line for people without escape sequences', () => {
    const of = (format: 'json' | 'text') => {
      const written: string[] = [];
      const log = openLog({ format, base: { host: 'host-1' }, write: (line) => written.push(line), nowMs: () => 0 });
      log('warn', 'It is \u001b[31mred\u001b[0m.', { pass: 3, plan: undefined, problems: ['a'] });
      return written;
    };
    expect(of('json').map((line) => JSON.parse(line))).toEqual([
      {
        level: 40,
        time: '1970-01-01T00:00:00.000Z',
        host: 'host-1',
        pass: 3,
        problems: ['a'],
        msg: 'It is \u001b[31mred\u001b[0m.',
      },
    ]);
    expect(of('text')).toEqual([
      '1970-01-01T00:00:00.000Z warn  It is \\u{1b}[31mred\\u{1b}[0m. host=host-1 pass=3 problems=["a"]\n',
    ]);
  });
});
