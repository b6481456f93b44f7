import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { identifyProcess } from '../../../agents/linux/process-identity.js';
import { layout } from '../../../agents/vsched/area-layout.js';
import { coreProgram } from '../../../agents/vsched/core-program.js';
import { describeLab } from '../../environment.js';
import { isOrdinary, schedulingOf } from './core-stage.js';

interface Held {
  pid: number;
  startTicks: number;
}

/** An area whose core has died while it held processes that ran on all processors. */
function deadArea(held: readonly Held[]): Buffer {
  const area = Buffer.alloc(layout.area.size);
  area.writeBigUInt64LE(0x6465686373762e76n, layout.head.magic);
  area.writeUInt32LE(1, layout.head.layout);
  area.writeUInt32LE(layout.area.size, layout.head.layout + 4);
  held.forEach(({ pid, startTicks }, index) => {
    const at = layout.area.held + index * layout.held.size;
    area.writeUInt32LE(1, at + layout.held.held);
    area.writeInt32LE(pid, at + layout.held.pid);
    area.writeBigUInt64LE(BigInt(startTicks), at + layout.held.startTicks);
    area.fill(0xff, at + layout.held.mask, at + layout.held.size);
  });
  return area;
}

describeLab('release of what dead cores held', ['clang', 'linux'], () => {
  let folder: string;
  let guest: ChildProcess;
  let pid: number;

  beforeAll(() => {
    coreProgram();
  }, 60_000);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-vsched-'));
    guest = spawn('sleep', ['1000'], { stdio: 'ignore' });
    await once(guest, 'spawn');
    pid = guest.pid ?? 0;
    spawnSync('taskset', ['-pc', '0', String(pid)]);
    process.kill(pid, 'SIGSTOP');
  });

  afterEach(() => {
    guest.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  function release(...held: Held[]): string {
    const path = join(folder, 'area');
    writeFileSync(path, deadArea(held));
    const { status, stderr } = spawnSync(coreProgram(), ['release', '--area', path], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(spawnSync(coreProgram(), ['release', '--area', path], { encoding: 'utf8' }).stderr).toBe('');
    return stderr;
  }

  it('makes a process run where it ran before', () => {
    const startTicks = identifyProcess(pid)?.startTicks ?? 0;
    expect(release({ pid, startTicks })).toContain('returned to ordinary scheduling: 1');
    expect(isOrdinary(pid)).toBe(true);
  });

  it('leaves alone a process that has got the number of another, and takes no offence at one that has ended', () => {
    const startTicks = (identifyProcess(pid)?.startTicks ?? 0) - 1;
    const { pid: ended = 0 } = spawnSync('true');
    expect(release({ pid, startTicks }, { pid: ended, startTicks })).toBe('');
    expect(schedulingOf(pid)).toMatchObject({ states: ['T'], processors: '0' });
  });
});
