import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { breaches } from './schema-of.js';
import { call, json, serving } from './serving.js';

const secret = 'fedcba9876543210fedcba9876543210';
let looks = 0;
let api: Awaited<ReturnType<typeof serving>>;
beforeAll(async () => {
  api = await serving({ pushEvents: { secret, look: () => looks++ } });
});
afterAll(() => api.close());
beforeEach(() => {
  looks = 0;
});

const body = '{"ref":"refs/heads/main","after":"0b9f"}';
const post = (headers: Record<string, string>, sent: string = body) =>
  call(`${api.url}/v1/push-events`, { method: 'POST', headers, body: sent });
const signed = (text: string, key = secret) => ({
  'content-type': 'application/json',
  'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(text).digest('hex')}`,
});

describe('push events', () => {
  it('of GitHub are taken when their body is signed, under any name of the server', async () => {
    const answer = await post({ ...signed(body), host: 'virtuoso.example' });
    expect(answer.status).toBe(202);
    expect(breaches('ReconcileReply', json(answer))).toEqual([]);
    expect(looks).toBe(1);
  });

  it('of GitLab are taken when they show the secret', async () => {
    expect((await post({ 'content-type': 'application/json', 'x-gitlab-token': secret })).status).toBe(202);
    expect((await post({ 'content-type': 'application/json', 'x-gitlab-token': `${secret}x` })).status).toBe(401);
    expect(looks).toBe(1);
  });

  it('may have any content, as nothing of it is read', async () => {
    for (const text of ['payload=%7B%7D', '{', ''])
      expect((await post({ ...signed(text), 'content-type': 'application/x-www-form-urlencoded' }, text)).status).toBe(
        202,
      );
    expect(looks).toBe(3);
  });

  it.each([
    ['nothing', {}],
    ['another secret', signed(body, 'another')],
    ['the signature of another body', signed(`${body} `)],
    ['a signature cut short', { 'x-hub-signature-256': 'sha256=00' }],
    ['a bearer token', { authorization: 'Bearer correct-horse-battery-staple' }],
    ['a right token beside a wrong signature', { 'x-hub-signature-256': 'sha256=00', 'x-gitlab-token': secret }],
  ])('are refused with %s', async (_name, headers: Record<string, string>) => {
    const answer = await post({ 'content-type': 'application/json', ...headers });
    expect(answer.status).toBe(401);
    expect(breaches('ApiError', json(answer))).toEqual([]);
    expect(answer.text).not.toContain(secret);
    expect(looks).toBe(0);
  });

  it('are refused beyond a size', async () => {
    const large = 'x'.repeat(4 * 1024 * 1024 + 1);
    const answer = await post(signed(large), large).catch((error: Error) => error);
    if (!(answer instanceof Error)) expect(answer.status).toBe(413);
    expect(looks).toBe(0);
  });

  it('leave the rest of the API as it is', async () => {
    const wrongName = await call(`${api.url}/v1/fleet`, { headers: { host: 'virtuoso.example' } });
    expect(wrongName.status).toBe(421);
    const unauthorized = await call(`${api.url}/v1/reconcile`, { method: 'POST', headers: signed(body), body });
    expect(unauthorized.status).toBe(401);
  });

  it('are not served without a secret', async () => {
    const plain = await serving();
    const answer = await call(`${plain.url}/v1/push-events`, { method: 'POST', headers: signed(body), body });
    await plain.close();
    expect(answer.status).toBe(401);
  });
});
