import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { operatorIdentity } from '../../cli/open-vsched.js';
import { addVschedVerbs } from '../../cli/vsched-verbs.js';
import { ServedWorld } from '../agents/vsched/server/served-world.js';

let world: ServedWorld;
let state: string;
beforeEach(async () => {
  world = await ServedWorld.open();
  state = mkdtempSync(join(tmpdir(), 'virtuoso-operator-'));
  const key = (await operatorIdentity(state)).pin;
  world.operators.push({ key, user: 'anna' });
  await world.vsched.keep([world.schedule('vm-1', key)]);
});
afterEach(async () => {
  await world.close();
  rmSync(state, { recursive: true });
});

/** What a verb prints, and its exit code. */
async function vsched(...args: string[]): Promise<{ code: number; out: string; errors: string }> {
  const printed = { out: '', errors: '' };
  const into = (where: 'out' | 'errors') => (text: string | Uint8Array) => {
    printed[where] += text;
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(into('out')),
    vi.spyOn(process.stderr, 'write').mockImplementation(into('errors')),
  ];
  let code = 0;
  const command = new Command().exitOverride();
  const verbs = command.command('vsched');
  addVschedVerbs(verbs, async (verb) => {
    code = await verb;
  });
  for (const verb of verbs.commands) verb.exitOverride();
  const asking = ['--agent', world.url.replace('wss://', ''), '--agent-key', world.agent.pin];
  const who = args[0] === 'key' ? [] : asking;
  // Of an option that is there twice, the last one counts.
  const [verb = '', ...rest] = args;
  await command
    .parseAsync(['vsched', verb, ...who, ...rest, '--state', state], { from: 'user' })
    .catch((error: Error) => {
      code = 1;
      printed.errors += error.message;
    });
  for (const spy of spies) spy.mockRestore();
  return { code, ...printed };
}

const third = ['--period', '30ms', '--slice', '10ms', '--strict'];

