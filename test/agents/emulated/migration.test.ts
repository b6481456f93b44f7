import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { starHost } from '../star.js';
import { buildStar, Clock, convergeHost, flatUnderlay, hostNames, starOver } from './fleets.js';

const hosts = hostNames(3);
const before = starOver(hosts, ['host-1', 'host-2']);
const after = starOver(hosts, ['host-1', 'host-3']);
/** 64 MiB over 100 Mb/s. */
const tookMs = ((64 * 1024 * 1024 * 8) / 100e6) * 1000;

/** A fleet whose `vm-2` is to move from host-2 to host-3, and has not yet. */
async function readyToMove() {
  const clock = new Clock();
  const fleet = new EmulatedFleet({ ...flatUnderlay(3), nowMs: clock.read, migrationMbps: 100 });
  await buildStar(fleet, before);
  fleet.offer([{ source: 'vm-2', destination: 'vm-1', rateMbps: 10 }]);
  const arrival = starHost(after, 'host-3');
  arrival.guests = arrival.guests.map((guest) => ({ ...guest, from: 'host-2' }));
  const awaitGuest = () => convergeHost(fleet, 'host-3', arrival);
  const departures = [{ guest: 'vm-2', to: 'host-3' }];
  const depart = () => convergeHost(fleet, 'host-2', starHost(after, 'host-2'), departures);
  const phases = async () => {
    const found: Record<string, string> = {};
    for (const host of hosts)
      for (const { guest, phase } of await fleet.substrate(host).vmm.current())
        if (guest.name === 'vm-2') found[host] = phase;
    return found;
  };
  return { clock, fleet, awaitGuest, depart, phases };
}

describe('a migration', () => {
  it('takes the time of copying memory, while the guest runs on where it was', async () => {
    const { clock, fleet, awaitGuest, depart, phases } = await readyToMove();
    expect(await awaitGuest()).toEqual([]);
    expect(await depart()).toEqual([]);
    clock.ms += tookMs - 1;
    expect(await phases()).toEqual({ 'host-2': 'departing', 'host-3': 'awaited' });
    expect(fleet.runningOn('vm-2')).toEqual(['host-2']);
    expect(fleet.throughputMbps()).toBe(10);
    clock.ms += 2;
    expect(await phases()).toEqual({ 'host-3': 'running' });
    expect(fleet.runningOn('vm-2')).toEqual(['host-3']);
    const [cpu] = await fleet.substrate('host-3').vmm.usage();
    expect(cpu?.cpuMs).toBeCloseTo((tookMs + 1) * 0.1, 6);
    const { matrix } = await fleet.substrate('host-2').vnet.counters();
    expect(matrix[0]?.bytes).toBe(Math.floor(tookMs * 1250));
  });

  it('is no faster than its path', async () => {
    const clock = new Clock();
    const fleet = new EmulatedFleet({ ...flatUnderlay(3, 50), nowMs: clock.read, migrationMbps: 100 });
    await buildStar(fleet, before);
    const arrival = starHost(after, 'host-3');
    arrival.guests = arrival.guests.map((guest) => ({ ...guest, from: 'host-2' }));
    await convergeHost(fleet, 'host-3', arrival);
    await convergeHost(fleet, 'host-2', starHost(after, 'host-2'), [{ guest: 'vm-2', to: 'host-3' }]);
    clock.ms += 2 * tookMs - 1;
    expect(fleet.runningOn('vm-2')).toEqual(['host-2']);
    clock.ms += 2;
    expect(fleet.runningOn('vm-2')).toEqual(['host-3']);
  });

  it('breaks off when either side no longer wants it', async () => {
    for (const host of ['host-2', 'host-3']) {
      const { clock, fleet, awaitGuest, depart } = await readyToMove();
      await awaitGuest();
      await depart();
      clock.ms += tookMs / 2;
      expect(await convergeHost(fleet, host, starHost(before, host))).toEqual([]);
      clock.ms += tookMs;
      expect(fleet.runningOn('vm-2')).toEqual(['host-2']);
    }
  });

  it('breaks off when the guest is awaited from elsewhere', async () => {
    const { clock, fleet, awaitGuest, depart } = await readyToMove();
    await awaitGuest();
    await depart();
    const arrival = starHost(after, 'host-3');
    arrival.guests = arrival.guests.map((guest) => ({ ...guest, from: 'host-1' }));
    await convergeHost(fleet, 'host-3', arrival);
    clock.ms += tookMs;
    expect(fleet.runningOn('vm-2')).toEqual(['host-2']);
    expect(await depart()).toMatchObject([{ kind: 'guest', subject: 'vm-2' }]);
  });

  it('ends with the removal of the guest', async () => {
    const { clock, fleet, awaitGuest, depart } = await readyToMove();
    await awaitGuest();
    await depart();
    await convergeHost(fleet, 'host-2', starHost(after, 'host-2'), [], ['vm-2']);
    clock.ms += tookMs;
    expect(fleet.runningOn('vm-2')).toEqual([]);
  });

  it('leaves one guest whenever and whichever agents die, and completes when they are back', async () => {
    const crash = fc.record({ host: fc.constantFrom('host-2', 'host-3'), afterMs: fc.nat(Math.ceil(tookMs)) });
    const crashes = fc.array(crash, { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(crashes, async (list) => {
        const { clock, fleet, awaitGuest, depart, phases } = await readyToMove();
        await awaitGuest();
        await depart();
        for (const { host, afterMs } of list) {
          for (let step = 0; step < 4; step++) {
            clock.ms += afterMs / 4;
            expect(fleet.runningOn('vm-2')).toHaveLength(1);
          }
          fleet.crash(host);
          expect(fleet.runningOn('vm-2')).toHaveLength(1);
          expect(await (host === 'host-2' ? depart() : awaitGuest())).toEqual([]);
        }
        clock.ms += tookMs + 1;
        expect(await phases()).toEqual({ 'host-3': 'running' });
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('does not outlive the agent that copies, and leaves its substrate unusable', async () => {
    const { clock, fleet, awaitGuest, depart } = await readyToMove();
    await awaitGuest();
    await depart();
    const dead = fleet.substrate('host-2');
    clock.ms += tookMs / 2;
    fleet.crash('host-2');
    clock.ms += tookMs;
    expect(fleet.runningOn('vm-2')).toEqual(['host-2']);
    expect(() => dead.vmm).toThrow('closed');
    expect((await fleet.substrate('host-2').vnet.current()).links).toHaveLength(1);
  });
});
