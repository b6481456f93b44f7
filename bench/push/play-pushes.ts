import { hostCount, hostNames, type Policy, policyFiles, vmCount, vmName } from './large-fleet.js';
import { atRest, type StartedFleet, startFleet } from './started-fleet.js';

export interface Pushed {
  kind: 'move' | 'objective';
  /** From the end of the push until the first plan of it was carried out; null where there was nothing to do. */
  appliedMs: number | null;
  /** From the end of the push until a pass found nothing more to do. */
  convergedMs: number;
  steps: number;
}

const patienceMs = 60_000;

/** Brings a fleet up and to rest, pushes one policy after another, and tells how long each took. */
export async function playPushes(count: number): Promise<{ pushed: Pushed[]; secondsByStep: Record<string, number> }> {
  const fleet = await startFleet();
  try {
    const before = await secondsByStep(fleet.api);
    const pushed = await pushAll(fleet, count);
    return { pushed, secondsByStep: difference(before, await secondsByStep(fleet.api)) };
  } finally {
    await fleet.end();
  }
}

async function pushAll({ repository, reconciler, api, policy: from }: StartedFleet, count: number): Promise<Pushed[]> {
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
export function withMove({ pins, level }: Policy, i: number): Policy {
  const vm = (i * 37) % vmCount;
  return { level, pins: new Map([...pins, [vmName(vm), hostNames[(vm * 7 + 13) % hostCount] ?? '']]) };
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
