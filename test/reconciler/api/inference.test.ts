import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import type { DemandList, InferenceEvent, PathList, Topology } from '../../../schema/generated/types.js';
import { bottlenecks, paths, view } from './fleet.js';
import { breaches } from './schema-of.js';
import { call, json, serving } from './serving.js';

type Served = Awaited<ReturnType<typeof serving>>;
const served: Served[] = [];
async function serve(options: Parameters<typeof serving>[0] = {}): Promise<Served> {
  const api = await serving(options);
  served.push(api);
  return api;
}
afterEach(async () => {
  for (const api of served.splice(0)) await api.close();
});

/** Opens the stream and collects what comes. */
async function listen(url: string, headers: Record<string, string> = {}) {
  const request = get(`${url}/v1/stream/inference`, { agent: false, headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const received = { text: '' };
  response.setEncoding('utf8').on('data', (chunk: string) => {
    received.text += chunk;
  });
  response.once('error', () => undefined);
  return { request, response, received };
}

const events = (text: string) =>
  [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(String(data)) as InferenceEvent);
const ids = (text: string) => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => String(id));

it('gives demands with the names of VMs, paths, and both above the hosts that join them', async () => {
  const api = await serve();
  const demands = json(await call(`${api.url}/v1/demands`)) as DemandList;
  expect(breaches('DemandList', demands)).toEqual([]);
  expect(demands.demands[0]).toMatchObject({
    sourceVm: 'vm-1',
    destinationVm: 'vm-2',
    rateMbps: 50,
    deviationMbps: 2.5,
  });
  expect(demands.applications[0]).toMatchObject({ shape: 'all-to-all', members: { length: 4, 0: { vm: 'vm-1' } } });
  const known = json(await call(`${api.url}/v1/paths`)) as PathList;
  expect(breaches('PathList', known)).toEqual([]);
  expect(known).toEqual({ format_version: '1', paths, bottlenecks });
  const topology = json(await call(`${api.url}/v1/topology`)) as Topology;
  expect(breaches('Topology', topology)).toEqual([]);
  expect(topology).toMatchObject({ paths, bottlenecks, demands: demands.demands, applications: demands.applications });
  expect(topology.hosts.find(({ name }) => name === 'host-4')).toEqual({
    name: 'host-4',
    site: 'domain-2',
    vms: ['vm-1'],
  });
});

it('leaves out the name of an address that no VM has', async () => {
  const api = await serve();
  api.live.fleet = { ...view, vms: [] };
  const demands = json(await call(`${api.url}/v1/demands`)) as DemandList;
  expect(breaches('DemandList', demands)).toEqual([]);
  expect(demands.demands[0]).not.toHaveProperty('sourceVm');
});

it('tells a reader what is, then what changes, each with an id', async () => {
  const api = await serve({ heartbeatMs: 20 });
  const { received } = await listen(api.url);
  await vi.waitFor(() => expect(events(received.text)).toHaveLength(2));
  api.live.paths = paths.map((path) => ({ ...path, availableMbps: 7 }));
  api.live.emit({ kind: 'view', view });
  await vi.waitFor(() => expect(events(received.text)).toHaveLength(3));
  const all = events(received.text);
  expect(all.map(({ kind }) => kind)).toEqual(['demands', 'paths', 'paths']);
  expect(all.flatMap((event) => breaches('InferenceEvent', event))).toEqual([]);
  // The stream's own id comes with the last of what waits: before it, a reader does not know everything up to there.
  expect(ids(received.text)).toEqual(all.slice(1).map(({ id }) => id));
  expect(new Set(all.map(({ id }) => id)).size).toBe(3);
  await vi.waitFor(() => expect(received.text).toContain('\n\n:\n\n'));
});

it('holds that measurements which only grow older are no news, and that newer ones with the same figures are', async () => {
  let nowMs = 1_700_000_000_000;
  const api = await serve({ nowMs: () => nowMs });
  const { received } = await listen(api.url);
  await vi.waitFor(() => expect(events(received.text)).toHaveLength(2));
  const looked = (aged: number) => {
    api.live.paths = paths.map((path) => ({ ...path, ageMs: path.ageMs + aged }));
    api.live.emit({ kind: 'view', view });
  };
  nowMs += 1000;
  looked(1000);
  nowMs += 1000;
  looked(1500);
  await vi.waitFor(() => expect(events(received.text)).toHaveLength(3));
  expect(events(received.text)[2]).toMatchObject({
    kind: 'paths',
    atMs: nowMs,
    paths: { paths: [{ ageMs: 1900 }, {}] },
  });
});

it('tells a reader who comes back only what has changed since', async () => {
  const api = await serve();
  const first = await listen(api.url);
  await vi.waitFor(() => expect(events(first.received.text)).toHaveLength(2));
  const lastId = ids(first.received.text).at(-1) ?? '';
  first.request.destroy();
  api.live.traffic = { ...api.live.traffic, declaredAtMs: 1_700_000_001_000 };
  const second = await listen(api.url, { 'last-event-id': lastId });
  await vi.waitFor(() => expect(events(second.received.text).map(({ kind }) => kind)).toEqual(['demands']));
  const foreign = await listen(api.url, { 'last-event-id': '00000000-999' });
  await vi.waitFor(() => expect(events(foreign.received.text)).toHaveLength(2));
});

it('has room for a hundred readers, and looks at nothing while there are none', async () => {
  const api = await serve();
  let looked = 0;
  const { inferred } = api.live;
  const known = inferred.paths;
  inferred.paths = () => {
    looked += 1;
    return known();
  };
  api.live.emit({ kind: 'view', view });
  expect(looked).toBe(0);
  await Promise.all(Array.from({ length: 100 }, () => listen(api.url)));
  expect(looked).toBeGreaterThan(0);
  const refused = await call(`${api.url}/v1/stream/inference`);
  expect([refused.status, breaches('ApiError', json(refused))]).toEqual([503, []]);
});
