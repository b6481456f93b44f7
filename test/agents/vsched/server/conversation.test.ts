import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Identity } from '../../../../wire/identity.js';
import { RawConnection } from './raw-connection.js';
import { ServedWorld } from './served-world.js';

let world: ServedWorld;
const open: RawConnection[] = [];
beforeEach(async () => {
  world = await ServedWorld.open();
});
afterEach(async () => {
  for (const { socket } of open.splice(0)) socket.terminate();
  await world.close();
});

async function begun(identity: Identity = world.anna): Promise<RawConnection> {
  const connection = new RawConnection(world.url, identity);
  open.push(connection);
  await expect.poll(() => connection.heard.length, { timeout: 10_000 }).toBeGreaterThan(0);
  return connection;
}

async function isClosedFor(connection: RawConnection, reason: string): Promise<void> {
  await expect.poll(() => connection.isClosed, { timeout: 10_000 }).toBe(true);
  expect(connection.last).toMatchObject({ kind: 'closed', reason });
}

const third = { periodUs: 30_000, sliceUs: 10_000, mode: 'strict' as const };

describe('a request', () => {
  it('that was recorded is refused on another connection of the same key, and changes nothing', async () => {
    const process = await world.start('anna');
    const first = await begun();
    const recorded = JSON.stringify({ kind: 'admit', challenge: first.challenge, number: 1, process, ...third });
    first.send(recorded);
    await expect.poll(() => first.last).toMatchObject({ kind: 'granted' });
    first.send({ kind: 'release', challenge: first.challenge, number: 2, process });
    await expect.poll(() => first.last).toMatchObject({ kind: 'released' });

    const second = await begun();
    expect(second.challenge).not.toBe(first.challenge);
    second.send(recorded);
    await isClosedFor(second, 'replayed');
    expect(world.host.isOrdinary(process)).toBe(true);
    expect(world.changes.map(({ verb }) => verb)).toEqual(['admit', 'release']);
  });

  it('that comes twice on its own connection is refused, and so are those behind it', async () => {
    const process = await world.start('anna');
    const connection = await begun();
    const { challenge } = connection;
    const admit = { kind: 'admit', challenge, number: 1, process, ...third };
    connection.send(admit);
    connection.send({ kind: 'release', challenge, number: 2, process });
    await expect.poll(() => connection.last).toMatchObject({ kind: 'released' });
    connection.send(admit);
    for (const number of [3, 4]) connection.send({ ...admit, number });
    await isClosedFor(connection, 'replayed');
    expect(await world.host.backend.tasks()).toEqual([]);
  });

  it.each([
    ['leaves out a number', 2],
    ['begins anywhere', 77],
  ])('that %s is refused', async (_, number) => {
    const connection = await begun();
    connection.send({ kind: 'list', challenge: connection.challenge, number });
    await isClosedFor(connection, 'replayed');
  });

  it.each([
    ['text that is not JSON', 'list'],
    ['no message', '[]'],
    ['a kind that there is not', '{"kind":"shutdown"}'],
    ['an answer instead of a request', '{"kind":"released","number":1}'],
    ['bytes', Buffer.from([1, 2, 3])],
    ['a pid that is a text', { kind: 'identify', pid: '1; reboot' }],
    ['a pid that is none', { kind: 'identify', pid: -1 }],
    ['a period that is none', { kind: 'adjust', vm: 'vm-1', periodUs: 1e300, sliceUs: 1000 }],
    ['half a microsecond', { kind: 'adjust', vm: 'vm-1', periodUs: 100_000.5, sliceUs: 1000 }],
    ['a name that is none', { kind: 'restore', vm: '../vm-1' }],
    ['a field that is not asked for', { kind: 'list', user: 'root' }],
    ['a key of its own', { kind: 'list', key: 'sha256:x' }],
    ['a long text', { kind: 'find', text: 'x'.repeat(201) }],
  ])('with %s is refused, and what comes behind it is not read', async (_, message) => {
    const connection = await begun();
    const { challenge } = connection;
    const isRaw = typeof message === 'string' || message instanceof Buffer;
    connection.send(isRaw ? message : { challenge, number: 1, ...message });
    connection.send({ kind: 'list', challenge, number: 1 });
    await isClosedFor(connection, 'malformed');
  });

  it('that is larger than any has to be is not read', async () => {
    const connection = await begun();
    connection.send(`{"kind":"find","text":"${'x'.repeat(5000)}"}`);
    await expect.poll(() => connection.isClosed).toBe(true);
    expect(connection.heard).toHaveLength(1);
  });
});

