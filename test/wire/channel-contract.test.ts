import { afterEach, describe, expect, it } from 'vitest';
import type { WireMessage } from '../../schema/generated/types.js';
import type { AcceptedChannel, Channel } from '../../wire/channel.js';
import { connect } from '../../wire/connect.js';
import { createIdentity } from '../../wire/identity.js';
import { listen } from '../../wire/listen.js';
import { memoryChannels } from '../../wire/memory-channel.js';

const welcome: WireMessage = { kind: 'welcome', protocol: 1 };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function socketPair(): Promise<[Channel, Channel]> {
  const [hub, agent] = [await createIdentity('hub', Date.now()), await createIdentity('agent', Date.now())];
  const accepted: ((channel: AcceptedChannel) => void)[] = [];
  const other = new Promise<AcceptedChannel>((resolve) => accepted.push(resolve));
  const listener = await listen(hub, '127.0.0.1', 0, (channel) => accepted[0]?.(channel));
  closers.push(() => listener.close());
  const connected = await connect(listener.url, agent, hub.pin);
  if (connected.kind === 'refused') throw new Error(connected.message);
  const { channel, peerPin } = await other;
  expect(peerPin).toBe(agent.pin);
  return [connected.channel, channel];
}

describe.each([
  ['memory', async () => memoryChannels()],
  ['WebSocket under mutual TLS', socketPair],
])('channel over %s', (_name, pair) => {
  it('delivers messages whole and in order, also those that came before anybody listened', async () => {
    const [a, b] = await pair();
    for (let sequence = 1; sequence <= 100; sequence++) {
      a.send({ kind: 'refusal', reason: 'malformed', message: String(sequence) });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    const heard: string[] = [];
    b.onMessage((message) => heard.push(message.kind === 'refusal' ? message.message : message.kind));
    a.send(welcome);
    await expect.poll(() => heard.length).toBe(101);
    expect(heard.slice(0, 3)).toEqual(['1', '2', '3']);
    expect(heard[100]).toBe('welcome');
  });

  it('tells both ends when one closes', async () => {
    const [a, b] = await pair();
    const reasons: string[] = [];
    a.onClose(() => reasons.push('a'));
    b.onClose(() => reasons.push('b'));
    a.close('done');
    await expect.poll(() => reasons.sort().join()).toBe('a,b');
    a.send(welcome);
    b.send(welcome);
  });

  it('refuses what the schema does not allow and closes', async () => {
    const [a, b] = await pair();
    let ended = false;
    b.onMessage(() => expect.unreachable('a malformed message was delivered'));
    b.onClose(() => {
      ended = true;
    });
    a.send({ ...welcome, protocol: 2 } as unknown as WireMessage);
    await expect.poll(() => ended).toBe(true);
  });
});

describe('connect', () => {
  it('does not go on with a hub that holds another key', async () => {
    const [hub, agent, other] = await Promise.all(
      ['hub', 'agent', 'other'].map((name) => createIdentity(name, Date.now())),
    );
    if (!hub || !agent || !other) throw new Error('no identities');
    const listener = await listen(hub, '127.0.0.1', 0, ({ channel }) => {
      channel.onMessage(() => expect.unreachable('something was sent to an untrusted hub'));
    });
    closers.push(() => listener.close());
    expect(await connect(listener.url, agent, other.pin)).toMatchObject({ kind: 'refused' });
  });

  it('says so when nobody listens', async () => {
    const agent = await createIdentity('agent', Date.now());
    const connected = await connect('wss://127.0.0.1:1', agent, agent.pin);
    expect(connected).toMatchObject({ kind: 'refused' });
  });
});
