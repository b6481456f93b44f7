import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import koffi from 'koffi';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { identifyProcess } from '../../../agents/linux/process-identity.js';
import { compileNative } from '../../../agents/vnet/compile-native.js';
import { compilerOptions, nativeFolder } from '../../../agents/vsched/core-program.js';
import { packageRoot } from '../../../package-root.js';
import { describeLab } from '../../environment.js';

const patience = 5;

describeLab('how core and watchdog judge each other', ['clang', 'linux'], () => {
  let hasFailed: (standstill: Buffer, pid: number, heartbeatNs: number, patience: number) => boolean;
  let startTicksOf: (pid: number) => number;
  let stateOf: (pid: number) => number;
  let sleeper: ChildProcess;
  let folder: string;

  beforeAll(async () => {
    const path = compileNative({
      output: join(packageRoot(), 'dist', 'native', 'test-standstill.so'),
      folder: nativeFolder(),
      sources: ['standstill.c', 'clocks.c', 'process-look.c'],
      options: [...compilerOptions(), '-shared', '-fPIC'],
      libraries: [],
      packages: ['clang'],
    });
    const library = koffi.load(path);
    hasFailed = library.func('bool has_failed(void *, int, uint64_t, int)');
    startTicksOf = library.func('uint64_t start_ticks_of(int)');
    stateOf = library.func('int8_t state_of(int)');
    // A name that is hard to read past.
    folder = mkdtempSync(join(tmpdir(), 'virtuoso-standstill-'));
    const program = join(folder, 'a) R 1 (b');
    copyFileSync('/bin/sleep', program);
    sleeper = spawn(program, ['1000'], { stdio: 'ignore' });
    await once(sleeper, 'spawn');
  }, 60_000);

  afterAll(() => {
    sleeper.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  const untilIn = (state: string) =>
    expect.poll(() => stateOf(sleeper.pid ?? 0), { timeout: 20_000 }).toBe(state.charCodeAt(0));

  /** How many looks it takes, at heartbeats that follow each other. */
  function looksUntilFailed(pid: number, heartbeats: Iterable<number>): number | undefined {
    const standstill = Buffer.alloc(24);
    let looks = 0;
    for (const heartbeatNs of heartbeats) {
      looks++;
      if (hasFailed(standstill, pid, heartbeatNs, patience)) return looks;
    }
    return undefined;
  }

  it('one that sleeps, is stopped or is gone fails when its heartbeat has not moved for so many looks', async () => {
    const pid = sleeper.pid ?? 0;
    await untilIn('S');
    expect(looksUntilFailed(pid, Array(50).fill(7))).toBe(1 + patience);
    process.kill(pid, 'SIGSTOP');
    await untilIn('T');
    expect(looksUntilFailed(pid, [1, 2, 2, 2, 2, 2, 3, ...Array(50).fill(4)])).toBe(8 + patience);
    process.kill(pid, 'SIGCONT');
    expect(looksUntilFailed(4_194_303, Array(50).fill(7))).toBe(1 + patience);
  });

  it('one that is ready to run, and is not let, is given more time', () => {
    // Nobody else runs on this processor while the looks are taken.
    const ready = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
    const pid = ready.pid ?? 0;
    const before = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
    const one = String(Number.parseInt(before, 10));
    try {
      spawnSync('taskset', ['-pc', one, String(process.pid)]);
      spawnSync('taskset', ['-pc', one, String(pid)]);
      spawnSync('chrt', ['-i', '-p', '0', String(pid)]);
      const looks = looksUntilFailed(pid, Array(100).fill(7));
      expect(looks).toBeGreaterThan(1 + patience);
      expect(looks).toBeLessThanOrEqual(26 + patience);
    } finally {
      spawnSync('taskset', ['-pc', before, String(process.pid)]);
      ready.kill('SIGKILL');
    }
  });

  it('one whose heartbeat moves does not', () => {
    expect(looksUntilFailed(sleeper.pid ?? 0, Array(200).keys())).toBeUndefined();
  });

  it('state and start are read whatever the name of a program', async () => {
    expect(startTicksOf(process.pid)).toBe(identifyProcess(process.pid)?.startTicks);
    expect(startTicksOf(sleeper.pid ?? 0)).toBe(identifyProcess(sleeper.pid ?? 0)?.startTicks);
    await untilIn('S');
    expect(startTicksOf(4_194_303)).toBe(0);
  });
});
