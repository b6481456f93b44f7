import { expect, it } from 'vitest';
import { conditionNews } from '../../reconciler/condition-news.js';
import { Notifications } from '../../reconciler/notifications.js';
import type { Condition, Notification } from '../../schema/generated/types.js';
import { breachesOfNotification } from './notification-schema.js';

const since = '2026-11-24T00:00:00.000Z';
const now = '2026-11-24T00:01:00.000Z';

function condition(object: string, status: Condition['status'], changes: Partial<Condition> = {}): Condition {
  const reason = status === 'True' ? 'Connected' : 'Silent';
  return { object, type: 'Ready', status, reason, message: `It is ${status}.`, lastTransitionTime: since, ...changes };
}

it('tells a condition with another status or reason, and what it says now', () => {
  const before = [condition('host/a', 'True'), condition('host/b', 'False'), condition('host/c', 'True')];
  const after = [
    condition('host/a', 'False'),
    condition('host/b', 'False', { reason: 'Faults' }),
    condition('host/c', 'True'),
  ];
  expect(conditionNews(before, after, now)).toEqual([
    { object: 'host/a', type: 'Ready', status: 'False', reason: 'Silent', message: 'It is False.', since },
    { object: 'host/b', type: 'Ready', status: 'False', reason: 'Faults', message: 'It is False.', since },
  ]);
});

it('does not tell another message', () => {
  const before = [condition('host/a', 'False', { message: 'It lacks 3 Mb/s.' })];
  expect(conditionNews(before, [condition('host/a', 'False', { message: 'It lacks 4 Mb/s.' })], now)).toEqual([]);
});

it('tells what comes and goes only if it is trouble, for each type in its own sense', () => {
  const well = [condition('host/a', 'True'), condition('vm/a', 'False', { type: 'Degraded' })];
  const ill = [condition('host/b', 'Unknown'), condition('vm/b', 'True', { type: 'Degraded' })];
  const all = [...well, ...ill];
  expect(conditionNews([], all, now).map(({ object, status }) => [object, status])).toEqual([
    ['host/b', 'Unknown'],
    ['vm/b', 'True'],
  ]);
  expect(conditionNews(all, [], now).map(({ object, status, since: at }) => [object, status, at])).toEqual([
    ['host/b', 'Gone', now],
    ['vm/b', 'Gone', now],
  ]);
});

it('notifies once of each change, in the form of the schema, and not of what was known before', () => {
  const told: Notification[] = [];
  let ids = 0;
  const ports = {
    deliver: (each: Notification) => told.push(each),
    nowMs: () => Date.parse(now),
    newId: () => `id-${++ids}`,
  };
  const notifications = new Notifications(ports, [condition('host/a', 'False')]);
  const at = { pass: 7, commit: 'c'.repeat(40) };
  notifications.conditionsSeen([condition('host/a', 'False')], at);
  expect(told).toEqual([]);
  notifications.conditionsSeen([condition('host/a', 'True')], at);
  notifications.conditionsSeen([condition('host/a', 'True')], at);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ id: 'id-1', at: now, ...at, changes: [{ object: 'host/a', status: 'True' }] });
  expect(told.map(breachesOfNotification)).toEqual([[]]);
});
