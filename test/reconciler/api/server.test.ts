import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serveApi } from '../../../reconciler/api/server.js';
import { conditions, drift, hostDetails, plan, view } from './fleet.js';
import { breaches } from './schema-of.js';
import { type Answer, call, json, serving, token } from './serving.js';

type Served = Awaited<ReturnType<typeof serving>>;
let api: Served;
beforeAll(async () => {
  api = await serving({ names: ['virtuoso.example'] });
});
afterAll(() => api.close());
beforeEach(() => {
  Object.assign(api.live, { fleet: view, newest: plan, result: { kind: 'applied', outcomes: [] } });
  api.live.asked.length = 0;
  api.logged.length = 0;
});

const get = (path: string, headers: Record<string, string> = {}) => call(api.url + path, { headers });
const authorized = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
const post = (path: string, body: unknown, headers: Record<string, string> = authorized) =>
  call(api.url + path, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });

/** The kind of an error, which has to have the form of all errors and must not tell how the server is built. */
function errorOf(answer: Answer): [number, string] {
  expect(breaches('ApiError', json(answer))).toEqual([]);
  expect(answer.text).not.toMatch(/node_modules|at .*:\d+:\d+|FST_/);
  return [answer.status, (json(answer) as { error: { kind: string } }).error.kind];
}

