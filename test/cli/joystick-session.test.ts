import { describe, expect, it } from 'vitest';
import { ButtonSession } from '../../cli/button-session.js';
import { pushesIn } from '../../cli/joystick-keys.js';
import { JoystickSession } from '../../cli/joystick-session.js';
import type { VschedAsk, VschedClient } from '../../cli/vsched-client.js';
import type { AdjustableVm } from '../../schema/generated/types.js';

const key = `sha256:${'A'.repeat(43)}=`;
const stated = { periodUs: 20_000, sliceUs: 4000 };
const bounds = [{ key, leastPeriodUs: 5000, mostPeriodUs: 100_000, leastPpm: 100_000, mostPpm: 900_000 }];

/** An agent that gives web-1 at most 60 % of a processor. */
class FakeAgent {
  vm: AdjustableVm = {
    ...{ vm: 'web-1', cpus: [0], mode: 'strict', statedPeriodUs: 20_000, statedSliceUs: 4000 },
    ...{ ...stated, bounds },
  };
  readonly asked: VschedAsk[] = [];
  readonly client = { request: async (ask: VschedAsk) => this.#answer(ask) } as Pick<VschedClient, 'request'>;

  #answer(ask: VschedAsk) {
    this.asked.push(ask);
    if (ask.kind === 'list') return { kind: 'listed', number: 1, tasks: [], vms: [this.vm] };
    const wanted = ask.kind === 'adjust' ? ask : stated;
    const { periodUs, sliceUs } = wanted;
    if (sliceUs > 0.6 * periodUs) {
      const excessPpm = Math.round((1e6 * sliceUs) / periodUs - 600_000);
      const nearest = { periodUs, sliceUs: Math.floor(0.6 * periodUs) };
      return {
        kind: 'refused',
        number: 1,
        reason: 'overfull',
        message: 'the others have the rest',
        excessPpm,
        nearest,
      };
    }
    this.vm = { ...this.vm, periodUs, sliceUs };
    return { kind: 'granted', number: 1, periodUs, sliceUs };
  }
}

async function begun(agent: FakeAgent): Promise<JoystickSession> {
  let nowMs = 0;
  const nobody = async () => null;
  const ports = { client: agent.client, plane: nobody, nowMs: () => ++nowMs, show: () => undefined };
  const session = await JoystickSession.begin(ports, 'web-1');
  if (typeof session === 'string') throw new Error(session);
  return session;
}

const right = { kind: 'step', direction: 'right', isLarge: true } as const;

describe('a session at the joystick', () => {
  it('asks for each push, and of many at once for the first and the last', async () => {
    const agent = new FakeAgent();
    const session = await begun(agent);
    for (let push = 0; push < 5; push++) session.push(right);
    await session.settled();
    expect(agent.asked.filter(({ kind }) => kind === 'adjust')).toMatchObject([{ sliceUs: 5000 }, { sliceUs: 9000 }]);
    expect(session.joystick).toMatchObject({ chosen: { sliceUs: 9000 }, vm: { sliceUs: 9000 }, message: '' });
    session.push({ kind: 'restore' });
    await session.settled();
    expect(session.joystick).toMatchObject({ chosen: stated, vm: stated });
  });

  it('shows what is refused with what would fit, and lets the user go on', async () => {
    const agent = new FakeAgent();
    const session = await begun(agent);
    for (let push = 0; push < 9; push++) {
      session.push(right);
      await session.settled();
    }
    expect(session.joystick).toMatchObject({
      chosen: { sliceUs: 13_000 },
      vm: { sliceUs: 12_000 },
      message: 'Refused: 5.0 % of a processor too much; 12 ms in every 20 ms would be granted.',
    });
    session.push({ ...right, direction: 'left' });
    await session.settled();
    expect(session.joystick).toMatchObject({ chosen: { sliceUs: 12_000 }, message: '' });
  });

  it('says where documents end, without asking', async () => {
    const agent = new FakeAgent();
    const session = await begun(agent);
    for (let push = 0; push < 3; push++) {
      session.push({ ...right, direction: 'left' });
      await session.settled();
    }
    expect(session.joystick).toMatchObject({
      chosen: { sliceUs: 2000 },
      message: 'Documents let you go no further.',
    });
    expect(agent.asked.filter(({ kind }) => kind === 'adjust')).toHaveLength(2);
  });

  it('does not begin with a VM that the key may not change', async () => {
    const { client } = new FakeAgent();
    const ports = { client, plane: async () => null, nowMs: () => 0, show: () => undefined };
    expect(await JoystickSession.begin(ports, 'db-1')).toBe(
      'Your key may not change the schedule of db-1 on this host; of those it may: vm/web-1.',
    );
  });
});

describe('keys', () => {
  it('are read one by one, however many come at once', () => {
    const up = { kind: 'step', direction: 'up', isLarge: false };
    expect(pushesIn('\u001b[A\u001bOB\u001b[1;2Cxs\u001b[5~q')).toEqual([
      up,
      { ...up, direction: 'down' },
      { ...up, direction: 'right', isLarge: true },
      { kind: 'propose' },
      { ...up, isLarge: true },
      { kind: 'leave' },
    ]);
    expect(pushesIn('\u0003')).toEqual([{ kind: 'leave' }]);
    expect(pushesIn('\u001b[2~\u001bzx')).toEqual([]);
  });
});

describe('a session with the irritation button', () => {
  async function pressing(agent: FakeAgent): Promise<ButtonSession> {
    const found = await ButtonSession.begin(agent.client, 'web-1');
    if (found.kind === 'refused') throw new Error(found.message);
    return found.session;
  }

  it('gives more at once, and less and less afterwards, to the cheapest', async () => {
    const agent = new FakeAgent();
    const session = await pressing(agent);
    expect(await session.press()).toBe('more: 11 ms in every 20 ms (55.0 %)');
    const slices: number[] = [];
    for (let second = 0; second < 3000; second++) {
      await session.wait(1000);
      slices.push(agent.vm.sliceUs);
    }
    expect(slices.every((slice, place) => slice <= (slices[place - 1] ?? 11_000))).toBe(true);
    expect(slices.at(-1)).toBe(2000);
    expect(agent.asked.length).toBeLessThan(120);
  });

  it('gives all that is left where there is no more, says what is refused, and goes on from what is in force', async () => {
    const agent = new FakeAgent();
    const session = await pressing(agent);
    await session.press();
    expect(await session.press()).toBe('all that is left: 12 ms in every 20 ms (60.0 %)');
    expect(await session.press()).toBe('refused: the others have the rest');
    expect(agent.vm.sliceUs).toBe(12_000);
    let told: string | null = null;
    while (told === null) told = await session.wait(1000);
    expect(told).toMatch(/^less: 11\./);
  });

  it('keeps a period that is asked for, if documents allow it', async () => {
    const agent = new FakeAgent();
    expect(await ButtonSession.begin(agent.client, 'web-1', 4000)).toMatchObject({ kind: 'refused' });
    const found = await ButtonSession.begin(agent.client, 'web-1', 10_000);
    if (found.kind === 'refused') throw new Error(found.message);
    await found.session.press();
    expect(agent.vm).toMatchObject({ periodUs: 10_000, sliceUs: 5500 });
  });
});
