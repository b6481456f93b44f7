import { chmodSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { git } from '../../../reconciler/adapters/git-command.js';
import { temporaryDirectory, writeFiles } from './git-fixture.js';

const call = (...args: string[]) => ({ arguments: args, timeLimitMs: 20_000, maxOutputBytes: 1_000_000 });

describe('git', () => {
  it('gives the output, and hands over the input', async () => {
    const done = await git({ ...call('hash-object', '--stdin'), input: 'hello\n' });
    expect(done).toEqual({ kind: 'done', output: Buffer.from('ce013625030ba8dba906f756967f9e9ca394464a\n') });
  });

  it("gives git's own complaint and exit code", async () => {
    const failed = await git(call('-C', temporaryDirectory(), 'rev-parse', '--git-dir'));
    expect(failed).toMatchObject({
      kind: 'failed',
      code: 128,
      message: expect.stringContaining('not a git repository'),
    });
  });

  it('ends a remote that never answers, with all that git has started', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const url = `https://127.0.0.1:${port}/fleet.git`;
    const connections: { destroyed: boolean }[] = [];
    server.on('connection', (socket) => connections.push(socket.resume()));
    const asked = await git({ ...call('ls-remote', '--', url), timeLimitMs: 1500 });
    expect(asked).toMatchObject({ kind: 'failed', message: 'git gave no answer within 1.5 s' });
    expect(connections).toHaveLength(1);
    await vi.waitFor(() => expect(connections[0]?.destroyed).toBe(true));
  });

  it('does not wait for what git leaves behind, such as a shared ssh connection', async () => {
    const left = '!sleep 60 >/dev/null </dev/null & echo $! ; true';
    const done = await git(call('-c', `alias.leave=${left}`, 'leave'));
    if (done.kind === 'failed') throw new Error(done.message);
    process.kill(Number(done.output.toString('utf8')));
  });

  it('stops reading where there is too much', async () => {
    const asked = await git({ ...call('help', '-a'), maxOutputBytes: 100 });
    expect(asked).toMatchObject({ kind: 'failed', message: expect.stringContaining('more than 100 bytes') });
  });

  it('says that git is missing', async () => {
    vi.stubEnv('PATH', temporaryDirectory());
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await git(call('version'))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('install git'),
    });
  });

  it('gives git no variable that it does not need', async () => {
    vi.stubEnv('SECRET_TOKEN', 'secret');
    vi.stubEnv('GIT_DIR', '/nowhere');
    onTestFinished(() => void vi.unstubAllEnvs());
    const shown = await git(call('-c', 'alias.show-environment=!env', 'show-environment'));
    if (shown.kind === 'failed') throw new Error(shown.message);
    const environment = shown.output.toString('utf8');
    expect(environment).toContain('GIT_ALLOW_PROTOCOL=file:ssh:https');
    expect(environment).toContain('GIT_TERMINAL_PROMPT=0');
    expect(environment).not.toMatch(/SECRET_TOKEN|nowhere/);
  });

  it('runs no hook of the repository', async () => {
    const directory = temporaryDirectory();
    const repository = join(directory, 'x.git');
    await git(call('init', '-q', '--bare', repository));
    const marker = join(directory, 'ran');
    writeFiles(repository, { 'hooks/reference-transaction': `#!/bin/sh\ntouch ${marker}\n` });
    chmodSync(join(repository, 'hooks/reference-transaction'), 0o755);
    const made = await git({ ...call(`--git-dir=${repository}`, 'hash-object', '-w', '--stdin'), input: 'x' });
    if (made.kind === 'failed') throw new Error(made.message);
    const blob = made.output.toString('utf8').trim();
    const moved = await git(call(`--git-dir=${repository}`, 'update-ref', 'refs/virtuoso/x', blob));
    expect(moved.kind).toBe('done');
    expect(existsSync(marker)).toBe(false);
  });
});
