import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readWebhooks } from '../../cli/webhooks.js';
import { packageRoot } from '../../package-root.js';
import { signature } from '../../reconciler/adapters/signed-body.js';

async function directory(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'virtuoso-test-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

const secret = 'a'.repeat(64);
async function secretFile(text = `${secret}\n`): Promise<string> {
  const file = join(await directory(), 'secret');
  await writeFile(file, text);
  return file;
}

async function complaint(options: Parameters<typeof readWebhooks>[0], repository: string | null = null) {
  const read = await readWebhooks(options, repository);
  return read.kind === 'failed' ? read.message : '';
}

describe('webhooks of the command line', () => {
  it('are nobody when nothing is said', async () => {
    expect(await readWebhooks({}, null)).toEqual({ kind: 'webhooks', notify: null, pushSecret: null });
  });

  it('have their secrets from files, without the line feed', async () => {
    const file = await secretFile();
    const notify = 'https://alerts.example/virtuoso';
    const read = await readWebhooks({ notify, notifySecret: file, pushSecret: file }, null);
    expect(read).toEqual({ kind: 'webhooks', notify: { url: notify, secret }, pushSecret: secret });
  });

  it('are refused where the options do not fit each other', async () => {
    const file = await secretFile();
    expect(await complaint({ notify: 'https://alerts.example' })).toContain('--notify-secret');
    expect(await complaint({ notifySecret: file })).toContain('add --notify URL');
  });

  it('are refused where others could read along, without repeating the address', async () => {
    const notifySecret = await secretFile();
    const of = (notify: string) => complaint({ notify, notifySecret });
    expect(await of('http://alerts.example/tok3n')).toContain('has to be https://');
    expect(await of('ftp://127.0.0.1/tok3n')).toContain('has to be https://');
    expect(await of('https://ada:tok3n@alerts.example')).toContain('credentials');
    expect(await of('tok3n')).toContain('is not a URL');
    for (const url of ['http://alerts.example/tok3n', 'tok3n']) expect(await of(url)).not.toContain('tok3n');
    expect(await of('http://127.0.0.1:9000/hook')).toBe('');
  });

  it('are refused where the secret is short, of many lines, absent, or in the repository', async () => {
    for (const text of ['short\n', '', `${secret}\n${secret}\n`])
      expect(await complaint({ pushSecret: await secretFile(text) })).toContain('openssl rand -hex 32');
    expect(await complaint({ pushSecret: '/does/not/exist' })).toContain('name a file that this user can read');
    const repository = await directory();
    await mkdir(join(repository, 'secrets'));
    await writeFile(join(repository, 'secrets', 'push'), secret);
    expect(await complaint({ pushSecret: join(repository, 'secrets', 'push') }, repository)).toContain(
      'is inside the repository',
    );
  });
});

describe('the example that verifies a signature', () => {
  const page = readFileSync(join(packageRoot(), 'docs', 'how-to', 'be-notified.md'), 'utf8');
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];

  it('takes what is genuine and nothing else', async () => {
    const file = join(await directory(), 'example.mjs');
    await writeFile(file, code);
    const { isGenuine } = (await import(pathToFileURL(file).href)) as {
      isGenuine(secret: string, header: string | undefined, body: string, nowSeconds?: number): boolean;
    };
    const body = '{"id":"1"}';
    const header = signature(secret, 1000, body);
    expect(isGenuine(secret, header, body, 1010)).toBe(true);
    expect(isGenuine(secret, header, `${body} `, 1010)).toBe(false);
    expect(isGenuine('another', header, body, 1010)).toBe(false);
    expect(isGenuine(secret, header.replace('t=1000', 't=1001'), body, 1010)).toBe(false);
    expect(isGenuine(secret, header, body, 2000)).toBe(false);
    for (const wrong of [undefined, '', 't=1000,v1=00']) expect(isGenuine(secret, wrong, body, 1010)).toBe(false);
  });
});
