import { AdmittingScheduler } from '../../../agents/vsched/admitting-scheduler.js';
import type { Mechanism, Pool } from '../../../agents/vsched/mechanism.js';
import type { SchedulerAbility } from '../../../agents/vsched/scheduler-backend.js';

/** Whether an agent admits one schedule after the other on one processor, all of them. */
export async function agentAdmits(
  schedules: readonly { periodUs: number; sliceUs: number }[],
  reservedPpm: number,
): Promise<boolean> {
  const scheduler = new AdmittingScheduler(idle(reservedPpm), (pid) => ({ pid, startTicks: 1, bootId: 'virtual' }));
  for (const [index, schedule] of schedules.entries()) {
    const process = { pid: index + 1, startTicks: 1, bootId: 'virtual' };
    const { kind } = await scheduler.admit(process, { ...schedule, mode: 'strict' });
    if (kind !== 'granted') return false;
  }
  return true;
}

/** Enforces nothing. */
function idle(reservedPpm: number): Mechanism {
  const ability: SchedulerAbility = {
    ...{ backend: 'emulated', guarantee: 'each-period', floorUs: 1, longestPeriodUs: 1e12, leastSliceUs: 1 },
    ...{ modes: ['strict'], hasPhases: false, pauses: false, binds: true, mostThreads: 1, overheadUs: 0 },
    ...{ cpus: [0], reservedPpm },
  };
  const pool: Pool = { cpu: 0, capacityPpm: 1_000_000 - reservedPpm, mostTasks: 64 };
  return {
    ability,
    pools: [pool],
    enforce: async () => undefined,
    release: async () => undefined,
    account: () => ({ account: { deliveredUs: 0 } }),
    overheads: () => [],
    close: async () => undefined,
  };
}
