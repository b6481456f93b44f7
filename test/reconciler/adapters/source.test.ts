import { execFileSync } from 'node:child_process';
import { chownSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DirectorySource } from '../../../reconciler/adapters/directory-source.js';
import { GitMirror } from '../../../reconciler/adapters/git-mirror.js';
import { GitSource } from '../../../reconciler/adapters/git-source.js';
import type { Source, SourceRead } from '../../../reconciler/ports.js';
import { isDocumentPath } from '../../../schema/validate/select.js';
import { maxFileBytes } from '../../../schema/validate/source-file.js';
import { describeLab } from '../../environment.js';
import { gitIn, mirrorOf, type Repository, repository, temporaryDirectory, writeFiles } from './git-fixture.js';

const gitSource = async (url: string, ref = 'refs/heads/main', subdirectory = ''): Promise<GitSource> =>
  new GitSource({ mirror: await mirrorOf(url), ref, subdirectory, select: isDocumentPath });

const filesOf = (read: SourceRead) => {
  if (read.kind !== 'documents') throw new Error(read.message);
  return read.files;
};

const kinds: [string, (from: Repository) => Promise<Source>][] = [
  ['git', (from) => gitSource(from.remote)],
  ['directory', async (from) => new DirectorySource({ directory: from.work, select: isDocumentPath })],
];

describe.each(kinds)('the %s source', (_name, open) => {
  it('reads the documents, sorted, and nothing else', async () => {
    const from = repository();
    from.commit({
      'desired/web/b.yaml': 'b: 2\n',
      'desired/a.yml': 'ä: "€"\n',
      'desired/ö.yaml': 'o: 1\n',
      'desired-notes.yaml': 'not: this\n',
      'policies/z.yaml': '',
      'README.md': '# Fleet\n',
      'desired/notes.txt': 'not this\n',
    });
    expect(filesOf(await (await open(from)).read())).toEqual([
      { path: 'desired/a.yml', text: 'ä: "€"\n' },
      { path: 'desired/web/b.yaml', text: 'b: 2\n' },
      { path: 'desired/ö.yaml', text: 'o: 1\n' },
      { path: 'policies/z.yaml', text: '' },
    ]);
  });

  it('refuses what is too large, not text, a link or a submodule, each by name', async () => {
    const from = repository();
    writeFiles(from.work, { 'desired/good.yaml': 'good: 1\n', 'outside.yaml': 'secret: 1\n' });
    symlinkSync('../outside.yaml', join(from.work, 'desired/link.yaml'));
    symlinkSync('..', join(from.work, 'desired/up'));
    symlinkSync('outside.yaml', join(from.work, 'README.md'));
    gitIn(from.work, '-c', 'protocol.file.allow=always', 'clone', '-q', from.remote, 'desired/vendor');
    gitIn(join(from.work, 'desired/vendor'), 'commit', '-q', '--allow-empty', '-m', 'Start');
    from.commit({
      'desired/large.yaml': Buffer.alloc(maxFileBytes + 1, '#'),
      'desired/largest.yaml': Buffer.alloc(maxFileBytes, '#'),
      'desired/latin.yaml': Buffer.from([0x61, 0x0a, 0xe4, 0x0a]),
    });
    const files = filesOf(await (await open(from)).read()).filter((file) => file.path !== 'desired/largest.yaml');
    expect(files).toEqual([
      { path: 'desired/good.yaml', text: 'good: 1\n' },
      { path: 'desired/large.yaml', refused: 'too-large', bytes: maxFileBytes + 1 },
      { path: 'desired/latin.yaml', refused: 'not-utf8', bytes: 4, at: { line: 2, column: 1 } },
      { path: 'desired/link.yaml', refused: 'symlink', bytes: '../outside.yaml'.length },
      { path: 'desired/up', refused: 'symlink', bytes: 2 },
      { path: 'desired/vendor', refused: 'submodule', bytes: 0 },
    ]);
  });

  it('sees what changed and what went', async () => {
    const from = repository();
    from.commit({ 'desired/a.yaml': 'a: 1\n', 'desired/b.yaml': 'b: 1\n', 'desired/c.yaml': 'b: 1\n' });
    const source = await open(from);
    await source.read();
    rmSync(join(from.work, 'desired/b.yaml'));
    from.commit({ 'desired/a.yaml': 'a: 2\n' });
    expect(filesOf(await source.read())).toEqual([
      { path: 'desired/a.yaml', text: 'a: 2\n' },
      { path: 'desired/c.yaml', text: 'b: 1\n' },
    ]);
  });

  it('says that it is gone, and recovers', async () => {
    const from = repository();
    from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const source = await open(from);
    const before = await source.read();
    for (const directory of [from.remote, from.work]) execFileSync('mv', [directory, `${directory}.away`]);
    const gone = await source.read();
    expect(gone).toMatchObject({ kind: 'unavailable' });
    expect(gone.kind === 'unavailable' && gone.message).toMatch(/cannot be read .*: check/);
    for (const directory of [from.remote, from.work]) execFileSync('mv', [`${directory}.away`, directory]);
    expect(await source.read()).toEqual(before);
  });
});

