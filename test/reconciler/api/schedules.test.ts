import { afterEach, expect, it } from 'vitest';
import { schedulesText } from '../../../cli/schedules-text.js';
import type { Snapshot } from '../../../reconciler/model/snapshot.js';
import type { ScheduleList, SchedulePlane } from '../../../schema/generated/types.js';
import { breaches } from './schema-of.js';
import { call, json, serving } from './serving.js';

const key = `sha256:${'A'.repeat(43)}=`;
const bounds = [{ key, leastPeriodUs: 5000, mostPeriodUs: 50_000, leastPpm: 100_000, mostPpm: 800_000 }];
const stated = { periodUs: 10_000, sliceUs: 3000, threads: 1, mode: 'strict' as const, lockStep: false };
const adjusted = {
  ...{ periodUs: 20_000, sliceUs: 8000, statedPeriodUs: 10_000, statedSliceUs: 3000 },
  ...{ key, atMs: 1000 },
};

/** web-1 and db-1 on a host with one processor, of which a tenth is kept; new-1 nowhere, plain-1 without a schedule. */
const picture = {
  hosts: [
    {
      name: 'host-1',
      processors: { count: 1, reservedPpm: 100_000 },
      capabilities: { schedules: { floorUs: 1000, overheadUs: 10 } },
    },
  ],
  vms: [
    { name: 'db-1', set: 'db', host: 'host-1', schedule: stated },
    { name: 'new-1', set: 'db', host: null, schedule: stated },
    { name: 'plain-1', set: 'plain', host: 'host-1' },
    { name: 'web-1', set: 'web', host: 'host-1', schedule: { ...stated, bounds, adjusted } },
  ],
  current: new Map([
    [
      'host-1',
      { schedules: new Map(['db-1', 'web-1'].map((vm) => [vm, { vm, cpus: [0], ...stated, mode: 'strict' }])) },
    ],
  ]),
} as unknown as Snapshot;

let api: Awaited<ReturnType<typeof serving>>;
afterEach(() => api.close());

it('tells schedules as documents state them, and as users have changed them', async () => {
  api = await serving();
  expect(json(await call(`${api.url}/v1/schedules`))).toEqual({ format_version: '1', schedules: [] });
  api.live.picture = picture;
  const list = json(await call(`${api.url}/v1/schedules`)) as ScheduleList;
  expect(breaches('ScheduleList', list)).toEqual([]);
  expect(list.schedules.map(({ vm, host, cpus }) => [vm, host, cpus])).toEqual([
    ['db-1', 'host-1', [0]],
    ['new-1', null, []],
    ['web-1', 'host-1', [0]],
  ]);
  expect(list.schedules[2]).toMatchObject({
    stated: { periodUs: 10_000, sliceUs: 3000 },
    inForce: { periodUs: 20_000, sliceUs: 8000 },
    adjusted,
    bounds,
    cost: 40.125,
  });
  expect(schedulesText(list).split('\n')).toEqual([
    'VM     HOST    CPUS  STATED               IN FORCE             BY                 COST',
    'db-1   host-1  0     3 ms in every 10 ms  3 ms in every 10 ms  documents        30.3 %',
    'new-1  -       -     3 ms in every 10 ms  -                    documents             -',
    'web-1  host-1  0     3 ms in every 10 ms  8 ms in every 20 ms  sha256:AAAAAAAA  40.1 %',
    '',
  ]);
});

it('tells which schedules a VM could have beside the others, and what each costs', async () => {
  api = await serving();
  api.live.picture = picture;
  const query = 'leastPeriodUs=500&mostPeriodUs=50000&periods=3&shares=10';
  const plane = json(await call(`${api.url}/v1/schedules/web-1/plane?${query}`)) as SchedulePlane;
  expect(breaches('SchedulePlane', plane)).toEqual([]);
  expect(plane).toMatchObject({ vm: 'web-1', host: 'host-1', floorUs: 1000, overheadUs: 10, processors: 1 });
  expect(plane.points.map(({ periodUs }) => periodUs).filter((_, place) => place % 10 === 0)).toEqual([
    500, 5000, 50_000,
  ]);
  const verdicts = plane.points.map(({ verdict }) => verdict);
  expect(new Set(verdicts.slice(0, 10))).toEqual(new Set(['below-floor']));
  // db-1 has 0.3 and the host keeps 0.1: 0.6 are left.
  expect(verdicts.slice(10, 20)).toEqual([...Array(6).fill('possible'), ...Array(4).fill('no-room')]);
  expect(plane.points[15]).toMatchObject({ utilisation: 0.6, sliceUs: 3000, cost: expect.closeTo(60 + 1000 / 3000) });
});

it('says what is wrong with what was asked', async () => {
  api = await serving();
  api.live.picture = picture;
  const statusOf = async (path: string) => (await call(`${api.url}/v1/schedules/${path}`)).status;
  expect(await statusOf('nobody/plane')).toBe(404);
  expect(await statusOf('plain-1/plane')).toBe(404);
  expect(await statusOf('new-1/plane')).toBe(404);
  expect(await statusOf('web-1/plane')).toBe(200);
  for (const query of ['periods=0', 'periods=100&shares=100', 'leastPeriodUs=x', 'leastPeriodUs=10&mostPeriodUs=9'])
    expect(await statusOf(`web-1/plane?${query}`)).toBe(400);
  expect(await statusOf('web-1/plane?periods=1&shares=1')).toBe(200);
});
