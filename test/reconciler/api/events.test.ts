import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { expect, it, vi } from 'vitest';
import type { LiveEvent } from '../../../schema/generated/types.js';
import { conditions, plan, view } from './fleet.js';
import { breaches } from './schema-of.js';
import { call, serving } from './serving.js';

/** Opens the event stream and collects what comes. */
async function listen(url: string) {
  const request = get(`${url}/v1/events`, { agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const received = { text: '' };
  response.setEncoding('utf8').on('data', (chunk: string) => {
    received.text += chunk;
  });
  const closed = new Promise<void>((resolve) => response.once('close', resolve).once('error', () => resolve()));
  return { request, response, received, closed };
}

const events = (text: string) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(String(data)) as LiveEvent);

it('tells what is, then what changes, with heartbeats in between', async () => {
  const api = await serving({ heartbeatMs: 20 });
  const { response, received, closed } = await listen(api.url);
  expect(response.headers['content-type']).toBe('text/event-stream');
  expect(response.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  await vi.waitFor(() => expect(events(received.text)).toHaveLength(3));
  api.live.emit({ kind: 'view', view: { ...view, phase: 'applying' } });
  api.live.emit({ kind: 'log', level: 'warn', message: 'line 1\nline 2', atMs: 5 });
  await vi.waitFor(() => expect(events(received.text)).toHaveLength(5));
  expect(events(received.text)).toEqual([
    { kind: 'view', view },
    { kind: 'plan', plan },
    { kind: 'conditions', conditions },
    { kind: 'view', view: { ...view, phase: 'applying' } },
    { kind: 'log', level: 'warn', message: 'line 1\nline 2', atMs: 5 },
  ]);
  expect(events(received.text).flatMap((event) => breaches('LiveEvent', event))).toEqual([]);
  await vi.waitFor(() => expect(received.text).toContain('\n\n:\n\n'));
  await api.close();
  await closed;
  expect(api.live.listeners.size).toBe(0);
});

it('forgets readers that go away, and has room for a hundred', async () => {
  const api = await serving({ heartbeatMs: 10 });
  const readers = await Promise.all(Array.from({ length: 100 }, () => listen(api.url)));
  const refused = await call(`${api.url}/v1/events`);
  expect([refused.status, breaches('ApiError', JSON.parse(refused.text))]).toEqual([503, []]);
  for (const { request } of readers) request.destroy();
  await vi.waitFor(async () => {
    const { request, response } = await listen(api.url);
    request.destroy();
    expect(response.statusCode).toBe(200);
  });
  await api.close();
});
