import { expect, it } from 'vitest';
import type { Schedule } from '../../../agents/vsched/scheduler-backend.js';
import { backendContract } from './backend-contract.js';
import { VirtualWorld } from './virtual-world.js';

backendContract('a backend in virtual time', async () => new VirtualWorld());

const schedule = (sliceUs: number): Schedule => ({ periodUs: 100_000, sliceUs, mode: 'strict' });

it('puts processes where the least is left, and leaves room for larger ones', async () => {
  const world = new VirtualWorld([2, 3]);
  const sizes = [50_000, 30_000, 80_000, 10_000, 10_000];
  const cpus: unknown[] = [];
  for (const size of sizes) cpus.push(await world.backend.admit(await world.start(), schedule(size)));
  expect(cpus).toEqual([2, 2, 3, 2, 3].map((cpu) => ({ kind: 'granted', cpu })));
});

it('moves a process to another processor where its new schedule fits, and only then', async () => {
  const { backend, start } = bound(new VirtualWorld([0, 1]));
  const [small, large] = [await start(), await start()];
  await backend.admit(small, schedule(30_000), 0);
  await backend.admit(large, schedule(50_000), 0);
  expect(await backend.set(small, schedule(40_000))).toEqual({ kind: 'granted', cpu: 0 });
  expect(await backend.set(small, schedule(41_000))).toEqual({ kind: 'granted', cpu: 1 });
  expect(await backend.set(small, schedule(41_000), 0)).toMatchObject({ kind: 'overfull', nearest: schedule(40_000) });
  expect((await backend.tasks()).map(({ cpu }) => cpu)).toEqual([1, 0]);
});

it('has so many places on a processor', async () => {
  const { backend, start } = bound(new VirtualWorld());
  for (let count = 0; count < 4; count++) await backend.admit(await start(), schedule(1000));
  expect(await backend.admit(await start(), schedule(1000))).toMatchObject({
    kind: 'overfull',
    message: 'processor 0 has 4 processes, and no place for more: release one',
  });
});

const bound = (world: VirtualWorld) => ({ backend: world.backend, start: () => world.start() });
