import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { GuestSpec } from '../../../schema/generated/types.js';
import { type StarHost, starHost } from '../star.js';
import type { Stage } from './stage.js';

export interface DriverUnderTest {
  /** The stage; guests are of the second host, so that none is beside the Proxy. */
  on(): Stage;
  /** A guest of the driver on the network `lan`, numbered from 1. */
  spec(number: number): GuestSpec;
  /** Time in which a guest is up, or gone. */
  patienceMs: number;
}

/** What every driver does with guests, whatever they are made of. Frames and moves are in the contracts of substrates. */
export function driverContract({ on, spec, patienceMs }: DriverUnderTest): void {
  const within = 2 * patienceMs;
  const host = () => on().hosts[1];
  const vmm = () => on().world.substrate(host()).vmm;
  const state = (guests: GuestSpec[]): StarHost => {
    const placement = guests.map((guest) => ({ guest, host: host() }));
    return starHost(on().star(placement), host());
  };
  const converge = (guests: GuestSpec[], removals: string[] = []) => on().converge(host(), state(guests), [], removals);
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    for (let waitedMs = 0; waitedMs < patienceMs && !(await what()); waitedMs += 20) await sleep(20);
  };
  const isGone = async (guest: string) => (await vmm().current()).every((each) => each.guest.name !== guest);
  const gone = async (guest: string): Promise<void> => {
    await until(() => isGone(guest));
    expect(await vmm().current()).toEqual([]);
  };

  it(
    'starts guests, and reports them as they were asked for, with what they use',
    async () => {
      expect(await converge([spec(1), spec(2)])).toEqual([]);
      const reports = [1, 2].map((n) => ({ guest: spec(n), phase: 'running' }));
      expect(await vmm().current()).toEqual(reports);
      const usage = await vmm().usage();
      expect(usage.map(({ guest }) => guest)).toEqual(['vm-1', 'vm-2']);
      for (const { cpuMs } of usage) expect(cpuMs).toBeGreaterThanOrEqual(0);
    },
    within,
  );

  it(
    'changes nothing when told the same twice, or when the agent restarts',
    async () => {
      expect(await converge([spec(1)])).toEqual([]);
      const before = [await vmm().current(), await vmm().processes?.()];
      expect(await converge([spec(1)])).toEqual([]);
      expect([await vmm().current(), await vmm().processes?.()]).toEqual(before);
      await on().world.restart(host());
      await until(async () => (await vmm().current()).every(({ phase }) => phase === 'running'));
      expect([await vmm().current(), await vmm().processes?.()]).toEqual(before);
      expect(await converge([spec(1)])).toEqual([]);
      expect([await vmm().current(), await vmm().processes?.()]).toEqual(before);
    },
    within,
  );

  it(
    'leaves alone what is not listed, and takes away what is removed, which may be said again',
    async () => {
      expect(await converge([spec(1)])).toEqual([]);
      expect(await vmm().converge([], [], [])).toEqual([]);
      expect(await vmm().current()).toEqual([{ guest: spec(1), phase: 'running' }]);
      expect(await vmm().converge([], [], ['vm-1'])).toEqual([]);
      await gone('vm-1');
      expect(await vmm().converge([], [], ['vm-1'])).toEqual([]);
      expect(await vmm().usage()).toEqual([]);
    },
    within,
  );

  it(
    'takes away a guest whose agent restarted meanwhile',
    async () => {
      expect(await converge([spec(1)])).toEqual([]);
      expect(await vmm().converge([], [], ['vm-1'])).toEqual([]);
      await on().world.restart(host());
      await gone('vm-1');
    },
    within,
  );

  it(
    'makes a guest anew after it was removed',
    async () => {
      expect(await converge([spec(1)])).toEqual([]);
      expect(await vmm().converge([], [], ['vm-1'])).toEqual([]);
      await gone('vm-1');
      expect(await converge([spec(1)])).toEqual([]);
      expect(await vmm().current()).toEqual([{ guest: spec(1), phase: 'running' }]);
    },
    within,
  );

  it(
    'refuses a guest on a network that the host has not joined; the others run',
    async () => {
      const faults = await converge([spec(1), { ...spec(2), network: 'other' }]);
      expect(faults).toMatchObject([{ kind: 'guest', subject: 'vm-2' }]);
      expect(faults[0]?.message).toContain('other');
      expect(await vmm().current()).toEqual([{ guest: spec(1), phase: 'running' }]);
    },
    within,
  );

  it(
    'refuses a guest that has the Ethernet address of another; that one goes on',
    async () => {
      expect(await converge([spec(1)])).toEqual([]);
      const twin = { ...spec(2), mac: spec(1).mac };
      // What rules there are for the two is not the concern of drivers.
      const faults = (await converge([spec(1), twin])).filter(({ kind }) => kind === 'guest');
      expect(faults).toMatchObject([{ kind: 'guest', subject: 'vm-2' }]);
      expect(faults[0]?.message).toMatch(/vm-1/);
      expect(await vmm().current()).toEqual([{ guest: spec(1), phase: 'running' }]);
    },
    within,
  );

  it(
    'refuses a second instance on another host',
    async () => {
      expect(await converge([spec(1)])).toEqual([]);
      const elsewhere = on().hosts[2];
      const again = starHost(on().star([{ guest: spec(1), host: elsewhere }]), elsewhere);
      expect(await on().converge(elsewhere, again)).toMatchObject([{ kind: 'guest', subject: 'vm-1' }]);
      expect((await on().phases('vm-1'))[host()]).toBe('running');
      expect((await on().phases('vm-1'))[elsewhere] ?? 'failed').toBe('failed');
    },
    within,
  );

  it(
    'takes a promise of more compute over while the guest runs',
    async () => {
      expect(await converge([spec(1)])).toEqual([]);
      const before = await vmm().processes?.();
      const larger = { ...spec(1), computeCores: spec(1).computeCores * 2 };
      expect(await converge([larger])).toEqual([]);
      expect(await vmm().current()).toEqual([{ guest: larger, phase: 'running' }]);
      expect(await vmm().processes?.()).toEqual(before);
    },
    within,
  );
}
