import { spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DetachedCommand, DetachedProcess, detachedVariable } from '../../../agents/linux/detached-process.js';
import { identifyProcess, isAlive } from '../../../agents/linux/process-identity.js';
import { endProcesses, processesWithEnvironment } from '../../../agents/linux/processes.js';
import { readState, writeState } from '../../../agents/linux/state-file.js';
import { describeLab } from '../../environment.js';

let folder = '';
let path = '';
const opened: DetachedProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'detached-'));
  path = join(folder, 'some', 'program');
});

afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await endProcesses(running);
  rmSync(folder, { recursive: true });
});

const running = (): number[] => processesWithEnvironment(`${detachedVariable}=${path}`);

type Within = <T>(task: () => T extends Promise<unknown> ? never : T) => T;

/** As a new agent has it. */
function open(within: Within = (task) => task()): DetachedProcess {
  const made = new DetachedProcess({ path, within, random: () => 0 });
  opened.push(made);
  return made;
}

const shell = (script: string): DetachedCommand => ({ program: '/bin/sh', args: ['-c', script], cwd: folder });
const lasting = shell('exec sleep 1000');

async function until(what: () => boolean): Promise<void> {
  for (let waitedMs = 0; !what(); waitedMs += 10) {
    if (waitedMs > 10_000) throw new Error(`waited in vain for ${what}`);
    await sleep(10);
  }
}

describeLab('a detached process', ['linux'], () => {
  it('is taken up without a gap by whoever comes later', async () => {
    const first = open();
    await first.keep(lasting);
    const { pid } = first;
    first.close();
    const second = open();
    await second.keep(lasting);
    expect(pid).toBeDefined();
    expect(second.pid).toBe(pid);
    expect(running()).toEqual([pid]);
  });

  it('is replaced by one with other arguments', async () => {
    const kept = open();
    await kept.keep(lasting);
    const { pid } = kept;
    kept.close();
    const next = open();
    await next.keep(shell('exec sleep 2000'));
    expect(next.pid).not.toBe(pid);
    expect(running()).toEqual([next.pid]);
  });

  it('is started again when it dies, and whatever it left behind is ended first', async () => {
    const kept = open();
    await kept.keep(shell('sleep 1000 & sleep 1001 & wait'));
    await until(() => running().length === 3);
    const { pid = 0 } = kept;
    const before = running();
    process.kill(pid, 'SIGKILL');
    await until(() => kept.pid !== undefined && kept.pid !== pid && running().length === 3);
    expect(running().filter((each) => before.includes(each))).toEqual([]);
    expect(kept.lastEnd).toBe('was ended by SIGKILL');
  });

  it('is started again when one that was taken up dies', async () => {
    const first = open();
    await first.keep(lasting);
    const { pid = 0 } = first;
    first.close();
    const second = open();
    await second.keep(lasting);
    process.kill(pid, 'SIGKILL');
    // Asked once a turn: the process may die between two questions.
    await until(() => ![undefined, pid].includes(second.pid));
    expect(running()).toEqual([second.pid]);
  });

  it('is tried ever more rarely while it does not stay', async () => {
    const kept = open();
    await kept.keep(shell('date +%s%N >> runs; exit 3'));
    const runs = (): number[] =>
      existsSync(join(folder, 'runs'))
        ? readFileSync(join(folder, 'runs'), 'utf8')
            .trim()
            .split('\n')
            .map((atNs) => Number(BigInt(atNs) / 1_000_000n))
        : [];
    await until(() => runs().length >= 5);
    for (const [index, leastMs] of [50, 100, 200, 400].entries())
      expect((runs()[index + 1] ?? 0) - (runs()[index] ?? 0)).toBeGreaterThanOrEqual(leastMs - 5);
    expect(kept.lastEnd).toBe('ended with code 3');
  });

  it('exists once even if its starter dies before it could note it down', async () => {
    const dying = open((task) => {
      task();
      throw new Error('the agent dies');
    });
    await expect(dying.keep(lasting)).rejects.toThrow('the agent dies');
    dying.close();
    await until(() => running().length === 1);
    const orphans = running();
    const next = open();
    await next.keep(lasting);
    expect(running()).toEqual([next.pid]);
    expect(orphans).not.toContain(next.pid);
  });

  it('does not end a stranger that has its number now', async () => {
    const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const identity = identifyProcess(stranger.pid ?? 0);
    expect(identity).toBeDefined();
    if (!identity) return;
    const stale = { process: { ...identity, startTicks: identity.startTicks - 1 }, command: lasting };
    writeState(`${path}.pid`, stale);
    appendFileSync(`${path}.log`, '');
    const kept = open();
    await kept.keep(lasting);
    expect(kept.pid).not.toBe(identity.pid);
    await kept.end();
    expect(isAlive(identity)).toBe(true);
    stranger.kill();
  });

  it('says why it cannot be started, and is started as soon as it can be', async () => {
    const program = join(folder, 'later');
    const kept = open();
    await kept.keep({ program, args: [], cwd: folder });
    await until(() => kept.lastEnd !== undefined);
    expect(kept.lastEnd).toMatch(/cannot be started: .*ENOENT/);
    writeFileSync(program, '#!/bin/sh\nexec sleep 1000\n');
    chmodSync(program, 0o755);
    await until(() => kept.pid !== undefined);
  });

  it('is ended with all its children, though they will not, and leaves no file', async () => {
    const kept = open();
    await kept.keep(
      shell(`trap '' TERM; sh -c "trap '' TERM; while :; do sleep 0.1; done" & while :; do sleep 0.1; done`),
    );
    await until(() => running().length >= 3);
    await kept.end();
    expect(running()).toEqual([]);
    expect(readdirSync(join(folder, 'some'))).toEqual([]);
  });

  it('hears signals that it handles, and no others', async () => {
    const kept = open();
    await kept.keep(lasting);
    kept.signal('SIGHUP');
    const { pid } = kept;
    await sleep(50);
    expect(kept.pid).toBe(pid);
    await kept.keep(shell(`trap 'echo heard' HUP; echo ready; while :; do sleep 0.01; done`));
    await until(() => kept.lastLines().includes('ready'));
    kept.signal('SIGHUP');
    await until(() => kept.lastLines().includes('heard'));
  });

  it('keeps the last lines of the latest run that said anything, in a log of bounded size', async () => {
    const kept = open();
    await kept.keep(shell('echo one; echo two; exec sleep 1000'));
    await until(() => kept.lastLines().length === 2);
    expect(kept.lastLines()).toEqual(['one', 'two']);
    appendFileSync(`${path}.log`, 'filling\n'.repeat(100_000));
    await until(() => statSync(`${path}.log`).size < 100_000);
    expect(kept.lastLines().at(-1)).toBe('filling');
    process.kill(kept.pid ?? 0, 'SIGKILL');
    await until(() => kept.lastLines().at(-1) === 'two');
  });

  it('has the environment of its starter and the permissions it is told', async () => {
    process.env.VIRTUOSO_PROBE = 'inherited';
    const kept = open();
    await kept.keep({ ...shell('echo $VIRTUOSO_PROBE; umask; exec sleep 1000'), umask: 0o007 });
    const before = process.umask();
    await until(() => kept.lastLines().length === 2);
    delete process.env.VIRTUOSO_PROBE;
    expect(kept.lastLines()).toEqual(['inherited', '0007']);
    expect(process.umask()).toBe(before);
    expect(readState<{ command: DetachedCommand }>(`${path}.pid`)?.command.umask).toBe(0o007);
  });
});
