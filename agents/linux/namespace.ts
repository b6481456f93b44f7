import { closeSync, openSync } from 'node:fs';
import { libc } from './libc.js';
import { describeErrno } from './system-error.js';

const CLONE_NEWNET = 0x40000000;
const ownNamespace = '/proc/thread-self/ns/net';

/** Where `ip netns` keeps the namespace of this name. */
export const namespacePath = (name: string): string => `/run/netns/${name}`;

/** A network namespace, held open: it outlives its name. */
export class NetworkNamespace {
  readonly path: string;
  #descriptor: number;

  /** @throws if there is no namespace at `path`; the default is the one this thread is in. */
  constructor(path: string = ownNamespace) {
    this.path = path;
    this.#descriptor = openSync(path, 'r');
  }

  /**
   * Runs `task` with this thread inside the namespace; children that it spawns are born there too. The task is synchronous: across
   * an await, other work of this thread would run in the wrong namespace.
   */
  within<T>(task: () => T extends Promise<unknown> ? never : T): T {
    const home = openSync(ownNamespace, 'r');
    try {
      this.#enter(this.#descriptor);
      try {
        return task();
      } finally {
        this.#enter(home);
      }
    } finally {
      closeSync(home);
    }
  }

  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  #enter(descriptor: number): void {
    if (libc().setns(descriptor, CLONE_NEWNET) === 0) return;
    throw new Error(
      `cannot enter the network namespace ${this.path}: ${describeErrno(libc().errno())}; run as root or with CAP_SYS_ADMIN`,
    );
  }
}
