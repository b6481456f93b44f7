import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { coreProgram } from '../../../agents/vsched/core-program.js';
import type { Schedule } from '../../../agents/vsched/scheduler-backend.js';
import { BulkSynchronous } from '../../../bench/vsched/bulk-synchronous.js';
import { processors, VschedStage } from '../../../bench/vsched/stage.js';
import { describeLab } from '../../environment.js';

const gang: Schedule = { periodUs: 20_000, sliceUs: 8000, mode: 'strict', phaseUs: 0 };
const two = processors.slice(0, 2);
const whileMs = 1500;

describeLab('a gang schedule', ['linux', 'clang', 'root', 'realtime'], () => {
  let stage: VschedStage;
  let program: BulkSynchronous;

  beforeAll(() => {
    coreProgram();
  }, 120_000);

  beforeEach(async () => {
    stage = await VschedStage.open();
    program = await BulkSynchronous.start(two);
  });

  afterEach(async () => {
    await program.end();
    await stage.close();
  });

  it('shields processes that wait for each other from others that want their processors', {
    timeout: 30_000,
  }, async () => {
    await stage.compete();
    await sleep(200);
    const without = await program.rate(whileMs);
    const backend = await stage.backend('edf', 100_000);
    try {
      for (const [index, process] of program.processes.entries())
        expect(await backend.admit(process, gang, program.cpuOf(index, two))).toMatchObject({ kind: 'granted' });
      await sleep(200);
      // Four fifths of both processors, instead of half of them and whatever waiting for each other makes of it.
      expect(await program.rate(whileMs)).toBeGreaterThan(without * 1.25);
    } finally {
      await backend.close();
    }
  });
});
