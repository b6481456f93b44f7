import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { layout } from '../../../agents/vsched/area-layout.js';
import { coreProgram } from '../../../agents/vsched/core-program.js';
import { tryOnChild } from '../../../agents/vsched/probe-backends.js';
import { describeLab } from '../../environment.js';
import { backendContract } from './backend-contract.js';
import { cpu, hogProgram } from './core-stage.js';
import { HostWorld } from './host-world.js';

const needs = ['linux', 'clang', 'root'] as const;

beforeAll(() => {
  hogProgram();
}, 120_000);

describeLab('edf', [...needs, 'realtime'], () => {
  beforeAll(() => {
    coreProgram();
  }, 120_000);

  backendContract('a backend of the core', () => HostWorld.open('edf'));

  it('schedules again what a core that was killed returned', async () => {
    const world = await HostWorld.open('edf');
    try {
      const hog = await world.start();
      await world.backend.admit(hog, { periodUs: 10_000, sliceUs: 3000, mode: 'strict' });
      const head = readFileSync(join(world.folder, 'edf', `cpu${cpu}`)).subarray(0, layout.head.size);
      process.kill(head.readInt32LE(layout.head.corePid), 'SIGKILL');
      const trouble = async () => (await world.backend.tasks())[0]?.trouble;
      await expect.poll(trouble).toMatch(/the core of processor \d+ does not run/);
      expect(world.isOrdinary(hog)).toBe(true);
      await expect.poll(trouble, { timeout: 5000 }).toBeUndefined();
      await expect.poll(() => world.isOrdinary(hog)).toBe(false);
    } finally {
      await world.close();
    }
  });
});

describeLab('deadline', [...needs, 'deadline'], () => {
  backendContract('a backend of SCHED_DEADLINE', () => HostWorld.open('deadline'));
});

describeLab('quota', [...needs, 'quota'], () => {
  backendContract('a backend of quotas', () => HostWorld.open('quota'));
});

describeLab('backends, tried on a child,', [...needs, 'realtime', 'deadline', 'quota'], () => {
  it.each(['edf', 'deadline', 'quota'] as const)('work: %s', async (kind) => {
    const world = await HostWorld.open(kind);
    try {
      expect(await tryOnChild(world.backend)).toBeUndefined();
      expect(await world.backend.tasks()).toEqual([]);
      if (kind === 'edf') expect(world.backend.ability.overheadUs).toBeGreaterThan(0);
    } finally {
      await world.close();
    }
  });
});
