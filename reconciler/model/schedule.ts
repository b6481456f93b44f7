/**
 * A periodic real-time task: `sliceUs` of processor time in every `periodUs`, in whole microseconds. With several threads, a gang:
 * each thread gets the slice on a processor of its own, all at the same time.
 */
export interface Schedule {
  periodUs: number;
  sliceUs: number;
  threads: number;
}

/** The processors of a host that VMs are scheduled on, each less a share kept for ordinary processes. */
export interface Processors {
  count: number;
  /** Parts of a million of each. */
  reservedPpm: number;
}

/** A schedule and, if it is kept already, the processors of its threads. */
export interface RunningSchedule extends Schedule {
  cpus?: readonly number[];
}

/** Processor time that a schedule takes in all, in processors. */
export function utilisation({ periodUs, sliceUs, threads }: Schedule): number {
  return (threads * sliceUs) / periodUs;
}
