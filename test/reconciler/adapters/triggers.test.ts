import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CronTrigger } from '../../../reconciler/adapters/cron.js';
import { GitJournal } from '../../../reconciler/adapters/journal.js';
import { RemoteTrigger } from '../../../reconciler/adapters/remote-trigger.js';
import { WatchTrigger } from '../../../reconciler/adapters/watch.js';
import type { Clock, Trigger } from '../../../reconciler/ports.js';
import { requestedAt } from '../../../reconciler/requested-at.js';
import { gitIn, mirrorOf, repository, temporaryDirectory, writeFiles } from './git-fixture.js';
import { draft } from './journal-fixture.js';

const realClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until the test lets the next task run. */
function manualClock(): Clock & { delays: number[]; next(): void } {
  const waiting: (() => void)[] = [];
  const delays: number[] = [];
  return {
    delays,
    nowMs: () => 0,
    after: (delayMs, task) => {
      delays.push(delayMs);
      waiting.push(task);
      return () => waiting.splice(waiting.indexOf(task), 1);
    },
    next: () => waiting.shift()?.(),
  };
}

/** Starts a trigger, and gives the reasons that it names from then on. */
async function reasonsOf(trigger: Trigger): Promise<string[]> {
  const reasons: string[] = [];
  onTestFinished(() => trigger.stop());
  await trigger.start((reason) => reasons.push(reason));
  return reasons;
}

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 20 });

