import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Vsched } from '../../../agents/substrate.js';
import type { AdjustedSchedule, ScheduleBounds, VmSchedule } from '../../../schema/generated/types.js';

/** A host with two processors, and no guests yet. */
export interface VschedWorld {
  readonly vsched: Vsched;
  /** Of each processor, in parts of a million. */
  readonly capacityPpm: number;
  close(): Promise<void>;
}

const key = `sha256:${'A'.repeat(43)}=`;
const bounds: ScheduleBounds[] = [
  { key, leastPeriodUs: 10_000, mostPeriodUs: 1_000_000, leastPpm: 10_000, mostPpm: 900_000 },
];

/** What every host does with schedules, whatever schedules there. */
export function vschedContract(name: string, open: () => VschedWorld): void {
  describe(name, () => {
    let world: VschedWorld;
    let vsched: Vsched;
    beforeEach(() => {
      world = open();
      vsched = world.vsched;
    });
    afterEach(() => world.close());

    /** A part of what a processor has to give. */
    const schedule = (vm: string, percent: number, cpu = 0): VmSchedule => {
      const sliceUs = (world.capacityPpm * percent) / 100;
      return { vm, cpus: [cpu], periodUs: 1_000_000, sliceUs, mode: 'strict', bounds };
    };
    const chosen = (of: VmSchedule, percent: number, atMs = 1000): AdjustedSchedule => {
      const sliceUs = (world.capacityPpm * percent) / 1000;
      return { key, atMs, periodUs: 100_000, sliceUs, statedPeriodUs: of.periodUs, statedSliceUs: of.sliceUs };
    };
    const subjects = async (schedules: VmSchedule[]) => (await vsched.keep(schedules)).map(({ subject }) => subject);

    it('keeps what it is told, and nothing else', async () => {
      const both = [schedule('vm-1', 60), schedule('vm-2', 40), schedule('vm-3', 100, 1)];
      expect(await vsched.keep(both)).toEqual([]);
      expect(await vsched.current()).toEqual(both);
      expect(await vsched.keep([schedule('vm-3', 100)])).toEqual([]);
      expect(await vsched.current()).toEqual([schedule('vm-3', 100)]);
    });

    it('keeps all or none, and says of each that does not fit what would', async () => {
      const first = [schedule('vm-1', 60), schedule('vm-2', 40)];
      await vsched.keep(first);
      const faults = await vsched.keep([schedule('vm-1', 70), schedule('vm-2', 40), schedule('vm-3', 10, 1)]);
      expect(faults.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(['schedule vm-1', 'schedule vm-2']);
      expect(faults[0]?.message).toMatch(/cannot keep the schedule of vm-1: processor \d+ lacks .*; .* would fit/);
      expect(await vsched.current()).toEqual(first);
    });

    it('lets VMs change places on full processors', async () => {
      await vsched.keep([schedule('vm-1', 100), schedule('vm-2', 100, 1)]);
      const swapped = [schedule('vm-1', 100, 1), schedule('vm-2', 100)];
      expect(await vsched.keep(swapped)).toEqual([]);
      expect(await vsched.current()).toEqual(swapped);
    });

    it('refuses processors that are not there, VMs that are there twice, and periods that it cannot keep', async () => {
      expect((await vsched.keep([schedule('vm-1', 10, 2)]))[0]?.message).toMatch(/2 processors .* none of number 2/);
      expect(await subjects([schedule('vm-1', 10), schedule('vm-1', 20)])).toEqual(['vm-1']);
      expect((await vsched.keep([{ ...schedule('vm-1', 1), periodUs: 500, sliceUs: 50 }]))[0]?.message).toMatch(
        /is not what the .* backend keeps: .*; .* is nearest/,
      );
      expect(await vsched.current()).toEqual([]);
    });

    it('takes what a user chooses at once, where it fits', async () => {
      const [first, second] = [schedule('vm-1', 50), schedule('vm-2', 20)];
      await vsched.keep([first, second]);
      expect(await vsched.adjust('vm-1', chosen(first, 80))).toEqual({ kind: 'granted' });
      expect(await vsched.current()).toEqual([{ ...first, adjusted: chosen(first, 80) }, second]);
      expect(await vsched.adjust('vm-2', chosen(second, 21))).toMatchObject({
        kind: 'overfull',
        excessPpm: world.capacityPpm / 100,
        nearest: { periodUs: 100_000, sliceUs: world.capacityPpm / 50 },
      });
      expect((await vsched.current())[1]).toEqual(second);
    });

    it('admits others beside what a user chose, not beside what is stated', async () => {
      const first = schedule('vm-1', 50);
      await vsched.keep([first]);
      await vsched.adjust('vm-1', chosen(first, 20));
      expect(await subjects([first, schedule('vm-2', 80)])).toEqual([]);
      expect(await vsched.adjust('vm-1', chosen(first, 50))).toMatchObject({ kind: 'overfull' });
    });

    it('forgets a choice when another schedule is stated, its bounds are gone, or the VM is', async () => {
      const first = schedule('vm-1', 50);
      const { bounds: _, ...unbounded } = first;
      for (const other of [schedule('vm-1', 40), unbounded]) {
        await vsched.keep([first]);
        await vsched.adjust('vm-1', chosen(first, 20));
        await vsched.keep([other]);
        expect(await vsched.current()).toEqual([other]);
        await vsched.keep([first]);
        expect(await vsched.current()).toEqual([first]);
      }
      await vsched.adjust('vm-1', chosen(first, 20));
      await vsched.keep([]);
      await vsched.keep([first]);
      expect(await vsched.current()).toEqual([first]);
    });

    it('holds the later one of two choices, wherever it was made', async () => {
      const first = schedule('vm-1', 50);
      const [early, later] = [chosen(first, 20, 1000), chosen(first, 30, 2000)];
      await vsched.keep([{ ...first, adjusted: early }]);
      expect(await vsched.current()).toEqual([{ ...first, adjusted: early }]);
      await vsched.adjust('vm-1', later);
      await vsched.keep([{ ...first, adjusted: early }]);
      expect(await vsched.current()).toEqual([{ ...first, adjusted: later }]);
      await vsched.keep([{ ...first, adjusted: chosen(first, 40, 3000) }]);
      expect(await vsched.current()).toEqual([{ ...first, adjusted: chosen(first, 40, 3000) }]);
    });

    it('takes a choice for later than the one before, though the clock was set back', async () => {
      const first = schedule('vm-1', 50);
      await vsched.keep([first]);
      await vsched.adjust('vm-1', chosen(first, 20, 5000));
      await vsched.adjust('vm-1', chosen(first, 30, 10));
      expect(await vsched.current()).toEqual([{ ...first, adjusted: chosen(first, 30, 5001) }]);
    });

    it('goes back to what is stated, and remembers that it did', async () => {
      const first = { ...schedule('vm-1', 50), bounds: bounds.map((each) => ({ ...each, mostPpm: 300_000 })) };
      const before = chosen(first, 20, 1000);
      await vsched.keep([{ ...first, adjusted: before }]);
      const { periodUs, sliceUs } = first;
      expect(await vsched.adjust('vm-1', { ...before, atMs: 2000, periodUs, sliceUs })).toEqual({ kind: 'granted' });
      expect(await subjects([{ ...first, adjusted: before }, schedule('vm-2', 51)])).toEqual(['vm-1', 'vm-2']);
      expect(await subjects([{ ...first, adjusted: before }, schedule('vm-2', 50)])).toEqual([]);
    });

    it('refuses choices for VMs that are not scheduled here, and for schedules that are stated no more', async () => {
      const first = schedule('vm-1', 50);
      await vsched.keep([first]);
      expect(await vsched.adjust('vm-2', chosen(first, 20))).toMatchObject({ kind: 'not-scheduled' });
      expect(await vsched.adjust('vm-1', chosen(schedule('vm-1', 51), 20))).toMatchObject({ kind: 'invalid' });
      expect(await vsched.current()).toEqual([first]);
    });
  });
}
