import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { traffic } from '../../reconciler/vttif/step.js';
import type { Application } from '../../schema/generated/types.js';
import { guestSpec, type Star, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';
import { type MpiPattern, MpiProgram } from './mpi-run.js';
import { VttifWatch } from './vttif-watch.js';

const ranks = [1, 2, 3, 4, 5, 6, 7, 8];
const subnet = '10.99.0.0/24';
const addresses = ranks.map((n) => `10.99.0.${n}`);
/** Two and a half times as long as until a change is declared at the latest. */
const rounds = { count: 100, bytes: 100_000, periodMs: 200 };
const parameters = {
  samplingIntervalMs: 500,
  smoothingIntervalMs: 4000,
  pruneThreshold: 0.1,
  detectionThreshold: 0.2,
  settleMs: 4000,
};

describeLab('an MPI program in the lab', ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'openmpi'], () => {
  let world: LabWorld;
  let program: MpiProgram;
  beforeAll(async () => {
    program = new MpiProgram();
    world = await labWorld(oneSite(4));
    const placement = ranks.map((n) => ({ guest: guestSpec(n, 'lan'), host: world.hosts[n % 4] ?? '' }));
    const network = { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' };
    const star: Star = { network, hosts: world.hosts, placement, linkEnd: world.linkEnd };
    for (const host of world.hosts) {
      const order = { host, generation: 1, samplingIntervalMs: 500, departures: [], removals: [] };
      expect(await converge(world.substrate(host), { ...order, ...starHost(star, host) })).toEqual([]);
    }
  }, 120_000);
  afterAll(async () => {
    program?.remove();
    await world?.close();
  }, 60_000);

  it.each([
    ['ring', 'ring'],
    ['stencil', 'mesh'],
    ['all-to-all', 'all-to-all'],
  ] satisfies [MpiPattern, Application['shape']][])(
    '%s is seen as %s',
    { timeout: 120_000 },
    async (pattern, shape) => {
      const watch = new VttifWatch(new Map(world.hosts.map((host) => [host, world.substrate(host)])), parameters);
      const run = program.run(world.names, subnet, addresses, pattern, rounds);
      const declared: Application[][] = [];
      while (!run.isOver) {
        if (await watch.look()) declared.push(traffic(watch.state).applications ?? []);
        await sleep(parameters.samplingIntervalMs);
      }
      expect(await run.ended).toBe(`8 ranks, ${rounds.count * rounds.bytes} bytes to each partner\n`);
      // The traffic is that of the guests' own addresses, and all of them are in one application.
      const vms = ranks.map((n) => guestSpec(n, 'lan').mac);
      expect(declared.at(-1)).toEqual([expect.objectContaining({ network: 'lan', vms, shape })]);
    },
  );
});
