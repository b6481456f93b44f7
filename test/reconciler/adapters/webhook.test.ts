import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { signature } from '../../../reconciler/adapters/signed-body.js';
import { Webhook, type WebhookLimits } from '../../../reconciler/adapters/webhook.js';
import type { Notification } from '../../../schema/generated/types.js';

const secret = '0123456789abcdef0123456789abcdef';
const nowMs = 1_790_000_000_500;

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver that answers as it is told, one answer after the other, and 204 from then on. */
async function receiver(...answers: (number | 'hang' | 'drop')[]) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers, body });
      const answer = answers.shift() ?? 204;
      if (answer === 'drop') request.socket.destroy();
      else if (answer !== 'hang') response.writeHead(answer, { location: '/elsewhere' }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

function opened(url: string, limits: Partial<WebhookLimits> = {}) {
  const counted: string[] = [];
  const logged: string[] = [];
  const delays: number[] = [];
  const webhook = new Webhook({
    ...{ url, secret, limits, random: () => 0.5 },
    clock: {
      nowMs: () => nowMs,
      after: (delayMs, task) => {
        delays.push(delayMs);
        setImmediate(task);
        return () => undefined;
      },
    },
    counts: {
      notificationEnded: (outcome) => counted.push(outcome),
      notificationRetried: () => counted.push('retried'),
      notificationsWaiting: () => undefined,
    },
    log: (level, message) => logged.push(`${level} ${message}`),
  });
  onTestFinished(() => webhook.close());
  return { webhook, counted, logged, delays };
}

const at = new Date(nowMs).toISOString();
const notification = (id: string): Notification => ({
  ...{ format_version: '1', id, at, pass: 1, commit: null },
  changes: [{ object: 'host/a', type: 'Ready', status: 'False', reason: 'Silent', message: 'Gone.', since: at }],
});
const ids = (received: readonly Received[]) => received.map(({ body }) => JSON.parse(body).id);

describe('a webhook', () => {
  it('posts what it is given, signed over time and body', async () => {
    const { received, url } = await receiver();
    const { webhook, counted } = opened(url);
    webhook.deliver(notification('one'));
    await webhook.settled();
    expect(JSON.parse(received[0]?.body ?? '')).toEqual(notification('one'));
    expect(received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'virtuoso-delivery': 'one',
      'virtuoso-signature': signature(secret, 1_790_000_000, received[0]?.body ?? ''),
    });
    expect(counted).toEqual(['delivered']);
  });

  it('keeps the order through failures, with longer and longer pauses', async () => {
    const { received, url } = await receiver(500, 'drop', 429);
    const { webhook, counted, delays } = opened(url);
    for (const id of ['one', 'two', 'three']) webhook.deliver(notification(id));
    await webhook.settled();
    expect(ids(received)).toEqual(['one', 'one', 'one', 'one', 'two', 'three']);
    expect(counted).toEqual(['retried', 'retried', 'retried', 'delivered', 'delivered', 'delivered']);
    expect(delays).toEqual([750, 1500, 3000]);
  });

  it('gives up after a number of attempts, says what was missed, and goes on', async () => {
    const { received, url } = await receiver(503, 503, 503);
    const { webhook, counted, logged } = opened(url, { attempts: 3 });
    webhook.deliver(notification('one'));
    webhook.deliver(notification('two'));
    await webhook.settled();
    expect(ids(received)).toEqual(['one', 'one', 'one', 'two']);
    expect(counted).toEqual(['retried', 'retried', 'dead', 'delivered']);
    expect(logged).toEqual([
      'warn The notification one was not delivered (the receiver answers 503, tried 3 times): see to its receiver. It said: host/a Ready False Silent.',
    ]);
  });

  it.each([400, 401, 404, 302])('does not try again what is answered with %i', async (status) => {
    const { received, url } = await receiver(status);
    const { webhook, counted } = opened(url);
    webhook.deliver(notification('one'));
    await webhook.settled();
    expect(received).toHaveLength(1);
    expect(counted).toEqual(['dead']);
  });

  it('does not wait for a receiver that hangs, nor for one that is not there', async () => {
    const { url } = await receiver('hang');
    const hanging = opened(url, { attempts: 1, answerMs: 50 });
    hanging.webhook.deliver(notification('one'));
    await hanging.webhook.settled();
    expect(hanging.logged[0]).toContain('does not answer in time');
    const absent = opened('http://127.0.0.1:9/hook', { attempts: 1 });
    absent.webhook.deliver(notification('one'));
    await absent.webhook.settled();
    expect(absent.counted).toEqual(['dead']);
  });

  it('holds no more than it may: the oldest that waits goes', async () => {
    const { received, url } = await receiver();
    const { webhook, counted, logged } = opened(url, { waiting: 3 });
    for (const id of ['1', '2', '3', '4', '5']) webhook.deliver(notification(id));
    expect(counted).toEqual(['dead', 'dead']);
    expect(logged[0]).toContain('The notification 2 was not delivered (more than 3 wait)');
    await webhook.settled();
    expect(ids(received)).toEqual(['1', '4', '5']);
  });

  it('ends at once, whatever is under way', async () => {
    const { received, url } = await receiver('hang');
    const { webhook, counted } = opened(url);
    webhook.deliver(notification('one'));
    webhook.deliver(notification('two'));
    await vi.waitFor(() => expect(received).toHaveLength(1));
    await webhook.close();
    expect(counted.filter((each) => each === 'dead')).toHaveLength(2);
    webhook.deliver(notification('three'));
    expect(received).toHaveLength(1);
  });
});
