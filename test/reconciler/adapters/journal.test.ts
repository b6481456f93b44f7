import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GitMirror } from '../../../reconciler/adapters/git-mirror.js';
import { GitJournal } from '../../../reconciler/adapters/journal.js';
import type { Appended, JournalRead } from '../../../reconciler/ports.js';
import { gitIn, mirrorOf, repository, temporaryDirectory, writeFiles } from './git-fixture.js';
import { draft, outcomes, plan, refused } from './journal-fixture.js';

const all = async (journal: GitJournal, limit?: number): Promise<JournalRead[]> => {
  const reads: JournalRead[] = [];
  for await (const read of journal.entries(limit)) reads.push(read);
  return reads;
};

const passes = (reads: JournalRead[]) => reads.map((read) => (read.kind === 'record' ? read.entry.pass : read.kind));
const triggers = (reads: JournalRead[]) =>
  reads.map((read) => (read.kind === 'record' ? read.entry.trigger : read.kind));

const appended = (result: Appended) => {
  if (result.kind === 'failed') throw new Error(result.message);
  return result;
};

const by = (trigger: string) => draft({ entry: { trigger } });
const show = (remote: string, path: string) => gitIn(remote, 'show', `virtuoso/status:${path}`);

/** Makes the remote refuse pushes, and returns what allows them again. */
function refusePushes(remote: string): () => void {
  const hook = join(remote, 'hooks/pre-receive');
  writeFiles(remote, { 'hooks/pre-receive': '#!/bin/sh\necho "the branch is protected" >&2\nexit 1\n' });
  chmodSync(hook, 0o755);
  return () => rmSync(hook);
}