describe('GitSource', () => {
  it('names the commit, follows the branch also when it is rewritten, and can read an older commit', async () => {
    const from = repository();
    const first = from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const source = await gitSource(from.remote);
    expect(await source.read()).toMatchObject({ source: first });
    gitIn(from.work, 'commit', '-q', '--amend', '-m', 'Start again');
    gitIn(from.work, 'push', '-q', '-f', 'origin', 'HEAD:main');
    expect(await source.read()).toMatchObject({ source: gitIn(from.work, 'rev-parse', 'HEAD') });
    expect(await source.readAt(first)).toMatchObject({
      source: first,
      files: [{ path: 'desired/a.yaml', text: 'a: 1\n' }],
    });
    expect(await source.readAt('HEAD')).toMatchObject({ kind: 'unavailable' });
    expect(await source.readAt('0'.repeat(40))).toMatchObject({ kind: 'unavailable' });
  });

  it('remembers what took effect, beyond the process, also when the branch is rewritten', async () => {
    const from = repository();
    const state = temporaryDirectory();
    const open = async () => {
      const mirror = await mirrorOf(from.remote, state);
      return new GitSource({ mirror, ref: 'refs/heads/main', subdirectory: '', select: isDocumentPath });
    };
    const first = from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const source = await open();
    expect(await source.lastInEffect()).toBeNull();
    await source.read();
    expect(await source.tookEffect(first)).toBeNull();
    expect(await source.tookEffect('f'.repeat(40))).not.toBeNull();
    from.commit({ 'desired/a.yaml': 'a: 2\n' });
    gitIn(from.work, 'commit', '-q', '--amend', '-m', 'Start again');
    gitIn(from.work, 'push', '-q', '-f', 'origin', 'HEAD:main');
    const another = await open();
    await another.read();
    expect(await another.lastInEffect()).toMatchObject({
      source: first,
      files: [{ path: 'desired/a.yaml', text: 'a: 1\n' }],
    });
  });

  it('reads the default branch, a tag, and a folder, with paths from the top of the repository', async () => {
    const from = repository();
    const commit = from.commit({ 'fleets/lab/desired/a.yaml': 'a: 1\n', 'desired/b.yaml': 'b: 1\n' });
    gitIn(from.work, 'tag', '-a', 'v1', '-m', 'First');
    gitIn(from.work, 'push', '-q', 'origin', 'v1');
    const files = [{ path: 'fleets/lab/desired/a.yaml', text: 'a: 1\n' }];
    for (const ref of ['HEAD', 'refs/tags/v1'])
      expect(await (await gitSource(from.remote, ref, 'fleets/lab')).read()).toEqual({
        kind: 'documents',
        source: commit,
        files,
      });
  });

  it('says which branch or folder is missing', async () => {
    const from = repository();
    const empty = await (await gitSource(from.remote)).read();
    expect(empty).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('branch main') });
    from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const noBranch = await (await gitSource(from.remote, 'refs/heads/other')).read();
    expect(noBranch).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('branch other') });
    const noFolder = await (await gitSource(from.remote, 'HEAD', 'fleets')).read();
    expect(noFolder).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('no folder fleets') });
    const notFolder = await (await gitSource(from.remote, 'HEAD', 'desired/a.yaml')).read();
    expect(notFolder).toMatchObject({ kind: 'unavailable' });
  });

  it('reads over ssh', async () => {
    const from = repository();
    const commit = from.commit({ 'desired/a.yaml': 'a: 1\n' });
    // Stands for ssh: runs on this machine what it was asked to run on the other one.
    const ssh = join(temporaryDirectory(), 'ssh');
    writeFileSync(ssh, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n', { mode: 0o755 });
    vi.stubEnv('GIT_SSH_COMMAND', ssh);
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const url of [`ssh://git@git.example.org:2222${from.remote}`, `git@git.example.org:${from.remote}`])
      expect(await (await gitSource(url)).read()).toMatchObject({ source: commit });
  });

  it('never takes a branch for another whose name ends alike', async () => {
    const from = repository();
    const commit = from.commit({ 'desired/a.yaml': 'a: 1\n' });
    gitIn(from.work, 'push', '-q', 'origin', 'HEAD:refs/heads/refs/heads/main');
    from.commit({ 'desired/a.yaml': 'a: 2\n' });
    gitIn(from.work, 'push', '-q', '-f', 'origin', `${commit}:main`);
    expect(await (await gitSource(from.remote)).read()).toMatchObject({ source: commit });
  });

  it('never checks files out', async () => {
    const from = repository();
    from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const mirror = await mirrorOf(from.remote);
    const source = new GitSource({ mirror, ref: 'HEAD', subdirectory: '', select: isDocumentPath });
    await source.read();
    expect(readdirSync(mirror.directory)).not.toContain('index');
    expect(readdirSync(mirror.directory)).not.toContain('desired');
    expect(readdirSync(mirror.directory)).not.toContain('hooks');
  });

  it('allows no protocol but files, ssh and https, even past the check of the address', async () => {
    const state = temporaryDirectory();
    const owned = join(state, 'owned');
    for (const url of [`ext::touch% ${owned}`, `--upload-pack=touch ${owned};`, 'http://127.0.0.1:1/x']) {
      const opened = await GitMirror.open({ kind: 'remote', url, directory: null }, state);
      if (opened.kind === 'failed') throw new Error(opened.message);
      expect(await opened.mirror.tips(['HEAD'])).toMatchObject({ kind: 'failed' });
      expect(await opened.mirror.fetch('HEAD', 'refs/virtuoso/x')).toMatchObject({ kind: 'failed' });
    }
    expect(readdirSync(state)).not.toContain('owned');
  });
});

describeLab('GitSource on a repository of another user', ['root'], () => {
  it('leaves that decision to the operator, and says how to take it', async () => {
    const from = repository();
    from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const owner = 65_534;
    chownSync(from.remote, owner, owner);
    const read = await (await gitSource(from.remote)).read();
    expect(read).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/git config .* safe\.directory/),
    });
  });
});
