import type { ProcessIdentity } from '../../linux/process-identity.js';

/** A process that runs on this host. */
export interface SeenProcess {
  process: ProcessIdentity;
  /** Real user id: who started it. */
  uid: number;
  /** Of the program. */
  name: string;
  /** Command line; empty if it has none. */
  command: string;
  /** The host cannot do without it: the agent and what it has started, the first process, threads of the kernel. */
  isVital: boolean;
}

/** The processes of this host. */
export interface ProcessTable {
  /** Who has this number now; undefined: nobody. */
  look(pid: number): SeenProcess | undefined;
  /** Processes of these users, by number. */
  ofUsers(uids: ReadonlySet<number>): Promise<SeenProcess[]>;
}
