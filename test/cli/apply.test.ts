import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDemoRepository } from '../../cli/demo-repository.js';
import { type EmulatedAgents, startEmulatedAgents } from '../../cli/emulated-agents.js';
import { readInventory } from '../../cli/inventory.js';
import { openRepository } from '../../cli/open-repository.js';
import { openSession, type Session } from '../../cli/session.js';
import type { Plan } from '../../schema/generated/types.js';
import { createIdentity, type Identity } from '../../wire/identity.js';
import { gitIn } from '../reconciler/adapters/git-fixture.js';
import { build, cli, stackLines } from './run-cli.js';

const hosts = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];
const vms = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];

const directory = mkdtempSync(join(tmpdir(), 'virtuoso-test-'));
const work = join(directory, 'repository');
const state = join(directory, 'state');
const planFile = join(directory, 'plan.json');
const ends: (() => Promise<void>)[] = [];

let agents: EmulatedAgents;
let session: Session;

// A reconciler that is suspended: it plans, and applies what it is told to. The tests go on from one another.
beforeAll(async () => {
  await build();
  const identities = new Map<string, Identity>();
  for (const host of hosts) identities.set(host, await createIdentity(host, Date.now()));
  const pins = new Map([...identities].map(([host, { pin }]) => [host, pin]));
  await makeDemoRepository({ example: 'fig14', directory: work, pins });
  edit('desired/adaptation.yaml', (text) => text.replace('spec:\n', 'spec:\n  suspend: true\n'));

  const repository = await openRepository({
    repository: work,
    ref: 'main',
    subdirectory: '',
    stateDirectory: state,
    pollMs: 1000,
  });
  if (repository.kind === 'failed') throw new Error(repository.message);
  const address = { host: '127.0.0.1', port: 0 };
  const log = (): void => undefined;
  const opened = await openSession({ repository, stateDirectory: state, hub: address, api: address, log });
  if (opened.kind === 'failed') throw new Error(opened.message);
  session = opened;
  ends.push(() => opened.close());
  const inventory = await readInventory(repository.source);
  if (typeof inventory === 'string') throw new Error(inventory);
  agents = await startEmulatedAgents(inventory, identities, { url: session.hubUrl, pin: session.hubPin }, 1);
  ends.push(() => agents.stop());
  await session.loop.start();
}, 120_000);

afterAll(async () => {
  for (const end of ends) await end();
  rmSync(directory, { recursive: true, force: true });
});

function edit(path: string, change: (text: string) => string): void {
  const file = join(work, path);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  gitIn(work, 'commit', '-q', '-a', '-m', 'Change the fleet');
}

/** A verb that speaks with the reconciler. */
const ask = (...args: string[]) => cli(...args, '--server', session.apiUrl ?? '', '--state', state);

const savedPlan = (): Plan => JSON.parse(readFileSync(planFile, 'utf8'));
const places = () => vms.map((vm) => agents.fleet.runningOn(vm).join(' and '));
const nowhere = ['', '', '', ''];
const started = ['host-2', 'host-4', 'host-5', 'host-6'];

it('`get plan` saves the plan of a suspended reconciler, which has done nothing', async () => {
  await expect.poll(() => session.loop.plan()?.steps.length ?? 0, { timeout: 20_000 }).toBeGreaterThan(0);
  const run = await ask('get', 'plan', '--out', planFile);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout).toContain('4 VMs started');
  expect(places()).toEqual(nowhere);
});

it('refuses a plan under another hash', async () => {
  const run = await ask('apply', planFile, '--hash', `sha256:${'0'.repeat(64)}`);
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('it is another plan, or it was edited');
  expect(places()).toEqual(nowhere);
});

it('refuses a plan that was edited, and one that is none', async () => {
  const plan = savedPlan();
  const edited = join(directory, 'edited.json');
  writeFileSync(edited, JSON.stringify({ ...plan, steps: plan.steps.slice(0, 1) }));
  const run = await ask('apply', edited, '--hash', plan.hash);
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('it was edited');
  writeFileSync(edited, JSON.stringify({ ...plan, steps: 'all' }));
  const none = await ask('apply', edited, '--hash', plan.hash);
  expect(none).toMatchObject({ code: 1, stdout: '' });
  expect(none.stderr).toContain('steps');
  expect(stackLines(none)).toEqual([]);
  expect(places()).toEqual(nowhere);
});

