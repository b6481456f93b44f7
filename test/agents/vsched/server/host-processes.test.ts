import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identifyProcess } from '../../../../agents/linux/process-identity.js';
import { HostProcesses } from '../../../../agents/vsched/server/host-processes.js';
import { hostUserIds } from '../../../../agents/vsched/server/user-ids.js';
import { describeLab } from '../../../environment.js';

const uid = process.getuid?.() ?? 0;

describeLab('processes of a host', ['linux'], () => {
  /** Of an agent that runs somewhere else. */
  const table = new HostProcesses(4_194_304);
  let child: ChildProcess;
  beforeEach(async () => {
    child = spawn('sleep', ['4711.5'], { stdio: 'ignore' });
    await once(child, 'spawn');
    await expect.poll(() => table.look(child.pid ?? 0)?.name).toBe('sleep');
  });
  afterEach(() => {
    child.kill('SIGKILL');
  });

  it('are seen with user, name and command line', () => {
    const pid = child.pid ?? 0;
    expect(table.look(pid)).toEqual({
      ...{ process: identifyProcess(pid), uid, name: 'sleep', command: 'sleep 4711.5', isVital: false },
    });
  });

  it('are found by user, and no others', async () => {
    const pids = (await table.ofUsers(new Set([uid]))).map((seen) => seen.process.pid);
    expect(pids).toContain(child.pid);
    expect(pids).toEqual([...pids].sort((a, b) => a - b));
    expect(await table.ofUsers(new Set([4_000_000_000]))).toEqual([]);
  });

  it('are gone when they have ended, even before anybody has asked how', async () => {
    child.kill('SIGKILL');
    await expect.poll(() => table.look(child.pid ?? 0)).toBeUndefined();
    expect(table.look(4_194_304)).toBeUndefined();
  });

  it('are vital if they are the first one, or the agent with what it has started', () => {
    expect(new HostProcesses(process.pid).look(child.pid ?? 0)?.isVital).toBe(true);
    expect(new HostProcesses(process.pid).look(process.pid)?.isVital).toBe(true);
    expect(table.look(1)?.isVital).toBe(true);
  });

  it('are vital if they carry links, whoever started them', async () => {
    const carrier = spawn('sleep', ['4711.6'], {
      stdio: 'ignore',
      env: { ...process.env, VIRTUOSO_DETACHED: '/run/x' },
    });
    await once(carrier, 'spawn');
    await expect.poll(() => table.look(carrier.pid ?? 0)).toMatchObject({ name: 'sleep', isVital: true });
    carrier.kill('SIGKILL');
  });

  it('are not their threads', async () => {
    const threads = readdirSync('/proc/self/task').map(Number);
    expect(threads.length).toBeGreaterThan(1);
    const seen = threads.filter((thread) => table.look(thread) !== undefined);
    expect(seen).toEqual([process.pid]);
  });

  it('belong to users that are looked up by name', async () => {
    const userId = hostUserIds(() => 0);
    expect(await userId('root')).toBe(0);
    expect(await userId('no-such-user-here')).toBeUndefined();
  });
});

it('asks for a user once a minute, and more often for one that is not known', async () => {
  let nowMs = 0;
  const asked: string[] = [];
  const userId = hostUserIds(
    () => nowMs,
    async (user) => {
      asked.push(user);
      return user === 'anna' ? 1000 : undefined;
    },
  );
  for (nowMs of [0, 1000, 4000, 6000, 59_000, 61_000]) await Promise.all([userId('anna'), userId('nobody')]);
  expect(asked.filter((user) => user === 'anna')).toHaveLength(2);
  expect(asked.filter((user) => user === 'nobody')).toHaveLength(3);
});
