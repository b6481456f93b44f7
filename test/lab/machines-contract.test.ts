import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { driverContract } from '../agents/contract/driver-contract.js';
import { Stage } from '../agents/contract/stage.js';
import { describeLab } from '../environment.js';
import { bootMs, machineSpec, testMachines } from '../machines/test-machines.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const needs = ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'tun', 'qemu', 'testMachine'] as const;

describeLab('guests that are machines', needs, () => {
  let world: LabWorld | undefined;
  let stage: Stage | undefined;
  beforeAll(async () => {
    const machines = testMachines();
    // Guests are asked to shut down while they boot, and do not hear it.
    const times = { ...machines.times, shutdownMs: 1000 };
    world = await labWorld(oneSite(3), 'auto', undefined, { ...machines, times });
    stage = new Stage(world);
  }, bootMs);
  afterEach(() => stage?.clear(), bootMs);
  afterAll(() => world?.close(), bootMs);

  describe('a driver of guests', () => {
    const on = (): Stage => {
      if (!stage) throw new Error('the world was not made');
      return stage;
    };
    driverContract({ on, spec: (number) => machineSpec(number), patienceMs: bootMs });
  });
});
