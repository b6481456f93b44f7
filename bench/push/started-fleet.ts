import { join } from 'node:path';
import { startEmulatedAgents } from '../../cli/emulated-agents.js';
import { readInventory } from '../../cli/inventory.js';
import { createIdentity, type Identity } from '../../wire/identity.js';
import { GitRepository } from './git-repository.js';
import { flows, hostNames, type Policy, repositoryFiles } from './large-fleet.js';
import { ReconcilerProcess } from './reconciler-process.js';

/** A hundred emulated hosts at rest, and who reconciles them. */
export interface StartedFleet {
  repository: GitRepository;
  reconciler: ReconcilerProcess;
  /** Address of the reconciler's API. */
  api: string;
  /** What the repository asks for. */
  policy: Policy;
  /** Ends it all and removes the repository. */
  end(): Promise<void>;
}

const patienceMs = 60_000;
/** Looks, a second apart, that have to find nothing going on. */
const quietLooks = 3;

/** Brings a fleet up, lets its programs send, and waits until it has come to rest. */
export async function startFleet(): Promise<StartedFleet> {
  const identities = new Map<string, Identity>();
  for (const host of hostNames) identities.set(host, await createIdentity(host, Date.now()));
  const keys = new Map([...identities].map(([host, { pin }]) => [host, pin]));
  const policy: Policy = { pins: new Map(), level: 'path' };
  const files = repositoryFiles(keys, policy);
  const repository = await GitRepository.make();
  const first = await repository.commit(files);
  await repository.push();
  const stateDirectory = join(repository.directory, 'state');
  const reconciler = new ReconcilerProcess(['--repository', repository.remote, '--state', stateDirectory]);
  const end = async () => {
    await reconciler.end();
    await repository.remove();
  };
  try {
    const { hub, key, api } = await reconciler.started();
    const agents = await startEmulatedAgents(await inventoryOf(files), identities, { url: hub, pin: key }, 1);
    agents.fleet.offer(flows());
    await reconciler.pass(({ source, verdict }) => source === first && verdict === 'converged', patienceMs);
    await atRest(api);
    return { repository, reconciler, api, policy, end: () => agents.stop().then(end) };
  } catch (error) {
    await end();
    throw error;
  }
}

async function inventoryOf(files: Record<string, string>) {
  const read = Object.entries(files).map(([path, text]) => ({ path, text }));
  const inventory = await readInventory({ read: async () => ({ kind: 'documents', source: 'bench', files: read }) });
  if (typeof inventory === 'string') throw new Error(inventory);
  return inventory;
}

/** Until the application is known and what followed from that is done. */
export async function atRest(api: string): Promise<void> {
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