it('refuses whoever does not hold the token', async () => {
  const run = await cli(
    'apply',
    planFile,
    '--hash',
    savedPlan().hash,
    '--server',
    session.apiUrl ?? '',
    '--state',
    work,
  );
  expect(run).toMatchObject({ code: 1, stdout: '' });
  expect(run.stderr).toContain('api-token');
  expect(places()).toEqual(nowhere);
});

it('applies the plan that was saved, step by step', async () => {
  const { hash, steps } = savedPlan();
  const run = await ask('apply', planFile, '--hash', hash);
  expect(run).toMatchObject({ code: 0, stderr: '' });
  expect(run.stdout.trimEnd().split('\n')).toEqual(steps.map(({ id }) => `step ${id}: done`));
  expect(places()).toEqual(started);
});

it('refuses the same plan again, and one that documents have overtaken, with exit code 5', async () => {
  expect(await ask('apply', planFile, '--hash', savedPlan().hash)).toMatchObject({ code: 5, stdout: '' });
  edit('desired/network.yaml', (text) => text.replace('proxy: host-1', 'proxy: host-4'));
  const wanted = () => session.loop.plan()?.changes.some(({ kind }) => kind === 'link-add') ?? false;
  await expect.poll(wanted, { timeout: 20_000 }).toBe(true);
  expect(await ask('get', 'plan', '--out', planFile)).toMatchObject({ code: 0 });
  edit('desired/network.yaml', (text) => text.replace('proxy: host-4', 'proxy: host-5'));
  const run = await ask('apply', planFile, '--hash', savedPlan().hash);
  expect(run).toMatchObject({ code: 5, stdout: '' });
  expect(run.stderr).toContain('make a new one');
  expect(session.loop.view().links.every(({ a }) => a === 'host-1')).toBe(true);
  edit('desired/network.yaml', (text) => text.replace('proxy: host-5', 'proxy: host-1'));
});

it('refuses a plan for a fleet that has changed since, with exit code 5', async () => {
  edit('desired/network.yaml', (text) => text.replace('proxy: host-1', 'proxy: host-6'));
  const isFor = (peer: string) => JSON.stringify(session.loop.plan()?.changes ?? []).includes(`"b":"${peer}"`);
  await expect.poll(() => isFor('host-6'), { timeout: 20_000 }).toBe(true);
  expect(await ask('get', 'plan', '--out', planFile)).toMatchObject({ code: 0 });
  agents.fleet.resetCore('host-3');
  const isUp = () => session.loop.view().links.find(({ b }) => b === 'host-3')?.up;
  await expect.poll(isUp, { timeout: 20_000 }).toBe(false);
  const run = await ask('apply', planFile, '--hash', savedPlan().hash);
  expect(run).toMatchObject({ code: 5, stdout: '' });
  expect(places()).toEqual(started);
});

it('left it all in the journal, for `history`, `explain` and `plan --journal`', async () => {
  const own = ['--state', join(directory, 'reader')];
  const history = await cli('history', work, ...own);
  expect(history).toMatchObject({ code: 0, stderr: '' });
  expect(history.stdout).toMatch(/applied .* applied 4 of 4 steps/);
  expect(history.stdout).toContain('suspended');
  const { entries } = JSON.parse((await cli('history', '-o', 'json', '-n', '2', work, ...own)).stdout);
  expect(entries).toHaveLength(2);

  const explained = await cli('explain', 'vm/vm-1', work, ...own);
  expect(explained).toMatchObject({ code: 0, stderr: '' });
  expect(explained.stdout).toMatch(/^vm-1 runs on host-2, as of pass \d+/);
  const unknown = await cli('explain', 'vm/vm-9', work, ...own);
  expect(unknown).toMatchObject({ code: 1, stdout: '' });
  expect(unknown.stderr).toContain('those in use are vm-1, vm-2, vm-3, vm-4');

  const planned = await cli('plan', '--journal', work, '-o', 'json', work, ...own);
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  const { changes }: Plan = JSON.parse(planned.stdout);
  expect(changes.some(({ kind }) => kind === 'guest-start')).toBe(false);
});
