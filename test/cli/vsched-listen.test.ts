import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectVsched } from '../../cli/vsched-client.js';
import { listenForUsers, type VschedListenOptions } from '../../cli/vsched-listen.js';
import { createIdentity } from '../../wire/identity.js';
import { ServedWorld } from '../agents/vsched/server/served-world.js';

let world: ServedWorld;
let stateDirectory: string;
let options: VschedListenOptions;
const logged: string[] = [];
beforeEach(async () => {
  world = await ServedWorld.open();
  stateDirectory = mkdtempSync(join(tmpdir(), 'virtuoso-listen-'));
  options = {
    ...{ at: { host: '127.0.0.1', port: 0 }, agent: world, vsched: world.vsched, stateDirectory },
    identity: await createIdentity('agent', Date.now()),
    log: (_, message) => logged.push(message),
  };
});
afterEach(async () => {
  await world.close();
  rmSync(stateDirectory, { recursive: true });
});

it('serves users of a machine, says where, and writes down what they change', async () => {
  const listener = await listenForUsers(options);
  expect(logged.at(-1)).toBe(`Users are served at ${listener.url}, under the key ${options.identity.pin}.`);
  const connected = await connectVsched({ url: listener.url, agentKey: options.identity.pin }, world.user);
  if (connected.kind === 'refused') throw new Error(connected.message);
  const { client } = connected;
  const chosen = { periodUs: 50_000, sliceUs: 20_000 };
  expect(await client.request({ kind: 'adjust', vm: 'vm-1', ...chosen })).toMatchObject({ kind: 'granted' });
  client.close();
  await listener.close();
  const written = readFileSync(join(stateDirectory, 'vsched-changes.log'), 'utf8').trim().split('\n').at(-1);
  const expected = { key: world.user.pin, verb: 'adjust', object: 'vm/vm-1', ...chosen, outcome: 'granted' };
  expect(JSON.parse(written ?? '')).toMatchObject(expected);
});

it('tells those who are connected that it ends', async () => {
  const listener = await listenForUsers(options);
  const connected = await connectVsched({ url: listener.url, agentKey: options.identity.pin }, world.user);
  if (connected.kind === 'refused') throw new Error(connected.message);
  await listener.close();
  const answer = await connected.client.request({ kind: 'list' });
  expect(answer).toMatchObject({ kind: 'lost' });
});

it('says so where somebody else listens already', async () => {
  const listener = await listenForUsers(options);
  const port = Number(new URL(listener.url).port);
  await expect(listenForUsers({ ...options, at: { host: '127.0.0.1', port } })).rejects.toThrow(/EADDRINUSE/);
  await listener.close();
});
