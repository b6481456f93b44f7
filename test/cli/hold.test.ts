import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HoldAsk, hold } from '../../cli/hold.js';
import type { VschedAsk, VschedClient } from '../../cli/vsched-client.js';
import type { AdjustableVm, VschedTask } from '../../schema/generated/types.js';

const bounds = {
  key: `sha256:${'A'.repeat(43)}=`,
  leastPeriodUs: 1000,
  mostPeriodUs: 50_000,
  leastPpm: 100_000,
  mostPpm: 600_000,
};
const vm: AdjustableVm = {
  ...{
    vm: 'vm-1',
    cpus: [0],
    mode: 'strict',
    statedPeriodUs: 10_000,
    statedSliceUs: 2000,
    periodUs: 10_000,
    sliceUs: 2000,
  },
  bounds: [bounds],
};
const task: VschedTask = {
  ...{
    process: { pid: 77, startTicks: 5, bootId: 'b'.repeat(36) },
    user: 'ann',
    name: 'encoder',
    periodUs: 20_000,
    sliceUs: 1000,
  },
  ...{ mode: 'strict', isPaused: false, deliveredUs: 0 },
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hold-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** An agent with an application that does `full` in a second with a whole processor; interrupted after some seconds. */
async function held(
  ask: Partial<HoldAsk>,
  full: number,
  seconds = 40,
  refusal?: { message: string; reason: 'gone' | 'overfull' },
) {
  const from = join(folder, 'count');
  const asked: VschedAsk[] = [];
  const written: string[] = [];
  let [count, nowMs, share] = [0, 0, ask.object?.kind === 'process' ? 0.05 : 0.2];
  writeFileSync(from, '0\n');
  const request = async (each: VschedAsk) => {
    asked.push(each);
    if (each.kind === 'list') return { kind: 'listed', number: 1, tasks: [task], vms: [vm] };
    if (refusal) return { kind: 'refused', number: 1, ...refusal };
    if (each.kind === 'adjust' || each.kind === 'set') share = each.sliceUs / each.periodUs;
    return { kind: 'granted', number: 1, periodUs: 1, sliceUs: 1 };
  };
  const client = { request, close: () => undefined } as VschedClient;
  const end = await hold(
    client,
    { object: { kind: 'vm', vm: 'vm-1' }, rate: 30, from, ...ask },
    {
      nowMs: () => nowMs,
      write: (text) => written.push(text),
      sleep: async (ms) => {
        nowMs += ms;
        count += (full * share * ms) / 1000;
        writeFileSync(from, `${Math.floor(count)}\n`);
        return nowMs < seconds * 1000;
      },
    },
  );
  return { end, asked, written, share };
}

describe('virtuoso vsched hold', () => {
  it('changes the slice of a VM until its application does what it should', async () => {
    const { end, asked, written, share } = await held({}, 100, 60);
    expect(end).toEqual({ kind: 'interrupted' });
    expect(share).toBeGreaterThan(0.28);
    expect(share).toBeLessThan(0.32);
    expect(asked[1]).toMatchObject({ kind: 'adjust', vm: 'vm-1', periodUs: 10_000 });
    expect(written.at(-1)).toMatch(/of 30 a second with [23](\.\d+)? ms in every 10 ms: (held|on the way)\n$/);
    expect(new Set(written).size).toBe(written.length);
  });

  it('stays within what documents grant, and says that it is not enough', async () => {
    const { written, share } = await held({}, 40, 60);
    expect(share).toBe(0.6);
    expect(written.at(-1)).toMatch(/cannot be held: it needs about 7\d(\.\d)? % of a processor, and may have 60 %\n$/);
    const { share: asked } = await held({ mostPpm: 250_000 }, 40, 60);
    expect(asked).toBe(0.25);
  });

  it('changes a process that has a schedule, and ends with it', async () => {
    const object = { kind: 'process', pid: 77 } as const;
    const { asked, share } = await held({ object }, 100, 60);
    expect(asked[1]).toMatchObject({ kind: 'set', process: task.process, periodUs: 20_000 });
    expect(share).toBeCloseTo(0.3, 1);
    const refusal = { message: 'there is no process 77: it has ended', reason: 'gone' } as const;
    expect((await held({ object }, 100, 60, refusal)).end).toEqual({ kind: 'failed', message: refusal.message });
  });

  it('goes on while there is no room, and says so', async () => {
    const { end, written } = await held({}, 100, 20, { message: 'no room: 3 % too much', reason: 'overfull' });
    expect(end).toEqual({ kind: 'interrupted' });
    expect(written.at(-1)).toContain('2 ms in every 10 ms: no room: 3 % too much');
  });

  it('refuses what the key may not change, and bounds that leave nothing', async () => {
    expect((await held({ object: { kind: 'vm', vm: 'vm-9' } }, 1)).end).toMatchObject({ kind: 'failed' });
    expect((await held({ object: { kind: 'process', pid: 5 } }, 1)).end).toMatchObject({ kind: 'failed' });
    expect((await held({ leastPpm: 700_000 }, 1)).end).toMatchObject({
      message: expect.stringContaining('10 to 60 % of a processor, have nothing in common'),
    });
  });
});