describe('GitJournal', () => {
  it('is empty before the first entry, which starts the branch', async () => {
    const { remote } = repository();
    const journal = new GitJournal(await mirrorOf(remote));
    expect(await journal.head()).toBeNull();
    expect(await journal.latest()).toBeNull();
    expect(await all(journal)).toEqual([]);
    const first = appended(await journal.append(draft()));
    expect(first).toEqual({
      kind: 'appended',
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      pass: 1,
      pushed: true,
      message: '',
    });
    expect(gitIn(remote, 'rev-list', '--parents', 'virtuoso/status')).toBe(first.commit);
    expect(await journal.head()).toBe(first.commit);
  });

  it('gives back what was appended, to any reader of the remote', async () => {
    const { remote } = repository();
    const { commit } = appended(await new GitJournal(await mirrorOf(remote)).append(draft()));
    const { plan: planned, observed, entry } = draft();
    expect(await new GitJournal(await mirrorOf(remote)).latest()).toEqual({
      kind: 'record',
      commit,
      entry: { format_version: '1', pass: 1, ...entry },
      plan: planned,
      observed,
    });
  });

  it('tells what users have changed', async () => {
    const { remote } = repository();
    const journal = new GitJournal(await mirrorOf(remote));
    const key = `sha256:${'A'.repeat(43)}=`;
    const stated = { periodUs: 10_000, sliceUs: 3000 };
    const change = { vm: 'vm-1', host: 'host-6', key, stated, before: stated, at: '2026-03-01T12:00:00.000Z' };
    const adjustments = [{ ...change, after: { periodUs: 20_000, sliceUs: 8000 } }];
    const entry = { verdict: 'adjusted' as const, planHash: null, outcomes: [], adjustments };
    appended(await journal.append(draft({ plan: null, planMarkdown: null, entry })));
    expect(await journal.latest()).toMatchObject({ entry: { verdict: 'adjusted', adjustments } });
    expect(show(remote, 'README.md')).toContain('vm-1 on host-6 has 8 ms in every 20 ms, had 3 ms in every 10 ms');
  });

  it('can be read with git alone', async () => {
    const { remote } = repository();
    const journal = new GitJournal(await mirrorOf(remote));
    await journal.append(draft());
    await journal.append(draft({ entry: { verdict: 'partial', outcomes: outcomes(1) } }));
    await journal.append(refused('vm-3 fits nowhere: 3 hosts have too little memory | add one\nForged: line'));
    expect(gitIn(remote, 'log', '--format=%an <%ae> %aI %cn %s', 'virtuoso/status').split('\n')).toEqual([
      'Virtuoso <virtuoso@localhost> 2026-03-01T13:00:00+00:00 Virtuoso pass 3: infeasible: vm-3 fits nowhere: 3 hosts have too little memory |…',
      'Virtuoso <virtuoso@localhost> 2026-03-01T12:00:00+00:00 Virtuoso pass 2: applied 1 of 3 steps, set up the link host-4 -- host-6',
      'Virtuoso <virtuoso@localhost> 2026-03-01T12:00:00+00:00 Virtuoso pass 1: applied 3 of 3 steps, moved vm-1 to host-6, stopped vm-9 on hos…',
    ]);
    expect(gitIn(remote, 'log', '-1', '--format=%b', 'virtuoso/status~2')).toBe(
      [
        plan.decision.reason,
        '',
        'Verdict: applied',
        'Actor: virtuoso',
        'Trigger: commit cccccccc',
        `Source: ${'c'.repeat(40)}`,
        `Plan: ${plan.hash}`,
      ].join('\n'),
    );
    expect(gitIn(remote, 'ls-tree', '--name-only', 'virtuoso/status~1').split('\n')).toEqual([
      ...['README.md', 'entry.json', 'observed.json', 'plan.json', 'plan.md'],
    ]);
    expect(gitIn(remote, 'show', 'virtuoso/status~1:plan.md')).toBe('# Plan\n\nMove vm-1.');
    expect(gitIn(remote, 'ls-tree', '--name-only', 'virtuoso/status').split('\n')).toEqual([
      ...['README.md', 'entry.json', 'observed.json'],
    ]);
    expect(show(remote, 'entry.json')).toMatch(/^\{\n {2}"format_version": "1",\n {2}"actor": "virtuoso",\n/);
    const front = show(remote, 'README.md');
    expect(front).toContain('| vm-1 | host-6 |');
    expect(front).toContain('| fleet/fleet | Ready | False |');
    expect(front).toContain('3 hosts have too little memory \\| add one Forged: line |');
  });

  it('writes the same commits for the same entries', async () => {
    const heads = await Promise.all(
      [1, 2].map(async () => {
        const journal = new GitJournal(await mirrorOf(repository().remote));
        await journal.append(draft());
        return appended(await journal.append(refused('no'))).commit;
      }),
    );
    expect(heads[0]).toBe(heads[1]);
  });

  it('reads 200 entries in order, newest first', async () => {
    const { remote } = repository();
    const journal = new GitJournal(await mirrorOf(remote));
    for (let i = 1; i <= 200; i++) appended(await journal.append(by(`change ${i}`)));
    const expected = Array.from({ length: 200 }, (_, i) => 200 - i);
    const reads = await all(new GitJournal(await mirrorOf(remote)));
    expect(passes(reads)).toEqual(expected);
    expect(triggers(reads)).toEqual(expected.map((i) => `change ${i}`));
    expect(passes(await all(journal, 40))).toEqual(expected.slice(0, 40));
  }, 600_000);

  it('keeps every entry of two writers on two mirrors', async () => {
    const { remote } = repository();
    const journals = [new GitJournal(await mirrorOf(remote)), new GitJournal(await mirrorOf(remote))];
    const results = await Promise.all(
      journals.map(async (journal, writer) => {
        const made: ReturnType<typeof appended>[] = [];
        for (let i = 0; i < 5; i++) made.push(appended(await journal.append(by(`${writer}.${i}`))));
        return made;
      }),
    );
    expect(results.flat().every((result) => result.pushed)).toBe(true);
    const reads = await all(new GitJournal(await mirrorOf(remote)));
    expect(passes(reads)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(triggers(reads).sort()).toEqual(['0.0', '0.1', '0.2', '0.3', '0.4', '1.0', '1.1', '1.2', '1.3', '1.4']);
    const byCommit = new Map(reads.map((read) => [read.commit, read]));
    for (const { commit, pass } of results.flat()) expect(byCommit.get(commit)).toMatchObject({ entry: { pass } });
  }, 300_000);

  it('keeps every entry of two writers on one mirror', async () => {
    const { remote } = repository();
    const mirror = await mirrorOf(remote);
    const journals = [new GitJournal(mirror), new GitJournal(mirror)];
    await Promise.all(
      journals.map(async (journal, writer) => {
        for (let i = 0; i < 5; i++) expect(appended(await journal.append(by(`${writer}.${i}`))).pushed).toBe(true);
      }),
    );
    const reads = await all(new GitJournal(await mirrorOf(remote)));
    expect(passes(reads)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  }, 300_000);

  it('keeps an entry that the remote refuses, says so, and pushes it with the next', async () => {
    const { remote } = repository();
    const journal = new GitJournal(await mirrorOf(remote));
    await journal.append(by('first'));
    const allow = refusePushes(remote);
    const kept = appended(await journal.append(by('second')));
    expect(kept).toMatchObject({ pass: 2, pushed: false, message: expect.stringContaining('the branch is protected') });
    expect(await journal.latest()).toMatchObject({ entry: { trigger: 'second' } });
    expect(gitIn(remote, 'rev-list', '--count', 'virtuoso/status')).toBe('1');
    allow();
    expect(appended(await journal.append(by('third')))).toMatchObject({ pass: 3, pushed: true });
    expect(triggers(await all(new GitJournal(await mirrorOf(remote))))).toEqual(['third', 'second', 'first']);
  });

  it('puts what it kept on top of what others wrote in the meantime, also after a restart', async () => {
    const { remote } = repository();
    const state = temporaryDirectory();
    const journal = new GitJournal(await mirrorOf(remote, state));
    await journal.append(by('first'));
    const allow = refusePushes(remote);
    await journal.append(by('kept'));
    allow();
    await new GitJournal(await mirrorOf(remote)).append(by('other'));
    const restarted = new GitJournal(await mirrorOf(remote, state));
    expect(await restarted.latest()).toMatchObject({ entry: { trigger: 'kept', pass: 3 } });
    expect(appended(await restarted.append(by('last')))).toMatchObject({ pass: 4, pushed: true });
    const reads = await all(new GitJournal(await mirrorOf(remote)));
    expect(triggers(reads)).toEqual(['last', 'kept', 'other', 'first']);
    expect(passes(reads)).toEqual([4, 3, 2, 1]);
    expect(gitIn(remote, 'show', 'virtuoso/status~1:plan.md')).toBe('# Plan\n\nMove vm-1.');
  });

  it('works from the mirror while the remote is away', async () => {
    const { remote } = repository();
    const state = temporaryDirectory();
    await new GitJournal(await mirrorOf(remote, state)).append(by('first'));
    rmSync(remote, { recursive: true });
    const journal = new GitJournal(await mirrorOf(remote, state));
    expect(await journal.refresh()).toMatchObject({ kind: 'failed', message: expect.stringContaining(remote) });
    expect(await journal.latest()).toMatchObject({ entry: { trigger: 'first' } });
    expect(appended(await journal.append(by('second')))).toMatchObject({ pass: 2, pushed: false });
  });

  it('tells what others put on the branch, and goes on above it', async () => {
    const { remote, work } = repository();
    const journal = new GitJournal(await mirrorOf(remote));
    await journal.append(by('first'));
    gitIn(work, 'fetch', '-q', 'origin', 'virtuoso/status');
    gitIn(work, 'checkout', '-q', '-B', 'status', 'FETCH_HEAD');
    writeFileSync(join(work, 'entry.json'), '{"format_version": "1"}\n');
    gitIn(work, 'commit', '-q', '-a', '-m', 'Meddle');
    gitIn(work, 'push', '-q', 'origin', 'status:virtuoso/status');
    expect(appended(await journal.append(by('second')))).toMatchObject({ pass: 2, pushed: true });
    const reads = await all(journal);
    expect(passes(reads)).toEqual([2, 'unreadable', 1]);
    expect(reads[1]).toMatchObject({ message: expect.stringContaining('entry.json: not a JournalEntry') });
    expect(await journal.latest()).toMatchObject({ entry: { trigger: 'second' } });
  });

  it('clips what is too long, and refuses what could not be read again', async () => {
    const { remote } = repository();
    const journal = new GitJournal(await mirrorOf(remote));
    await journal.append(by(`${'x'.repeat(400)}\n`));
    expect(await journal.latest()).toMatchObject({ entry: { trigger: `${'x'.repeat(255)}…` } });
    const failed = await journal.append(draft({ entry: { placement: [{ vm: 'not a name', host: 'host-1' }] } }));
    expect(failed).toMatchObject({ kind: 'failed', message: expect.stringContaining('/placement/0/vm') });
    expect(passes(await all(journal))).toEqual([1]);
  });

  it('never touches other branches and never checks files out', async () => {
    const from = repository();
    const commit = from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const mirror: GitMirror = await mirrorOf(from.remote);
    await new GitJournal(mirror).append(draft());
    expect(gitIn(from.remote, 'for-each-ref', '--format=%(refname) %(objectname)').split('\n')).toEqual([
      `refs/heads/main ${commit}`,
      expect.stringContaining('refs/heads/virtuoso/status '),
    ]);
    expect(readdirSync(mirror.directory)).not.toContain('index');
    expect(readdirSync(mirror.directory)).not.toContain('README.md');
  });
});
