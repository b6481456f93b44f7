import { join } from 'node:path';
import { AdmittingScheduler } from './admitting-scheduler.js';
import { EdfMechanism } from './edf/edf-mechanism.js';
import { DeadlineMechanism } from './kernel/deadline-mechanism.js';
import { QuotaMechanism } from './kernel/quota-mechanism.js';
import type { BackendProbe } from './probe-backends.js';

export interface HostBackendsOptions {
  /** Of the agent, among those of this machine. */
  name: string;
  /** Processors to schedule on. */
  cpus: readonly number[];
  reservedPpm: number;
  /** Outlives the agent, but not the run of the machine. */
  folder: string;
  /** Of the areas of cores; in `folder` when left out. */
  areaFolder?: string;
}

/** What a Linux host can schedule with, the best first. */
export function hostBackends(options: HostBackendsOptions): BackendProbe[] {
  const { name, cpus, reservedPpm, folder, areaFolder = join(folder, 'edf') } = options;
  const base = { cpus, reservedPpm, folder };
  return [
    { kind: 'edf', open: () => new AdmittingScheduler(new EdfMechanism({ ...base, folder: areaFolder })) },
    { kind: 'deadline', open: () => new AdmittingScheduler(new DeadlineMechanism(base)) },
    {
      kind: 'quota',
      open: () => new AdmittingScheduler(new QuotaMechanism({ ...base, group: `virtuoso-vsched-${name}` })),
    },
  ];
}
