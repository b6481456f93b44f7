import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessIdentity } from '../../../../agents/linux/process-identity.js';
import { HostVsched } from '../../../../agents/vsched/host-vsched.js';
import type { RequestWorld } from '../../../../agents/vsched/server/answer.js';
import type { Change } from '../../../../agents/vsched/server/change-log.js';
import type { SeenProcess } from '../../../../agents/vsched/server/process-table.js';
import { serveVsched } from '../../../../agents/vsched/server/vsched-server.js';
import type { ProcessOperator, VmSchedule } from '../../../../schema/generated/types.js';
import { createIdentity, type Identity } from '../../../../wire/identity.js';
import type { Listener } from '../../../../wire/listen.js';
import { VirtualWorld } from '../virtual-world.js';

/** Users of the host, by number. */
const uids = new Map([
  ['root', 0],
  ['toor', 0],
  ['anna', 1000],
  ['bruno', 1001],
]);

/** Identities take long to make. */
const identities = Promise.all(
  ['agent', 'anna', 'bruno', 'user', 'stranger'].map((name) => createIdentity(name, Date.now())),
);

/** A host with processes of several users and two VMs, that serves them over a real socket. */
export class ServedWorld {
  readonly host = new VirtualWorld([0, 1]);
  readonly seen = new Map<number, SeenProcess>();
  readonly changes: Change[] = [];
  readonly logged: string[] = [];
  readonly folder = mkdtempSync(join(tmpdir(), 'virtuoso-served-'));
  readonly guests = new Map<string, ProcessIdentity[]>();
  operators: ProcessOperator[] = [];
  nowMs = 1_000_000;
  readonly vsched = new HostVsched({
    ...{ host: 'host-1', backend: this.host.backend, adjustmentsPath: join(this.folder, 'adjusted.json') },
    processes: async () => this.guests,
  });
  readonly agent: Identity;
  readonly anna: Identity;
  readonly bruno: Identity;
  /** May change vm-1, and no process. */
  readonly user: Identity;
  readonly stranger: Identity;
  #listener: Listener | undefined;

  static async open(): Promise<ServedWorld> {
    const world = new ServedWorld(...((await identities) as [Identity, Identity, Identity, Identity, Identity]));
    world.#listener = await serveVsched({
      ...world.requests,
      ...{ identity: world.agent, at: { host: '127.0.0.1', port: 0 } },
      randomBytes,
      record: (change) => world.changes.push(change),
      log: (_, message) => world.logged.push(message),
    });
    await world.vsched.keep([world.schedule('vm-1', world.user.pin), world.schedule('vm-2', world.bruno.pin)]);
    return world;
  }

  private constructor(agent: Identity, anna: Identity, bruno: Identity, user: Identity, stranger: Identity) {
    [this.agent, this.anna, this.bruno, this.user, this.stranger] = [agent, anna, bruno, user, stranger];
    this.operators = [
      { key: anna.pin, user: 'anna' },
      { key: bruno.pin, user: 'bruno' },
    ];
  }

  /** What requests are about. */
  get requests(): RequestWorld {
    return {
      vsched: this.vsched,
      operators: () => this.operators,
      processes: {
        look: (pid) => this.seen.get(pid),
        ofUsers: async (wanted) => [...this.seen.values()].filter(({ uid }) => wanted.has(uid)),
      },
      userId: async (user) => uids.get(user),
      nowMs: () => this.nowMs,
    };
  }

  get url(): string {
    return this.#listener?.url ?? '';
  }

  /** 20 of 100 ms on processor 0, of which its user may make 10 to 50 % of 50 to 200 ms. */
  schedule(vm: string, key: string): VmSchedule {
    const bounds = [{ key, leastPeriodUs: 50_000, mostPeriodUs: 200_000, leastPpm: 100_000, mostPpm: 500_000 }];
    return { vm, cpus: [0], periodUs: 100_000, sliceUs: 20_000, mode: 'strict', bounds };
  }

  /** A process of a user. */
  async start(user: string, more: Partial<SeenProcess> = {}): Promise<ProcessIdentity> {
    const process = await this.host.start();
    const command = `/usr/bin/simulate --of ${user}`;
    const uid = uids.get(user) ?? -1;
    this.seen.set(process.pid, { process, uid, name: 'simulate', command, isVital: false, ...more });
    return process;
  }

  /** It ends, and another process of a user gets its number. */
  async recycle(process: ProcessIdentity, user: string): Promise<void> {
    const uid = uids.get(user) ?? -1;
    const other = { ...process, startTicks: process.startTicks + 7 };
    this.seen.set(process.pid, { process: other, uid, name: 'other', command: 'other', isVital: false });
  }

  /** What each process has, as one text that changes if anything does. */
  async picture(): Promise<string> {
    const tasks = await this.host.backend.tasks();
    return JSON.stringify(tasks.map(({ account, ...task }) => task));
  }

  async close(): Promise<void> {
    await this.#listener?.close();
    await this.host.close();
    rmSync(this.folder, { recursive: true });
  }
}
