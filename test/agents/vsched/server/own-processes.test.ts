import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ProcessIdentity } from '../../../../agents/linux/process-identity.js';
import { answer, authorityNow } from '../../../../agents/vsched/server/answer.js';
import type { VschedRequest } from '../../../../schema/generated/types.js';
import { ServedWorld } from './served-world.js';

const schedule = fc.record({
  periodUs: fc.constantFrom(10_000, 50_000, 100_000, 200_000),
  sliceUs: fc.constantFrom(500, 5000, 10_000, 20_000, 50_000, 90_000, 150_000),
});

/** A request about one of six processes, as it is, as it was, or as it is not; or about one of two VMs. */
const requests = fc.oneof(
  fc.record({
    kind: fc.constantFrom('admit', 'set', 'pause', 'resume', 'release'),
    which: fc.nat(5),
    startedLater: fc.constantFrom(0, 0, 0, 7),
    schedule,
  }),
  fc.record({ kind: fc.constantFrom('adjust', 'restore'), vm: fc.constantFrom('vm-1', 'vm-2', 'vm-3'), schedule }),
);

it('no sequence of requests of a key changes a process or a VM that is not its own', async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 1, maxLength: 30 }), async (asked) => {
      const world = await ServedWorld.open();
      const processes: ProcessIdentity[] = [];
      for (const user of ['anna', 'bruno', 'root', 'anna', 'bruno', 'anna']) processes.push(await world.start(user));
      const [, ofBruno, , , , recycled] = processes;
      if (ofBruno === undefined || recycled === undefined) throw new Error('no processes');
      await world.host.backend.admit(ofBruno, { periodUs: 100_000, sliceUs: 10_000, mode: 'strict' }, 1);
      await world.recycle(recycled, 'bruno');
      world.operators.push({ key: world.user.pin, user: 'anna' });
      const own = new Set([0, 3].map((index) => processes[index]?.pid));
      const others = async () => {
        const tasks = (await world.host.backend.tasks()).filter(({ process }) => !own.has(process.pid));
        const [, vm2] = await world.vsched.current();
        return JSON.stringify([tasks.map(({ account, ...task }) => task), vm2]);
      };
      const before = await others();
      const key = world.user.pin;
      for (const { schedule, ...each } of asked) {
        const about = 'vm' in each ? { vm: each.vm } : { process: identity(processes[each.which], each.startedLater) };
        const request = { challenge: '', number: 1, kind: each.kind, ...about, ...schedule, mode: 'strict' };
        const authority = await authorityNow(world.requests, key);
        const { kind } = await answer(request as VschedRequest, authority, world.requests);
        outcomes.add(kind);
        expect(await others()).toBe(before);
      }
      await world.close();
    }),
    { seed: 6, numRuns: 60 },
  );
  expect([...outcomes].sort()).toEqual(['granted', 'refused', 'released']);
});

function identity(process: ProcessIdentity | undefined, later: number): ProcessIdentity {
  if (process === undefined) throw new Error('no process');
  return { ...process, startTicks: process.startTicks + later };
}
