import { describe, expect, it } from 'vitest';
import { converge } from '../../../agents/converge.js';
import { look } from '../../../agents/look.js';
import type { HostState, VmSchedule } from '../../../schema/generated/types.js';
import type { Stage } from './stage.js';

const schedule = (vm: string, percent: number, cpus = [0]): VmSchedule => ({
  ...{ vm, cpus, mode: 'strict' as const },
  ...{ periodUs: 1_000_000, sliceUs: percent * 10_000 },
});

/** What every substrate does with schedules: it keeps them, or says that it does not. */
export function scheduleContract(on: () => Stage): void {
  describe('schedules', () => {
    const told = async (schedules: VmSchedule[]) => {
      const [host] = on().hosts;
      const empty = { networks: [], links: [], guests: [], departures: [], removals: [], rules: [] };
      const state: HostState = { host, generation: 1, samplingIntervalMs: 1000, ...empty, schedules };
      const substrate = on().world.substrate(host);
      const faults = await converge(substrate, state);
      const report = await look(substrate, { host, boot: '', sequence: 0, generation: 1, nowMs: 0 }, faults);
      return { faults, kept: report.schedules ?? [], isAble: substrate.vsched !== undefined };
    };

    it('are admitted and reported, before their VMs are there, and taken back when they are left out', async () => {
      const wanted = [schedule('vm-1', 40), schedule('vm-2', 50)];
      const { faults, kept, isAble } = await told(wanted);
      expect(kept).toEqual(isAble ? wanted : []);
      expect(faults.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(
        isAble ? [] : ['schedule vm-1', 'schedule vm-2'],
      );
      expect((await told([])).kept).toEqual([]);
    });

    it('are told in the capabilities if, and only if, there is something that keeps them', async () => {
      const { capabilities, vsched } = on().world.substrate(on().hosts[0]);
      expect(capabilities.schedules !== undefined).toBe(vsched !== undefined);
    });

    it('stay as they are where they cannot all be kept, and the host says which does not fit', async () => {
      const first = [schedule('vm-1', 40), schedule('vm-2', 50)];
      if (!(await told(first)).isAble) return;
      const { faults, kept } = await told([schedule('vm-1', 60), schedule('vm-2', 50), schedule('vm-3', 10, [1])]);
      expect(kept).toEqual(first);
      expect(faults.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(['schedule vm-1', 'schedule vm-2']);
      expect(faults[0]?.message).toMatch(
        /processor 0 lacks 10.00 % of a processor for 600 ms in every 1 s; 500 ms in every 1 s would fit/,
      );
      expect((await told([schedule('vm-1', 10, [4000])])).faults[0]?.message).toMatch(/none of number 4000/);
      await told([]);
    });

    it('change all at once: two may change places on full processors', async () => {
      const { isAble } = await told([schedule('vm-1', 80), schedule('vm-2', 70, [1])]);
      if (!isAble) return;
      const swapped = [schedule('vm-1', 80, [1]), schedule('vm-2', 70)];
      expect(await told(swapped)).toMatchObject({ faults: [], kept: swapped });
      await told([]);
    });
  });
}
