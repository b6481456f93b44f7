import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { makeDemoRepository } from '../../cli/demo-repository.js';
import { startEmulatedAgents } from '../../cli/emulated-agents.js';
import { readInventory } from '../../cli/inventory.js';
import { packageRoot } from '../../package-root.js';
import { DirectorySource } from '../../reconciler/adapters/directory-source.js';
import type { Condition, ConditionList, FleetView } from '../../schema/generated/types.js';
import { isDocumentPath } from '../../schema/validate/select.js';
import { createIdentity, type Identity } from '../../wire/identity.js';
import { gitIn, temporaryDirectory } from '../reconciler/adapters/git-fixture.js';

const hosts = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];

/** The example as a bare repository with a clone of it, the reconciler as it ships in a process of its own, and emulated hosts. */
export class ReconcilerProcess {
  readonly directory = temporaryDirectory();
  readonly work = join(this.directory, 'work');
  readonly remote = join(this.directory, 'remote.git');
  #child: ChildProcess | undefined;
  #api = '';
  #log = '';

  async start(): Promise<void> {
    const identities = new Map<string, Identity>();
    for (const host of hosts) identities.set(host, await createIdentity(host, Date.now()));
    const pins = new Map([...identities].map(([host, { pin }]) => [host, pin]));
    await makeDemoRepository({ example: 'fig14', directory: this.work, pins });
    mkdirSync(this.remote);
    gitIn(this.remote, 'init', '-q', '--bare', '-b', 'main');
    gitIn(this.work, 'remote', 'add', 'origin', this.remote);
    gitIn(this.work, 'push', '-q', 'origin', 'HEAD:main');
    const { hub, key } = await this.#spawn();
    const inventory = await readInventory(new DirectorySource({ directory: this.work, select: isDocumentPath }));
    if (typeof inventory === 'string') throw new Error(inventory);
    const agents = await startEmulatedAgents(inventory, identities, { url: hub, pin: key }, 1);
    onTestFinished(() => agents.stop());
  }

  async #spawn(): Promise<{ hub: string; key: string }> {
    const main = join(packageRoot(), 'dist', 'cli', 'main.js');
    const ports = ['--hub-port', '0', '--api-port', '0', '--poll', '1000'];
    const args = [main, 'reconcile', '--repository', this.remote, '--state', join(this.directory, 'state'), ...ports];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    onTestFinished(() => void child.kill());
    child.stderr.on('data', (text: Buffer) => {
      this.#log += text.toString('utf8');
    });
    const started = () => /^.*"msg":"reconciling".*$/m.exec(this.#log)?.[0];
    await expect.poll(started, { timeout: 60_000 }).toBeDefined();
    const { hub, key, api } = JSON.parse(started() ?? '') as { hub: string; key: string; api: string };
    this.#api = api;
    return { hub, key };
  }

  /** All that it has logged. */
  log(): string {
    return this.#log;
  }

  async fleet(): Promise<FleetView> {
    return (await this.#get('/v1/fleet')) as FleetView;
  }

  /** What it says of the repository. */
  ready(): Promise<Condition | undefined> {
    return this.condition('source/repository');
  }

  /** Condition `Ready` of an object. */
  async condition(wanted: string): Promise<Condition | undefined> {
    const { conditions } = (await this.#get('/v1/conditions')) as ConditionList;
    return conditions.find(({ object, type }) => object === wanted && type === 'Ready');
  }

  /** The most memory that it has had in use so far. */
  peakMib(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  async #get(path: string): Promise<unknown> {
    const answer = await fetch(`${this.#api}${path}`);
    return answer.json();
  }
}
