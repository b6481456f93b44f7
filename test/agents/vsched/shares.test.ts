import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ProcessIdentity } from '../../../agents/linux/process-identity.js';
import { roomBeside } from '../../../agents/vsched/processor-room.js';
import type { Schedule, Share } from '../../../agents/vsched/scheduler-backend.js';
import { VirtualWorld } from './virtual-world.js';

const cpus = [2, 3];
const capacityPpm = 900_000;
/** Of processes: that of each VM, then those of users. The system refuses to schedule one. */
const [vmCount, userCount, deniedProcess] = [4, 3, 3];

/** Of which a few fill a processor, so that one has to give before another takes. */
const schedules: fc.Arbitrary<Schedule> = fc
  .record({ periodUs: fc.constantFrom(30_000, 70_000, 100_000), percent: fc.constantFrom(15, 30, 45, 60, 75) })
  .map(({ periodUs, percent }) => ({ periodUs, sliceUs: (periodUs * percent) / 100, mode: 'strict' }));
const index = (count: number) => fc.integer({ min: 0, max: count - 1 });
const acts = fc.oneof(
  fc.record({
    kind: fc.constant('keep' as const),
    shares: fc.uniqueArray(
      fc.record({
        vm: index(vmCount),
        cpu: fc.constantFrom(...cpus),
        schedule: schedules,
        isHere: fc.integer({ max: 4, min: 0 }).map((number) => number > 0),
      }),
      { selector: ({ vm }) => vm, maxLength: vmCount, size: 'max' },
    ),
  }),
  fc.record({
    kind: fc.constantFrom('admit' as const, 'set' as const, 'release' as const),
    user: index(userCount),
    schedule: schedules,
  }),
);

it('keeps shares beside processes, all or none, and is at no moment fuller than there is room', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { maxLength: 40, size: 'max' }), async (all) => {
      const world = new VirtualWorld(cpus);
      const { backend } = world;
      const processes: ProcessIdentity[] = [];
      for (let count = 0; count < vmCount + userCount; count++) processes.push(await world.start());
      const processOf = (number: number) => processes[number] ?? { pid: 0, startTicks: 0, bootId: '' };
      world.denied.add(processOf(deniedProcess).pid);
      const tasks = async () => (await backend.tasks()).map(({ account: _, ...task }) => task);
      let kept: Share[] = [];
      for (const act of all) {
        const before = await tasks();
        if (act.kind === 'keep') {
          const shares = act.shares.map(({ vm, isHere, ...share }): Share => {
            return { vm: `vm-${vm}`, ...share, ...(isHere ? { process: processOf(vm) } : {}) };
          });
          const refusals = await backend.keep(shares);
          for (const { refusal } of refusals) expect(refusal.message).not.toBe('the core has no room');
          if (refusals.length > 0) expect(await tasks()).toEqual(before);
          else {
            kept = shares;
            const used = shares
              .filter(({ process }) => process)
              .map(({ vm, cpu, schedule }) => ({ vm, cpu, schedule }));
            expect((await tasks()).filter(({ vm }) => vm !== undefined)).toEqual(
              expect.arrayContaining(used.map((each) => expect.objectContaining(each))),
            );
            expect((await tasks()).filter(({ vm }) => vm !== undefined)).toHaveLength(used.length);
          }
        } else {
          const process = processOf(vmCount + act.user);
          const outcome =
            act.kind === 'release' ? await backend.release(process) : await backend[act.kind](process, act.schedule);
          if ('message' in outcome) expect(await tasks()).toEqual(before);
        }
        const own = (await tasks()).filter(({ vm }) => vm === undefined);
        for (const cpu of cpus) {
          const here = [...kept, ...own].filter((each) => each.cpu === cpu).map(({ schedule }) => schedule);
          expect(roomBeside(here, capacityPpm).left >= 0n).toBe(true);
        }
      }
    }),
    { seed: 24, numRuns: 300 },
  );
});
