import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { GitProposals } from '../../../reconciler/adapters/git-proposals.js';
import { gitIn, mirrorOf, repository, writeFiles } from './git-fixture.js';

const clock = { nowMs: () => 1_772_366_400_000, after: () => () => undefined };
const branch = 'virtuoso/revert-0123456789ab';

async function twoCommits() {
  const { remote, commit } = repository();
  const from = commit({ 'desired/a.yaml': 'a: 1\n', 'README.md': 'one\n' });
  const onto = commit({ 'desired/a.yaml': 'a: 2\n', 'desired/b.yaml': 'b: 1\n', 'README.md': 'two\n' });
  const mirror = await mirrorOf(remote);
  await mirror.fetch('refs/heads/main', 'refs/virtuoso/source/main');
  const proposals = new GitProposals({ mirror, subdirectory: '' }, clock);
  return { remote, from, onto, proposals };
}

it('puts documents back as they were on a branch of its own, and leaves all else', async () => {
  const { remote, from, onto, proposals } = await twoCommits();
  const made = await proposals.propose({ branch, from, onto, message: 'Take it back\n' });
  expect(made).toEqual({ kind: 'proposed', commit: gitIn(remote, 'rev-parse', branch) });
  expect(gitIn(remote, 'ls-tree', '-r', '--name-only', branch).split('\n')).toEqual(['README.md', 'desired/a.yaml']);
  expect(gitIn(remote, 'show', `${branch}:desired/a.yaml`)).toBe('a: 1');
  expect(gitIn(remote, 'show', `${branch}:README.md`)).toBe('two');
  expect(gitIn(remote, 'rev-parse', `${branch}^`)).toBe(onto);
  expect(gitIn(remote, 'rev-parse', 'main')).toBe(onto);
});

it('says so where the remote refuses, where the branch is there already, and where nothing would change', async () => {
  const { remote, from, onto, proposals } = await twoCommits();
  expect(await proposals.propose({ branch, from: onto, onto, message: 'x' })).toMatchObject({ kind: 'failed' });
  expect(await proposals.propose({ branch, from: '--upload-pack=x', onto, message: 'x' })).toMatchObject({
    kind: 'failed',
  });
  gitIn(remote, 'branch', branch, from);
  expect(await proposals.propose({ branch, from, onto, message: 'x' })).toMatchObject({ kind: 'failed' });
  expect(gitIn(remote, 'rev-parse', branch)).toBe(from);
  writeFiles(remote, { 'hooks/pre-receive': '#!/bin/sh\nexit 1\n' });
  chmodSync(`${remote}/hooks/pre-receive`, 0o755);
  const refused = await proposals.propose({ branch: 'virtuoso/other', from, onto, message: 'x' });
  expect(refused).toMatchObject({ kind: 'failed', message: expect.stringContaining('could not be pushed') });
});