describe('virtuoso vsched', () => {
  it('prints the key of the person, which stays the same', async () => {
    const first = await vsched('key');
    expect(first).toEqual({ code: 0, out: `${(await operatorIdentity(state)).pin}\n`, errors: '' });
    expect(await vsched('key')).toEqual(first);
  });

  it('finds, admits, changes, pauses, lists and releases a process', async () => {
    const { pid } = await world.start('anna');
    const said = async (...args: string[]) => {
      const { code, out, errors } = await vsched(...args);
      expect({ code, errors }).toEqual({ code: 0, errors: '' });
      return out;
    };
    expect(await said('find', 'simul')).toBe(
      [
        'PID  STARTED  USER  PROGRAM   SCHEDULED  COMMAND',
        '100     1000  anna  simulate  no         /usr/bin/simulate --of anna',
        '',
      ].join('\n'),
    );
    expect(await said('find', 'nothing')).toBe('No process of yours is like that.\n');
    expect(await said('admit', `${pid}`, ...third)).toBe('process 100: 10 ms in every 30 ms, on processor 0\n');
    expect(await said('set', `${pid}`, '--period', '0.1s', '--slice', '25ms', '--started', '1000')).toBe(
      'process 100: 25 ms in every 100 ms, on processor 0\n',
    );
    await world.host.elapse(2000);
    expect(await said('list')).toBe(
      [
        'The backend emulated gives the slice in each period: periods of 1 ms to 10 s, strict, up to 90 % of each of the processors 0, 1.',
        '',
        'PID  STARTED  USER  PROGRAM   SCHEDULE               MODE    CPU     USED  PERIODS  SHORT  MISSED  STATE',
        '100     1000  anna  simulate  25 ms in every 100 ms  strict    0  0.500 s       20      0       0  in force',
        '',
        'VM       SCHEDULE               STATED                 YOU MAY CHOOSE                   CPU  USED  PERIODS  SHORT  MISSED  STATE',
        'vm/vm-1  20 ms in every 100 ms  20 ms in every 100 ms  10 % to 50 % of 50 ms to 200 ms    0                                kept',
        '',
      ].join('\n'),
    );
    expect(await said('pause', `${pid}`)).toBe('process 100: 25 ms in every 100 ms, on processor 0, paused\n');
    expect(await said('resume', `${pid}`)).toBe('process 100: 25 ms in every 100 ms, on processor 0\n');
    expect(await said('release', `${pid}`)).toBe('process 100: an ordinary process\n');
  });

  it('changes a VM within its bounds, and gives it back what is stated', async () => {
    expect(await vsched('set', 'vm/vm-1', '--period', '50ms', '--slice', '20ms')).toEqual({
      ...{ code: 0, out: 'vm/vm-1: 20 ms in every 50 ms\n', errors: '' },
    });
    expect((await vsched('list')).out).toContain('vm/vm-1  20 ms in every 50 ms  20 ms in every 100 ms  ');
    expect(await vsched('release', 'vm/vm-1')).toMatchObject({ out: 'vm/vm-1: 20 ms in every 100 ms\n' });
    expect(await vsched('set', 'vm/vm-1', '--period', '1s', '--slice', '1ms')).toMatchObject({ code: 3, out: '' });
    expect(await vsched('set', 'vm/vm-2', '--period', '1s', '--slice', '1ms')).toMatchObject({ code: 3, out: '' });
  });

  it('tells refusals as text and as JSON, with exit codes', async () => {
    const { pid } = await world.start('anna');
    const whole = ['admit', `${pid}`, '--strict', '--period', '100ms', '--slice', '95ms'];
    expect(await vsched(...whole)).toEqual({
      ...{ code: 4, out: '' },
      errors:
        'error: processor 1 lacks 5.00 % of a processor for 95 ms in every 100 ms; 90 ms in every 100 ms would fit\n',
    });
    const json = await vsched(...whole, '-o', 'json');
    expect(json.code).toBe(4);
    expect(JSON.parse(json.out)).toEqual({
      ...{ format_version: '1', kind: 'refused', reason: 'overfull', excessPpm: 50_000 },
      nearest: { periodUs: 100_000, sliceUs: 90_000 },
      message: expect.stringContaining('lacks 5.00 %'),
    });
    const other = await world.start('bruno');
    expect(await vsched('pause', `${other.pid}`)).toMatchObject({
      ...{ code: 1, errors: expect.stringContaining(`there is no process ${other.pid} that this key may schedule`) },
    });
    expect(await vsched('admit', `${pid}`, ...third, '--started', '999')).toMatchObject({ code: 5, out: '' });
    world.operators = [];
    await world.vsched.keep([]);
    const stranger = await vsched('list');
    expect(stranger.code).toBe(3);
    expect(stranger.errors).toMatch(/Nobody has granted this key anything here: .* It is sha256:.{43}=\.\n$/);
  });

  it('says so where no agent answers, or another one', async () => {
    const nobody = await vsched('list', '--agent', '127.0.0.1:1');
    expect(nobody).toMatchObject({ code: 1, out: '' });
    expect(nobody.errors).toMatch(
      /^error: Cannot connect to wss:.*ECONNREFUSED.*whether the agent runs with --vsched-listen\.\n$/,
    );
    const other = await vsched('list', '--agent-key', world.stranger.pin);
    expect(other).toMatchObject({ code: 1, out: '' });
    expect(other.errors).toContain(`does not hold the key ${world.stranger.pin}. Look at --agent`);
    expect(await vsched('list', '--agent', 'no where')).toMatchObject({ code: 1, out: '' });
  });

  it.each([
    [['admit', 'vm/vm-1', ...third], 'vm/vm-1 is a VM'],
    [['pause', 'vm/vm-1'], 'vm/vm-1 is a VM'],
    [['set', 'vm/vm-1', ...third], 'only period and slice can be changed'],
    [['pause', 'vm-1'], 'Write the number of a process, or vm/NAME.'],
    [['pause', '-1'], 'Write the number of a process, or vm/NAME.'],
    [['set', '1', '--period', '10', '--slice', '1ms'], 'Write a time with its unit'],
    [['set', '1', '--period', '100us', '--slice', '50us'], 'from 200us to 744h'],
    [['set', '1', '--period', '10ms', '--slice', '10us'], 'from 20us to 744h'],
    [['set', '1', '--period', '10ms'], "required option '--slice <time>'"],
    [['admit', '1', ...third, '--work-conserving'], 'cannot be used with option'],
  ])('says what is wrong with %s', async (args, message) => {
    const run = await vsched(...args);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.errors).toContain(message);
  });
});