describe('a flood', () => {
  it('of requests ends the connection, those of other keys go on', async () => {
    const [anna, bruno] = [await begun(), await begun(world.bruno)];
    for (let number = 1; number <= 10_000; number++) anna.send({ kind: 'list', challenge: anna.challenge, number });
    await isClosedFor(anna, 'too-many');
    bruno.send({ kind: 'list', challenge: bruno.challenge, number: 1 });
    await expect.poll(() => bruno.last).toMatchObject({ kind: 'listed' });
  });

  it('spread over connections of one key is counted together', async () => {
    const listed = async (connection: RawConnection, count: number) => {
      for (let number = 1; number <= count; number++) {
        connection.send({ kind: 'find', challenge: connection.challenge, number, text: '' });
        await expect.poll(() => connection.heard.length, { interval: 2 }).toBe(number + 1);
      }
    };
    await listed(await begun(), 5);
    await listed(await begun(), 5);
    const third = await begun();
    third.send({ kind: 'find', challenge: third.challenge, number: 1, text: '' });
    await isClosedFor(third, 'too-many');
    world.nowMs += 1000;
    await listed(await begun(), 5);
  });

  it('of connections of one key is refused, until some end', async () => {
    const eight = await Promise.all(Array.from({ length: 8 }, () => begun()));
    const ninth = await begun();
    await isClosedFor(ninth, 'too-many');
    expect(await begun(world.bruno)).toMatchObject({ isClosed: false });
    eight[0]?.socket.terminate();
    await expect.poll(async () => (await begun()).last?.kind).toBe('challenge');
  });
});

describe('who', () => {
  const port = () => Number(new URL(world.url).port);
  it('shows no key is told nothing', async () => {
    const heard: string[] = [];
    await new Promise<void>((end) => {
      const socket = connectTls(
        { host: '127.0.0.1', port: port(), rejectUnauthorized: false, minVersion: 'TLSv1.3' },
        () => {
          const key = 'dGhlIHNhbXBsZSBub25jZQ==';
          const lines = [
            'GET / HTTP/1.1',
            'Host: x',
            'Connection: Upgrade',
            'Upgrade: websocket',
            'Sec-WebSocket-Version: 13',
          ];
          socket.write(`${[...lines, `Sec-WebSocket-Key: ${key}`].join('\r\n')}\r\n\r\n`);
        },
      );
      socket.on('data', (data) => heard.push(String(data)));
      socket.on('close', () => end());
      socket.on('error', () => end());
    });
    expect(heard.join('')).toContain('"reason":"stranger"');
    expect(heard.join('')).not.toContain('challenge');
    expect(world.logged).toEqual(['Somebody without a key asked for schedules and was refused.']);
  });

  it('speaks something else is not answered', async () => {
    const ended = new Promise<string>((end) => {
      let heard = '';
      const socket = connectPlain(port(), '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
      socket.on('data', (data) => {
        heard += data;
      });
      socket.on('error', () => end(heard));
      socket.on('close', () => end(heard));
    });
    expect(await ended).not.toContain('challenge');
    const answer = new Promise<string>((end) => {
      const { certificatePem: cert, privateKeyPem: key } = world.anna;
      const socket = connectTls({ host: '127.0.0.1', port: port(), cert, key, rejectUnauthorized: false }, () =>
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      );
      socket.on('data', (data) => end(String(data)));
    });
    expect(await answer).toMatch(/^HTTP\/1.1 426 /);
  });
});
