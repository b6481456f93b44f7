import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { startProcess } from '../../lab/process.js';
import { guestSpec, type Star, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

/** Two threads that never rest, beside a first one that does. */
const spinning = `
const { Worker } = require('node:worker_threads');
for (let n = 0; n < 2; n++) new Worker('for (;;);', { eval: true });
`;

describeLab('usage of guests in the lab', ['root', 'namespaces', 'bpf', 'clang', 'libbpf'], () => {
  let world: LabWorld;
  beforeAll(async () => {
    world = await labWorld(oneSite(1));
    const placement = [1, 2].map((n) => ({ guest: guestSpec(n, 'lan'), host: 'host-1' }));
    const network = { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' };
    const star: Star = { network, hosts: world.hosts, placement, linkEnd: world.linkEnd };
    const order = { host: 'host-1', generation: 1, samplingIntervalMs: 1000, departures: [], removals: [] };
    expect(await converge(world.substrate('host-1'), { ...order, ...starHost(star, 'host-1') })).toEqual([]);
  });
  afterAll(() => world?.close());

  it('tells how long threads were ready to run and waited, of each guest', async () => {
    const usage = async (guest: string) => {
      const found = (await world.substrate('host-1').vmm.usage()).find((each) => each.guest === guest);
      return { cpuMs: found?.cpuMs ?? Number.NaN, waitMs: found?.waitMs ?? Number.NaN };
    };
    const processor = ['-c', '0', process.execPath, '-e', spinning];
    const program = { namespace: world.names.guest('vm-1'), command: 'taskset', args: processor };
    const busy = await startProcess(world.names, program);
    await sleep(1000); // until the threads run
    const [before, startMs] = [await usage('vm-1'), performance.now()];
    await sleep(2000);
    const [after, durationMs] = [await usage('vm-1'), performance.now() - startMs];
    await busy.end();
    // One processor for two: at any time one of them waits, or both do.
    expect(after.waitMs - before.waitMs).toBeGreaterThan(0.9 * durationMs);
    expect(after.waitMs - before.waitMs).toBeLessThan(2.1 * durationMs);
    const shareOfTwo = (after.waitMs - before.waitMs + after.cpuMs - before.cpuMs) / durationMs;
    expect(shareOfTwo).toBeGreaterThan(1.9);
    expect(shareOfTwo).toBeLessThan(2.1);
    expect(await usage('vm-2')).toEqual({ cpuMs: 0, waitMs: 0 });
  });
});
