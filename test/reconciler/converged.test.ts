import { describe, expect, it } from 'vitest';
import { converged } from '../../reconciler/converged.js';
import { emptyHost } from '../../reconciler/model/fleet-state.js';
import type { AdjustedSchedule, Fault, VmSchedule } from '../../schema/generated/types.js';
import { status } from './merge/observed.js';

const key = `sha256:${'A'.repeat(43)}=`;
const bounds = [{ key, leastPeriodUs: 1000, mostPeriodUs: 100_000, leastPpm: 100_000, mostPpm: 900_000 }];
const schedule: VmSchedule = { vm: 'a', cpus: [0], periodUs: 10_000, sliceUs: 3000, mode: 'strict', bounds };
const chosenAt = (atMs: number): AdjustedSchedule => {
  return { periodUs: 20_000, sliceUs: 8000, statedPeriodUs: 10_000, statedSliceUs: 3000, key, atMs };
};

const reporting = (...schedules: VmSchedule[]) => status('host-1', {}, { schedules }).report;

const told = (wanted: VmSchedule) => ({ ...emptyHost(), schedules: new Map([[wanted.vm, wanted]]) });

describe('a host whose user has chosen another schedule', () => {
  it('is what it was told to be, wherever it runs the VM now', () => {
    const chosen = { ...schedule, cpus: [1], adjusted: chosenAt(5) };
    expect(converged(reporting(chosen), told(schedule), [])).toBe(true);
    expect(converged(reporting(chosen), told({ ...schedule, adjusted: chosenAt(4) }), [])).toBe(true);
  });

  it('is not, before it has what was chosen elsewhere', () => {
    expect(converged(reporting(schedule), told({ ...schedule, adjusted: chosenAt(5) }), [])).toBe(false);
    const before = { ...schedule, adjusted: chosenAt(4) };
    expect(converged(reporting(before), told({ ...schedule, adjusted: chosenAt(5) }), [])).toBe(false);
  });

  it('is not, if what is stated or who may change it is another', () => {
    const chosen = { ...schedule, adjusted: chosenAt(5) };
    expect(converged(reporting({ ...chosen, sliceUs: 4000 }), told(schedule), [])).toBe(false);
    expect(converged(reporting(chosen), told({ ...schedule, bounds: [] }), [])).toBe(false);
    expect(converged(reporting(), told(schedule), [])).toBe(false);
    expect(converged(reporting(chosen, { ...schedule, vm: 'b' }), told(schedule), [])).toBe(false);
  });
});

it('is a host what it was told to be whose VM runs what cannot be scheduled, and none that admits no such schedule', () => {
  const faults: Fault[] = [{ kind: 'schedule', subject: 'a', message: '1, 2 of a are ordinary processes' }];
  const report = (...schedules: VmSchedule[]) => status('host-1', {}, { schedules, faults }).report;
  expect(converged(report(schedule), told(schedule), [])).toBe(true);
  expect(converged(report(), told(schedule), [])).toBe(false);
});
