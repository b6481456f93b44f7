import type { Fault, GuestSpec } from '../../../schema/generated/types.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import type { GuestPorts } from '../../vnet/guest-ports.js';
import type { ImageStore } from './image-store.js';
import type { Accelerator } from './machine-command.js';

/** What is remembered of a machine, whether or not an agent runs. */
export interface MachineRecord {
  /** As it was asked for last. */
  wanted: GuestSpec;
  /** As it was started; left out: it never was. */
  started?: GuestSpec | undefined;
  /** Number of its user and group. */
  user: number;
  /** It was asked to shut down, to be removed. */
  isStopping?: boolean | undefined;
}

export interface MachineTimes {
  /** For one answer over QMP. */
  answerMs: number;
  /** From the start of QEMU until it answers. */
  startMs: number;
  /** From the request to shut down until it is ended without. */
  shutdownMs: number;
  /** Between two looks at a machine that runs, and two attempts to start one that does not. */
  lookMs: number;
}

export const defaultTimes: MachineTimes = { answerMs: 2000, startMs: 10_000, shutdownMs: 30_000, lookMs: 1000 };

export interface MachineWorld {
  namespace: NetworkNamespace;
  vnet: GuestPorts;
  images: ImageStore;
  accelerator: Accelerator;
  times: MachineTimes;
  /** Makes the process of a guest an ordinary one that is about to end. */
  letGo(guest: string): Promise<Fault[]>;
  random(): number;
}
