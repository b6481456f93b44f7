import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../reconciler/api/event-stream.js';
import type { LiveEvent } from '../../../schema/generated/types.js';
import { view } from './fleet.js';

const seen = (pass: number): LiveEvent => ({ kind: 'view', view: { ...view, pass } });
const line = (atMs: number): LiveEvent => ({ kind: 'log', level: 'info', message: 'a\nb', atMs });

/** Everything a reader gets who takes `stream` now. */
async function drain(stream: EventStream): Promise<string> {
  let text = '';
  for (let chunk = stream.read(); ; chunk = stream.read()) {
    if (chunk === null) {
      await new Promise(setImmediate);
      chunk = stream.read();
      if (chunk === null) return text;
    }
    text += chunk;
  }
}

const events = (text: string) =>
  [...text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)].map(([, , data]) => JSON.parse(String(data)) as LiveEvent);

describe('a reader that is slow', () => {
  it('gets the newest state only, once it reads again', async () => {
    const stream = new EventStream();
    for (let pass = 1; pass <= 1000; pass += 1) stream.add(seen(pass));
    const passes = events(await drain(stream)).flatMap((event) => (event.kind === 'view' ? [event.view.pass] : []));
    expect(passes.at(-1)).toBe(1000);
    expect(passes.length).toBeLessThanOrEqual(2);
  });

  it('loses the oldest lines of the log', async () => {
    const stream = new EventStream();
    for (let atMs = 1; atMs <= 1000; atMs += 1) stream.add(line(atMs));
    const times = events(await drain(stream)).flatMap((event) => (event.kind === 'log' ? [event.atMs] : []));
    expect(times.at(-1)).toBe(1000);
    expect(times.length).toBeLessThanOrEqual(201);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('is ended when it takes nothing between two heartbeats', async () => {
    const stream = new EventStream();
    stream.add(seen(1));
    stream.add(seen(2));
    stream.heartbeat();
    expect(stream.destroyed).toBe(false);
    const closed = once(stream, 'close');
    stream.heartbeat();
    await closed;
    stream.add(seen(3));
    expect(stream.destroyed).toBe(true);
  });
});

it('keeps a reader that takes what comes', async () => {
  const stream = new EventStream();
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  for (let beat = 0; beat < 5; beat += 1) {
    await new Promise(setImmediate);
    stream.heartbeat();
  }
  stream.add(line(7));
  await new Promise(setImmediate);
  expect(stream.destroyed).toBe(false);
  expect(text).toBe(`${':\n\n'.repeat(5)}event: log\ndata: ${JSON.stringify(line(7))}\n\n`);
});
