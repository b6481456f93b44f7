import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { createIdentity } from '../../wire/identity.js';
import { type Listener, listenWith } from '../../wire/listen.js';
import { vschedServerCodec } from '../../wire/vsched-codec.js';

let listener: Listener;
let port: number;
const sockets: (Socket | WebSocket)[] = [];

/** Asks everybody who comes to close. */
async function listenFor(handshakeMs: number): Promise<void> {
  const identity = await createIdentity('agent', Date.now());
  const at = { host: '127.0.0.1', port: 0 };
  const limits = { handshakeMs, closeMs: 300, mostConnections: 2 };
  listener = await listenWith(vschedServerCodec, identity, at, ({ channel }) => channel.close('no'), limits);
  port = Number(new URL(listener.url).port);
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) 'terminate' in socket ? socket.terminate() : socket.destroy();
  await listener.close();
});

function ended(socket: Socket): Promise<void> {
  sockets.push(socket);
  // How it ends does not matter.
  socket.on('error', () => undefined);
  socket.resume();
  return new Promise((end) => socket.on('close', () => end()));
}

it('waits only so long for somebody who says nothing, or not enough', async () => {
  await listenFor(300);
  await ended(connectPlain(port, '127.0.0.1'));
  const slow = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => slow.write('GET / HT'));
  await ended(slow);
});

it('waits only so long for somebody who is asked to close', async () => {
  await listenFor(60_000);
  const lines = ['GET / HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  const upgrade = `${[...lines, 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='].join('\r\n')}\r\n\r\n`;
  const deaf = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => deaf.write(upgrade));
  await ended(deaf);
});

it('takes only so many at once, and others when those have gone', async () => {
  await listenFor(60_000);
  const two = [connectPlain(port, '127.0.0.1'), connectPlain(port, '127.0.0.1')];
  const gone = two.map(ended);
  await ended(connectPlain(port, '127.0.0.1'));
  expect(two.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  for (const socket of two) socket.destroy();
  await Promise.all(gone);
  await expect.poll(isOpened, { timeout: 10_000 }).toBe(true);
});

function isOpened(): Promise<boolean> {
  const socket = new WebSocket(listener.url, { rejectUnauthorized: false });
  sockets.push(socket);
  return new Promise((end) => socket.on('open', () => end(true)).on('error', () => end(false)));
}
