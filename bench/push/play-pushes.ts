import { join } from 'node:path';
import { startEmulatedAgents } from '../../cli/emulated-agents.js';
import { readInventory } from '../../cli/inventory.js';
import { createIdentity, type Identity } from '../../wire/identity.js';
import { GitRepository } from './git-repository.js';
import {
  flows,
  hostCount,
  hostNames,
  type Policy,
  policyFiles,
  repositoryFiles,
  vmCount,
  vmName,
} from './large-fleet.js';
import { ReconcilerProcess } from './reconciler-process.js';

export interface Pushed {
  kind: 'move' | 'objective';
  /** From the end of the push until the first plan of it was carried out; null where there was nothing to do. */
  appliedMs: number | null;
  /** From the end of the push until a pass found nothing more to do. */
  convergedMs: number;
  steps: number;
}

const patienceMs = 60_000;
/** Looks, a second apart, that have to find nothing going on before the next push. */
const quietLooks = 3;

/** Brings a fleet up and to rest, pushes one policy after another, and tells how long each took. */
export async function playPushes(count: number): Promise<{ pushed: Pushed[]; secondsByStep: Record<string, number> }> {
  const identities = new Map<string, Identity>();
  for (const host of hostNames) identities.set(host, await createIdentity(host, Date.now()));
  const keys = new Map([...identities].map(([host, { pin }]) => [host, pin]));
  const policy: Policy = { pins: new Map(), level: 'path' };
  const files = repositoryFiles(keys, policy);
  const repository = await GitRepository.make();
  const first = await repository.commit(files);
  await repository.push();
  const reconciler = new ReconcilerProcess([
    '--repository',
    repository.remote,
    '--state',
    join(repository.directory, 'state'),
  ]);
  try {
    const { hub, key, api } = await reconciler.started();
    const agents = await startEmulatedAgents(await inventoryOf(files), identities, { url: hub, pin: key }, 1);
    agents.fleet.offer(flows());
    await reconciler.pass(({ source, verdict }) => source === first && verdict === 'converged', patienceMs);
    await atRest(api);
    const before = await secondsByStep(api);
    const pushed = await pushAll(repository, reconciler, api, policy, count);
    const after = await secondsByStep(api);
    await agents.stop();
    return { pushed, secondsByStep: difference(before, after) };
  } finally {
    await reconciler.end();
    await repository.remove();
  }
}

async function pushAll(
  repository: GitRepository,
  reconciler: ReconcilerProcess,
  api: string,
  from: Policy,
  count: number,
): Promise<Pushed[]> {
  const pushed: Pushed[] = [];
  let policy = from;
  for (let i = 0; i < count; i++) {
    const kind = i % 2 === 0 ? 'move' : 'objective';
    policy = kind === 'move' ? withMove(policy, i) : { ...policy, level: policy.level === 'path' ? 'edge' : 'path' };
    const commit = await repository.commit(policyFiles(policy));
    const pushedAtMs = await repository.push();
    const end = await reconciler.pass(
      ({ source, verdict }) => source === commit && verdict === 'converged',
      patienceMs,
    );
    const passes = reconciler.passesOf(commit);
    const applied = passes.find(({ verdict }) => verdict === 'applied');
    pushed.push({
      kind,
      appliedMs: applied ? applied.atMs - pushedAtMs : null,
      convergedMs: end.atMs - pushedAtMs,
      steps: passes.reduce((sum, { steps }) => sum + steps, 0),
    });
    await atRest(api);
  }
  return pushed;
}

/** One more VM has to run at another site. */
function withMove({ pins, level }: Policy, i: number): Policy {
  const vm = (i * 37) % vmCount;
  return { level, pins: new Map([...pins, [vmName(vm), hostNames[(vm * 7 + 13) % hostCount] ?? '']]) };
}

async function inventoryOf(files: Record<string, string>) {
  const read = Object.entries(files).map(([path, text]) => ({ path, text }));
  const inventory = await readInventory({ read: async () => ({ kind: 'documents', source: 'bench', files: read }) });
  if (typeof inventory === 'string') throw new Error(inventory);
  return inventory;
}

/** Until the application is known and what followed from that is done. */
async function atRest(api: string): Promise<void> {
  const endMs = Date.now() + patienceMs;
  let quiet = 0;
  let last = -1;
  while (quiet < quietLooks) {
    const view = (await (await fetch(`${api}/v1/fleet`)).json()) as {
      pass: number;
      phase: string;
      traffic: { declaredAtMs: number | null; changingSinceMs?: number };
    };
    const { declaredAtMs, changingSinceMs } = view.traffic;
    const isKnown = declaredAtMs !== null && changingSinceMs === undefined;
    const isQuiet = isKnown && view.phase === 'idle' && view.pass === last;
    quiet = isQuiet ? quiet + 1 : 0;
    last = view.pass;
    if (Date.now() > endMs) throw new Error('the fleet did not come to rest');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

/** What each part of passes took so far, in all. */
async function secondsByStep(api: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${api}/metrics`)).text();
  const lines = text.matchAll(/^virtuoso_pass_duration_seconds_sum\{step="(\w+)"\} (\S+)$/gm);
  return Object.fromEntries([...lines].map(([, step, seconds]) => [step, Number(seconds)]));
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([step, seconds]) => [step, seconds - (before[step] ?? 0)]));
}
