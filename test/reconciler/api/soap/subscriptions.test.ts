import { afterEach, beforeEach, expect, it } from 'vitest';
import { InferenceFeed } from '../../../../reconciler/api/inference-feed.js';
import { Subscriptions } from '../../../../reconciler/api/soap/subscriptions.js';
import type { PollReply } from '../../../../schema/generated/types.js';
import { FakeLive } from '../fake-live.js';
import { paths, view } from '../fleet.js';

let nowMs: number;
let live: FakeLive;
let feed: InferenceFeed;
let subscriptions: Subscriptions;
beforeEach(() => {
  nowMs = 1_700_000_000_000;
  live = new FakeLive();
  feed = new InferenceFeed(live, () => nowMs);
  subscriptions = new Subscriptions(feed, () => nowMs);
});
afterEach(() => {
  subscriptions.close();
  feed.close();
});

/** Something new is measured `times` times. */
function measure(times: number): void {
  for (let time = 0; time < times; time += 1) {
    nowMs += 1000;
    live.paths = live.paths.map((path) => ({ ...path, lowMbps: path.lowMbps + 1 }));
    live.emit({ kind: 'view', view });
  }
}

function subscribed(request: Parameters<Subscriptions['subscribe']>[1] = {}, client = 'a'): string {
  const answer = subscriptions.subscribe(client, request);
  if (answer.kind === 'fault') throw new Error(answer.fault.message);
  return answer.value.subscription;
}

function polled(subscription: string, limit?: number): PollReply {
  const answer = subscriptions.poll({ subscription, ...(limit === undefined ? {} : { limit }) });
  if (answer.kind === 'fault') throw new Error(answer.fault.message);
  return answer.value;
}

it('tells what is known, then each measurement once, in their order, as many as asked for', () => {
  const id = subscribed();
  expect(polled(id).measurements.map(({ kind }) => kind)).toEqual(['demands', 'paths']);
  measure(5);
  const first = polled(id, 3);
  expect([first.measurements.length, first.more, first.missed]).toEqual([3, true, 0]);
  const rest = polled(id, 3);
  expect([rest.measurements.length, rest.more]).toEqual([2, false]);
  const lows = [...first.measurements, ...rest.measurements].map((each) => each.paths?.paths[0]?.lowMbps);
  expect(lows).toEqual([1, 2, 3, 4, 5].map((added) => (paths[0]?.lowMbps ?? 0) + added));
  expect(polled(id)).toMatchObject({ measurements: [], missed: 0, more: false });
});

it('tells only the kinds that were asked for', () => {
  const id = subscribed({ kinds: ['demands'] });
  measure(3);
  expect(polled(id).measurements.map(({ kind }) => kind)).toEqual(['demands']);
});

it('keeps the newest of many for who is slow, and counts what it no longer has, once', () => {
  const id = subscribed({ kinds: ['paths'], lifetimeMs: 3_600_000 });
  measure(1000);
  const first = polled(id, 1);
  expect(first.missed).toBe(1001 - 64);
  expect(polled(id, 1).missed).toBe(0);
  let last = first;
  while (last.more) last = polled(id, 100);
  expect(last.measurements.at(-1)?.paths?.paths[0]?.lowMbps).toBe((paths[0]?.lowMbps ?? 0) + 1000);
  expect(feed.kept('paths')).toHaveLength(64);
});

it('keeps fewer measurements of a large fleet', () => {
  const [path] = paths;
  live.paths = Array.from(
    { length: 30_000 },
    (_, index) => ({ ...path, from: `host-${index}` }) as (typeof paths)[number],
  );
  subscribed();
  measure(5);
  expect(feed.kept('paths').length).toBe(3);
});

it('ends a subscription that is not polled in time, and lengthens the life of one that is', () => {
  const idle = subscribed({ lifetimeMs: 2000 });
  const busy = subscribed({ lifetimeMs: 2000 });
  nowMs += 1500;
  expect(polled(busy).expiresAtMs).toBe(nowMs + 2000);
  nowMs += 1500;
  polled(busy);
  expect(subscriptions.poll({ subscription: idle })).toMatchObject({
    kind: 'fault',
    fault: { reason: 'unknown-subscription' },
  });
});

it('limits the subscriptions of one client, and of all', () => {
  const own = Array.from({ length: 16 }, () => subscribed());
  const refused = { kind: 'fault', fault: { reason: 'too-many-subscriptions' } };
  expect(subscriptions.subscribe('a', {})).toMatchObject(refused);
  expect(subscriptions.unsubscribe({ subscription: own[0] ?? '' })).toMatchObject({ kind: 'reply' });
  subscribed();
  for (let client = 0; client < 984; client += 1) subscribed({}, `client-${client}`);
  expect(subscriptions.subscribe('b', {})).toMatchObject(refused);
  nowMs += 60_000;
  subscribed({}, 'b');
});

it('measures nothing once the last subscription has ended', () => {
  const id = subscribed();
  measure(1);
  const kept = feed.kept('paths').length;
  subscriptions.unsubscribe({ subscription: id });
  measure(3);
  expect(feed.kept('paths')).toHaveLength(kept);
  const later = subscribed();
  expect(polled(later).measurements.at(-1)).toMatchObject({ kind: 'paths', atMs: nowMs });
});