describe('reading', () => {
  it('tells health, and readiness once the fleet was looked at', async () => {
    expect([await get('/healthz'), await get('/readyz')].map(({ status }) => status)).toEqual([200, 200]);
    api.live.fleet = { ...view, phase: 'starting' };
    const [health, ready] = [await get('/healthz'), await get('/readyz')];
    expect([health.status, ready.status]).toEqual([200, 503]);
    expect(breaches('Health', json(ready))).toEqual([]);
  });

  it('gives metrics as text', async () => {
    const answer = await get('/metrics');
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toBe('virtuoso_vms 4\n');
  });

  it('gives the fleet, the conditions and the hosts', async () => {
    const fleet = json(await get('/v1/fleet'));
    expect(fleet).toEqual(view);
    expect(breaches('FleetView', fleet)).toEqual([]);
    const list = json(await get('/v1/conditions'));
    expect(list).toEqual({ format_version: '1', conditions });
    expect(breaches('ConditionList', list)).toEqual([]);
    const hosts = json(await get('/v1/hosts'));
    expect(hosts).toEqual({ format_version: '1', hosts: hostDetails });
    expect(breaches('HostList', hosts)).toEqual([]);
    const found = json(await get('/v1/drift'));
    expect(found).toEqual(drift);
    expect(breaches('DriftList', found)).toEqual([]);
  });

  it('gives the plan as JSON, Markdown or text, as asked', async () => {
    expect(json(await get('/v1/plan'))).toEqual(plan);
    const markdown = await get('/v1/plan', { accept: 'text/markdown' });
    expect(markdown.text).toBe(`# ${plan.hash}`);
    expect(markdown.headers['content-type']).toBe('text/markdown; charset=utf-8');
    expect((await get('/v1/plan', { accept: 'text/html, text/plain;q=0.5' })).text).toBe(`text of ${plan.hash}`);
    expect(errorOf(await get('/v1/plan', { accept: 'image/png' }))).toEqual([406, 'not-acceptable']);
    api.live.newest = null;
    expect(errorOf(await get('/v1/plan'))).toEqual([404, 'no-plan']);
  });

  it('serves the dashboard under a policy that runs nothing else', async () => {
    const page = await get('/');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    expect((await get('/dashboard.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await get('/style.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  });

  it('serves no other file, and says so', async () => {
    for (const path of ['/nothing', '/..%2fpackage.json', '/tsconfig.json', '/v1/apply', '/%zz']) {
      const [status] = errorOf(await get(path));
      expect([path, status]).toEqual([path, path === '/%zz' ? 400 : 404]);
    }
  });

  it('lets no other site read', async () => {
    const answer = await get('/v1/fleet', { origin: 'http://elsewhere.example' });
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});

describe('the Host header', () => {
  const port = () => new URL(api.url).port;

  it('may be an address, localhost or an allowed name', async () => {
    for (const host of [`127.0.0.1:${port()}`, `LOCALHOST:${port()}`, 'localhost', '[::1]:80', 'virtuoso.example:80']) {
      expect([host, (await get('/healthz', { host })).status]).toEqual([host, 200]);
    }
  });

  it('may not be a name that somebody has rebound to this address', async () => {
    for (const host of [`evil.example:${port()}`, 'localhost.evil.example', '127.0.0.1.evil.example', 'a b']) {
      for (const path of ['/v1/fleet', '/', '/v1/events']) {
        expect([host, ...errorOf(await get(path, { host }))]).toEqual([host, 421, 'wrong-host']);
      }
    }
    expect(errorOf(await post('/v1/reconcile', { reason: 'x' }, { ...authorized, host: 'evil.example' }))[0]).toBe(421);
    expect(api.live.asked).toEqual([]);
  });
});

describe('changing', () => {
  const apply = { plan, hash: plan.hash };

  it('needs the token, before a body is looked at', async () => {
    const wrong = ['', 'Bearer', 'Bearer ', `Basic ${token}`, `Bearer ${token}x`, `Bearer ${token.slice(1)}`, token];
    for (const authorization of wrong) {
      for (const [path, body] of Object.entries({ '/v1/reconcile': 'not json', '/v1/apply': apply, '/nothing': '' })) {
        const answer = await post(path, body, { ...authorized, authorization });
        expect([authorization, ...errorOf(answer)]).toEqual([authorization, 401, 'unauthorized']);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
      }
    }
    expect(api.live.asked).toEqual([]);
  });

  it('is refused altogether where there is no token', async () => {
    const closed = await serving({ token: null });
    const headers = { ...authorized, authorization: 'Bearer null' };
    const answer = await call(`${closed.url}/v1/reconcile`, { method: 'POST', headers, body: '{"reason":"x"}' });
    await closed.close();
    expect(errorOf(answer)).toEqual([401, 'unauthorized']);
  });

  it('takes JSON only', async () => {
    const as = (type: string) => post('/v1/reconcile', '{"reason":"x"}', { ...authorized, 'content-type': type });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'x']) {
      expect([type, ...errorOf(await as(type))]).toEqual([type, 415, 'not-json']);
    }
    expect((await as('application/json; charset=utf-8')).status).toBe(202);
  });

  it('refuses what is not JSON, and JSON that is not what the schema says', async () => {
    for (const body of ['{', '', '{"__proto__": {"a": 1}}']) {
      expect([body, ...errorOf(await post('/v1/apply', body))]).toEqual([body, 400, 'bad-request']);
    }
    const shapes = [null, [], {}, { plan }, { ...apply, hash: 'x' }, { ...apply, force: true }];
    const wrongStep = { ...plan, steps: [{ ...plan.steps[0], kind: 'reboot' }] };
    for (const body of [...shapes, { ...apply, plan: wrongStep }]) {
      expect(errorOf(await post('/v1/apply', body))).toEqual([422, 'malformed']);
    }
    expect(errorOf(await post('/v1/reconcile', { reason: '' }))).toEqual([422, 'malformed']);
    expect(api.live.asked).toEqual([]);
  });

  it('refuses a body that is too big', async () => {
    const body = JSON.stringify({ reason: 'x'.repeat(17 * 1024 * 1024) });
    const [status, kind] = errorOf(await post('/v1/reconcile', body));
    expect([status, kind]).toEqual([413, 'too-large']);
  });

  it('asks for a pass', async () => {
    const answer = await post('/v1/reconcile', { reason: 'deploy 12' });
    expect(answer.status).toBe(202);
    expect(breaches('ReconcileReply', json(answer))).toEqual([]);
    expect(api.live.asked).toEqual(['deploy 12']);
    expect(api.logged).toEqual(['info A pass was asked for over the API: deploy 12']);
  });

  it('applies a plan and tells what became of it', async () => {
    const outcomes = [{ step: 1, status: 'failed' as const, message: 'host-2 did not converge.', tookMs: 5 }];
    for (const kind of ['applied', 'failed'] as const) {
      api.live.result = { kind, outcomes };
      const answer = await post('/v1/apply', { ...apply, actor: 'ci' });
      expect([answer.status, json(answer)]).toEqual([200, { format_version: '1', result: { kind, outcomes } }]);
      expect(breaches('ApplyReply', json(answer))).toEqual([]);
    }
    expect(api.live.asked).toEqual([
      [plan, plan.hash, 'ci'],
      [plan, plan.hash, 'ci'],
    ]);
    await post('/v1/apply', apply);
    expect(api.live.asked[2]).toEqual([plan, plan.hash, 'api']);
  });

  it('maps refusals of a plan to their statuses', async () => {
    for (const [kind, status] of [
      ['stale', 409],
      ['wrong-hash', 422],
      ['malformed', 422],
    ] as const) {
      api.live.result = { kind, message: 'Plan again.' };
      const answer = await post('/v1/apply', apply);
      expect(errorOf(answer)).toEqual([status, kind]);
      expect(answer.text).toContain('Plan again.');
    }
  });

  it('tells a bug to the log and not to the caller', async () => {
    api.live.result = new Error('secret detail');
    const answer = await post('/v1/apply', apply);
    expect(errorOf(answer)).toEqual([500, 'internal']);
    expect(answer.text).not.toContain('secret');
    expect(api.logged.at(-1)).toMatch(/^error POST \/v1\/apply: Error: secret detail/);
  });
});

it('says when its port is taken', async () => {
  const { live, url } = api;
  const port = Number(new URL(url).port);
  const metrics = { contentType: 'text/plain', text: async () => '' };
  const render = { text: () => '', markdown: () => '' };
  const listeners = live.listeners.size;
  const second = await serveApi({ live, metrics, render, token, port, log: () => undefined });
  expect(second).toMatchObject({ kind: 'unavailable', message: expect.stringContaining(`port ${port}`) });
  expect(live.listeners.size).toBe(listeners);
});
