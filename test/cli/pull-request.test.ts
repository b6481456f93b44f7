import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import type { Plan } from '../../schema/generated/types.js';
import { describeLab } from '../environment.js';
import { gitIn } from '../reconciler/adapters/git-fixture.js';
import { ReconcilerProcess } from './reconciler-process.js';
import { build } from './run-cli.js';

const vms = 'desired/vms.yaml';
const patience = { timeout: 120_000, interval: 100 };

beforeAll(build, 240_000);

/** A reconciler at work, and the bare repository that it follows, with the hooks that are shipped. */
class PullRequests {
  readonly reconciler = new ReconcilerProcess();
  readonly work = this.reconciler.work;
  readonly #folder = join(this.reconciler.directory, 'plans');
  readonly #programs = join(this.reconciler.directory, 'bin');

  async open(): Promise<void> {
    await this.reconciler.start();
    const { remote } = this.reconciler;
    mkdirSync(this.#folder);
    mkdirSync(this.#programs);
    const main = join(packageRoot(), 'dist', 'cli', 'main.js');
    const program = join(this.#programs, 'virtuoso');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
    chmodSync(program, 0o755);
    mkdirSync(join(remote, 'hooks'), { recursive: true });
    for (const name of ['pre-receive', 'post-receive']) {
      const hook = join(remote, 'hooks', name);
      copyFileSync(join(packageRoot(), 'docs', 'how-to', 'ci', name), hook);
      chmodSync(hook, 0o755);
    }
    gitIn(remote, 'config', 'virtuoso.comments', this.#folder);
  }

  /** Commits a change of the VMs on a new branch that begins at `main`. */
  branch(name: string, edit: (text: string) => string): string {
    gitIn(this.work, 'checkout', '-q', '-b', name, 'main');
    const file = join(this.work, vms);
    writeFileSync(file, edit(readFileSync(file, 'utf8')));
    gitIn(this.work, 'commit', '-q', '-a', '-m', `Change it: ${name}`);
    return gitIn(this.work, 'rev-parse', 'HEAD');
  }

  push(refspec: string) {
    const env = { ...process.env, PATH: `${this.#programs}:${process.env.PATH}` };
    return spawnSync('git', ['push', 'origin', refspec], { cwd: this.work, env, encoding: 'utf8' });
  }

  comment(commit: string): string {
    return readFileSync(join(this.#folder, `${commit}.md`), 'utf8');
  }

  /** Rule and place of each annotation. */
  annotations(commit: string): string[] {
    const { version, runs } = JSON.parse(readFileSync(join(this.#folder, `${commit}.sarif`), 'utf8'));
    expect(version).toBe('2.1.0');
    return runs[0].results.map(
      ({ ruleId, locations: [{ physicalLocation: at }] }: SarifResult) =>
        `${at.artifactLocation.uri}:${at.region.startLine}:${at.region.startColumn} ${ruleId}`,
    );
  }

  /** Where each VM runs. */
  async placement(): Promise<Record<string, string | null>> {
    const { vms } = await this.reconciler.fleet();
    return Object.fromEntries(vms.map(({ name, host }) => [name, host ?? null]));
  }

  /** Waits until a commit is in effect, VMs run so, and nothing is left to do. */
  async converges(commit: string, placement: object): Promise<void> {
    await expect.poll(async () => (await this.reconciler.fleet()).source, patience).toBe(commit);
    await expect.poll(() => this.placement(), patience).toEqual(placement);
    await expect.poll(async () => (await this.reconciler.condition('fleet/fleet'))?.status, patience).toBe('True');
  }

  /** The newest plan of the journal that was made by a commit and changed something. */
  journalled(commit: string): Plan | undefined {
    const ref = 'refs/heads/virtuoso/status';
    const entries = gitIn(this.reconciler.remote, 'rev-list', ref).split('\n');
    for (const entry of entries) {
      const plan = JSON.parse(gitIn(this.reconciler.remote, 'show', `${entry}:plan.json`)) as Plan;
      if (plan.basis.source === commit && plan.steps.length > 0) return plan;
    }
    return undefined;
  }
}

interface SarifResult {
  ruleId: string;
  locations: [
    { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number; startColumn: number } } },
  ];
}

describeLab('a pull request', ['linux'], () => {
  it('gets a comment and annotations when it is pushed, and the fleet converges when it is merged', {
    timeout: 600_000,
  }, async () => {
    const requests = new PullRequests();
    const { reconciler, work } = requests;
    await requests.open();
    const first = gitIn(work, 'rev-parse', 'HEAD');
    const before = { 'vm-1': 'host-2', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-6' };
    await requests.converges(first, before);

    const broken = requests.branch('much', (text) => text.replace('1Gi', 'much'));
    expect(requests.push('much').status).toBe(0);
    expect(requests.comment(broken)).toContain('**much has mistakes, and would not take effect.**');
    expect(requests.annotations(broken)).toEqual([`${vms}:10:11 VIRT2007`]);
    const refused = requests.push('much:main');
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('refs/heads/main stays as it is');

    const pinned = requests.branch('pin', (text) => text.replace('initialHost: host-6', 'pin: host-3'));
    const pushed = requests.push('pin');
    expect(pushed.status, pushed.stderr).toBe(0);
    const comment = requests.comment(pinned);
    expect(comment.split('\n').slice(0, 6).join('\n')).toContain('1 VM moved');
    expect(comment).toContain('| vm-4 | host-6 | host-6 | host-3 |');
    expect(comment.length).toBeLessThan(65_000);
    expect(requests.annotations(pinned)).toEqual([]);

    gitIn(work, 'checkout', '-q', 'main');
    gitIn(work, 'merge', '-q', '--no-ff', '-m', 'Merge the pin', 'pin');
    const merged = gitIn(work, 'rev-parse', 'HEAD');
    expect(requests.push('main').status).toBe(0);
    await requests.converges(merged, { ...before, 'vm-4': 'host-3' });
    await expect
      .poll(() => requests.journalled(merged)?.decision.mapping, patience)
      .toContainEqual(expect.objectContaining({ vm: 'vm-4', from: 'host-6', to: 'host-3' }));
    expect(reconciler.log()).not.toMatch(/^\s+at /m);
  });
});
