import type { Drift } from '../schema/generated/types.js';
import type { ConditionDraft } from './condition-draft.js';
import type { Snapshot } from './model/snapshot.js';
import { leftToOthers, mostRepairs } from './pass/left-to-others.js';

/** What is not as it was left, by host and of the whole fleet, and what others have in their hands. */
export function driftConditions(
  drift: readonly Drift[],
  { foreign = [] }: Pick<Snapshot, 'foreign'>,
): ConditionDraft[] {
  const hosts = [...new Set(drift.map(({ host }) => host))];
  const objects = [...new Set(foreign.map(({ object }) => object))];
  const base = { type: 'Drifted', status: 'True' } as const;
  const drafts = hosts
    .filter((host) => !objects.includes(`host/${host}`))
    .map((host): ConditionDraft => {
      const own = drift.filter((each) => each.host === host);
      return { ...base, object: `host/${host}`, reason: 'NotAsLeft', message: `${counted(own)} ${advice}` };
    });
  if (hosts.length > 0) {
    const message = `On ${hosts.join(', ')}: ${counted(drift)} ${advice}`;
    drafts.push({ ...base, object: 'fleet/fleet', reason: 'NotAsLeft', message });
  }
  const left = leftToOthers(foreign);
  return [
    ...drafts,
    ...objects.map((object): ConditionDraft => {
      const own = foreign.filter((each) => each.object === object);
      const newest = own.at(-1);
      const what = `No plan did this: ${newest?.message}, ${own.length === 1 ? 'once' : `the last of ${own.length} times`} since the newest commit.`;
      const isLeft = left.has(object);
      const then = isLeft
        ? 'It is left as it is until the next commit: end who changes it, or commit what they want.'
        : `What is put right more than ${mostRepairs} times is left to them: find out who it is.`;
      return { ...base, object, reason: 'MovedByOthers', message: `${what} ${then}` };
    }),
  ];
}

const advice = 'See `virtuoso drift`.';

function counted(drift: readonly Drift[]): string {
  const count = (kind: Drift['kind']) => drift.filter((each) => each.kind === kind).length;
  const words = [
    [count('missing'), 'missing'],
    [count('different'), 'different'],
    [count('extra'), 'too many'],
  ] as const;
  return `${words.flatMap(([some, word]) => (some > 0 ? [`${some} ${word}`] : [])).join(', ')}.`;
}