describe('WatchTrigger', () => {
  const open = async (directory: string) =>
    reasonsOf(new WatchTrigger({ paths: [directory], debounceMs: 50, clock: realClock }));

  it('asks when a document is changed, added or removed', async () => {
    const directory = temporaryDirectory();
    writeFiles(directory, { 'desired/a.yaml': 'a: 1\n' });
    const reasons = await open(directory);
    writeFiles(directory, { 'desired/a.yaml': 'a: 2\n' });
    await eventually(() => expect(reasons).toEqual([`${join(directory, 'desired/a.yaml')} changed`]));
    writeFiles(directory, { 'desired/new/b.yaml': 'b: 1\n' });
    await eventually(() => expect(reasons).toHaveLength(2));
    rmSync(join(directory, 'desired/a.yaml'));
    await eventually(() => expect(reasons).toHaveLength(3));
  });

  it('asks once for many changes at once', async () => {
    const directory = temporaryDirectory();
    const clock = manualClock();
    const reasons = await reasonsOf(new WatchTrigger({ paths: [directory], debounceMs: 50, clock }));
    writeFiles(directory, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.yaml`, 'x: 1\n'])));
    await eventually(() => expect(clock.delays.length).toBeGreaterThanOrEqual(20));
    clock.next();
    clock.next();
    expect(reasons).toHaveLength(1);
  });

  it('looks neither behind links nor into .git', async () => {
    const directory = temporaryDirectory();
    const elsewhere = temporaryDirectory();
    mkdirSync(join(directory, '.git'));
    symlinkSync(elsewhere, join(directory, 'link'));
    const atOnce: Clock = {
      nowMs: () => 0,
      after: (_delayMs, task) => {
        task();
        return () => undefined;
      },
    };
    const reasons = await reasonsOf(new WatchTrigger({ paths: [directory], debounceMs: 50, clock: atOnce }));
    writeFileSync(join(elsewhere, 'a.yaml'), 'a: 1\n');
    writeFileSync(join(directory, '.git/index'), '');
    await new Promise((resolve) => setTimeout(resolve, 300));
    writeFileSync(join(directory, 'z.yaml'), 'z: 1\n');
    await eventually(() => expect(reasons).not.toEqual([]));
    expect(new Set(reasons)).toEqual(new Set([`${join(directory, 'z.yaml')} changed`]));
  });

  it('asks no more after it was stopped', async () => {
    const directory = temporaryDirectory();
    const clock = manualClock();
    const trigger = new WatchTrigger({ paths: [directory], debounceMs: 50, clock });
    const reasons = await reasonsOf(trigger);
    writeFileSync(join(directory, 'a.yaml'), 'a: 1\n');
    await eventually(() => expect(clock.delays).not.toEqual([]));
    await trigger.stop();
    clock.next();
    expect(reasons).toEqual([]);
  });
});

describe('RemoteTrigger', () => {
  const options = { ref: 'refs/heads/main', intervalMs: 3_600_000, jitter: () => 0, debounceMs: 50, clock: realClock };

  it('looks when somebody says that there was a push, asks only if there was one, and tells which commit', async () => {
    const from = repository();
    from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const mirror = await mirrorOf(from.remote);
    const tips = vi.fn(mirror.tips.bind(mirror));
    const elsewhere = { ...mirror.remote, directory: null };
    const trigger = new RemoteTrigger({ ...options, mirror: { remote: elsewhere, tips } });
    const moved: string[] = [];
    trigger.onMoved((commit) => moved.push(commit));
    const reasons = await reasonsOf(trigger);
    for (let i = 0; i < 20; i++) trigger.lookSoon();
    await eventually(() => expect(tips.mock.calls.length).toBe(2));
    await tips.mock.results[1]?.value;
    expect([reasons, moved]).toEqual([[], []]);
    const commit = from.commit({ 'desired/a.yaml': 'a: 2\n' });
    trigger.lookSoon();
    await eventually(() => expect(reasons).toEqual([`commit ${commit.slice(0, 12)} on refs/heads/main`]));
    expect(moved).toEqual([commit]);
    await trigger.stop();
    trigger.lookSoon();
    expect(tips.mock.calls.length).toBe(3);
  });

  it('sees a push to a repository on this machine at once, but not what the journal pushes', async () => {
    const from = repository();
    from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const mirror = await mirrorOf(from.remote);
    const tips = vi.fn(mirror.tips.bind(mirror));
    const reasons = await reasonsOf(new RemoteTrigger({ ...options, mirror: { remote: mirror.remote, tips } }));
    await new GitJournal(mirror).append(draft());
    await eventually(() => expect(tips.mock.calls.length).toBeGreaterThanOrEqual(2));
    await tips.mock.results[1]?.value;
    expect(reasons).toEqual([]);
    const commit = from.commit({ 'desired/a.yaml': 'a: 2\n' });
    await eventually(() => expect(reasons).toEqual([`commit ${commit.slice(0, 12)} on refs/heads/main`]));
  });

  it('sees a commit in a working copy, and one to packed refs', async () => {
    const from = repository();
    from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const reasons = await reasonsOf(new RemoteTrigger({ ...options, mirror: await mirrorOf(from.work) }));
    writeFiles(from.work, { 'desired/a.yaml': 'a: 2\n' });
    gitIn(from.work, 'commit', '-q', '-a', '-m', 'Edit');
    await eventually(() => expect(reasons).toHaveLength(1));
    gitIn(from.work, 'pack-refs', '--all');
    gitIn(from.work, 'reset', '-q', '--hard', 'HEAD~1');
    await eventually(() => expect(reasons).toHaveLength(2));
  });

  it('asks a remote at an interval with jitter, and says when it goes away and comes back', async () => {
    const from = repository();
    const first = from.commit({ 'desired/a.yaml': 'a: 1\n' });
    const mirror = await mirrorOf(from.remote);
    const clock = manualClock();
    const elsewhere = {
      remote: { ...mirror.remote, directory: null },
      tips: mirror.tips.bind(mirror),
    };
    const shares = [0, 0.5, 0.25];
    const jitter = () => shares.shift() ?? 0;
    const reasons = await reasonsOf(
      new RemoteTrigger({ ...options, mirror: elsewhere, intervalMs: 1000, jitter, clock }),
    );
    const looked = async (times: number) => {
      clock.next();
      await eventually(() => expect(clock.delays).toHaveLength(times + 1));
    };
    await looked(1);
    expect(reasons).toEqual([]);
    const second = from.commit({ 'desired/a.yaml': 'a: 2\n' });
    await looked(2);
    renameSync(from.remote, `${from.remote}.away`);
    await looked(3);
    await looked(4);
    renameSync(`${from.remote}.away`, from.remote);
    await looked(5);
    expect(reasons).toEqual([
      `commit ${second.slice(0, 12)} on refs/heads/main`,
      `${from.remote} does not answer`,
      `commit ${second.slice(0, 12)} on refs/heads/main`,
    ]);
    expect(first).not.toBe(second);
    expect(clock.delays.slice(0, 4)).toEqual([1000, 1500, 1250, 1000]);
  });
});

describe('CronTrigger', () => {
  it('asks at its times, in its time zone, without a word on the console, until it is stopped', async () => {
    const spoken = (['log', 'info', 'warn', 'error', 'debug'] as const).map((level) => vi.spyOn(console, level));
    const trigger = new CronTrigger('* * * * * *', 'Asia/Kolkata');
    const reasons = await reasonsOf(trigger);
    await eventually(() => expect(reasons.length).toBeGreaterThanOrEqual(2));
    expect(reasons[0]).toContain('window * * * * * * (Asia/Kolkata)');
    await trigger.stop();
    const count = reasons.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(reasons).toHaveLength(count);
    for (const spy of spoken) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe('requestedAt', () => {
  const document = (value?: string) => ({
    metadata: { name: 'fleet', annotations: value === undefined ? {} : { 'virtuoso.dev/requestedAt': value } },
  });

  it('is the newest time on any document, across time zones', () => {
    const [older, newer] = ['2026-03-01T12:00:00+05:30', '2026-03-01T07:00:00Z'];
    expect(requestedAt([document(), document(newer), document(older)])).toBe(newer);
    expect(requestedAt([document(older), document(newer)])).toBe(newer);
  });

  it('is null where nobody asks, or not with a time', () => {
    expect(requestedAt([])).toBeNull();
    expect(requestedAt([document(), document('now, please')])).toBeNull();
  });
});
