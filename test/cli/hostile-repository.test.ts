import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { captured } from '../../bench/fuzz/captured.js';
import { plan } from '../../cli/plan.js';
import { validate } from '../../cli/validate.js';
import { describeLab } from '../environment.js';
import { gitIn } from '../reconciler/adapters/git-fixture.js';
import { type Good, harmlessTraps, refusedTraps, type Trap } from './hostile-traps.js';
import { ReconcilerProcess } from './reconciler-process.js';
import { build } from './run-cli.js';

/** Far above what it needs without traps, and far below what a trap would take that works. */
const peakMibMax = 700;
const patience = { timeout: 240_000, interval: 100 };

beforeAll(build, 240_000);

/** Plays traps against a reconciler at work. */
class Play {
  readonly reconciler = new ReconcilerProcess();
  readonly canary = join(this.reconciler.directory, 'canary');
  readonly work = this.reconciler.work;
  /** What it says of each trap, with the parts left out that differ from run to run. */
  readonly told: string[] = [];

  git(...args: string[]): string {
    return gitIn(this.work, '-c', 'core.bigFileThreshold=1m', '-c', 'core.compression=1', ...args);
  }

  good(): Good {
    return { commit: this.git('rev-parse', 'HEAD'), tree: this.git('rev-parse', 'HEAD^{tree}') };
  }

  /** Commits a trap and pushes it. */
  spring({ lay, forge }: Trap, good: Good): string {
    if (lay) {
      lay(this.work, this.canary);
      this.git('add', '-A');
      this.git('commit', '-q', '-m', 'Change the fleet');
    }
    const commit = forge ? forge(this.work, good) : this.git('rev-parse', 'HEAD');
    this.push(commit);
    return commit;
  }

  push(commit: string): void {
    // Git warns once for each folder of a deep tree: more than is kept.
    const args = ['-C', this.work, 'push', '-q', '-f', 'origin', `${commit}:refs/heads/main`];
    execFileSync('git', args, { stdio: 'ignore' });
  }

  /** A commit with the good files on top of whatever came. */
  recover(good: Good, on: string): string {
    const commit = this.git('commit-tree', good.tree, '-p', on, '-m', 'Put it right');
    this.push(commit);
    this.git('reset', '-q', '--hard', commit);
    this.git('clean', '-qfdx');
    return commit;
  }

  async runs(commit: string): Promise<void> {
    await expect.poll(async () => (await this.reconciler.fleet()).source, patience).toBe(commit);
    await expect.poll(async () => (await this.reconciler.ready())?.status, patience).toBe('True');
  }

  async placement(): Promise<string> {
    const { vms } = await this.reconciler.fleet();
    return vms.map(({ name, host }) => `${name} on ${host}`).join(', ');
  }

  tell(name: string, message: string): void {
    const plain = message.replaceAll(/[0-9a-f]{40}/g, 'COMMIT').replaceAll(this.reconciler.directory, 'DIRECTORY');
    this.told.push(`## ${name}\n${plain.replaceAll(this.reconciler.directory.replaceAll('/', '%'), 'DIRECTORY')}\n`);
  }
}

describeLab('a hostile repository', ['linux'], () => {
  it('is refused with its reason while the last good commit keeps running', { timeout: 900_000 }, async () => {
    const play = new Play();
    const { reconciler } = play;
    await reconciler.start();
    let good = play.good();
    await play.runs(good.commit);
    await expect
      .poll(() => play.placement(), patience)
      .toMatch(/^vm-1 on host-\d, vm-2 on host-\d, vm-3 on host-\d, vm-4 on host-\d$/);
    const placement = await play.placement();
    for (const [name, trap] of Object.entries(refusedTraps)) {
      const bad = play.spring(trap, good);
      const told = async () => {
        const ready = await reconciler.ready();
        return ready?.status === 'False' && ready.message.includes(bad) ? ready.message : undefined;
      };
      await expect.poll(told, { ...patience, message: name }).toBeDefined();
      play.tell(name, (await told()) ?? '');
      expect((await reconciler.fleet()).source, name).toBe(good.commit);
      expect(await play.placement(), name).toBe(placement);
      if (trap.lay) await isRefusedHere(name, play.work);
      good = { ...good, commit: play.recover(good, bad) };
      await play.runs(good.commit);
    }
    for (const [name, trap] of Object.entries(harmlessTraps)) {
      const commit = play.spring(trap, good);
      await play.runs(commit);
      expect(await play.placement(), name).toBe(placement);
      good = { ...good, commit: play.recover(good, commit) };
      await play.runs(good.commit);
    }
    expect(existsSync(play.canary)).toBe(false);
    expect(reconciler.log()).not.toMatch(/^\s+at /m);
    expect(reconciler.peakMib()).toBeLessThan(peakMibMax);
    // As a file has it: half a character is none.
    const told = Buffer.from(play.told.join('\n')).toString('utf8');
    await expect(told).toMatchFileSnapshot('../golden/hostile-repository.txt');
  });
});

async function isRefusedHere(name: string, directory: string): Promise<void> {
  const options = {
    source: 'trap',
    output: 'text',
    detailedExitcode: false,
    audit: false,
    stateDirectory: directory,
  } as const;
  for (const verb of [() => validate([directory], 'json'), () => plan({ directory, ...options })]) {
    const { code, thrown, stderr } = await captured(verb);
    expect([thrown, code], name).toEqual([null, 1]);
    expect(stderr, name).not.toBe('');
  }
}
