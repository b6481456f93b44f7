import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Agent } from '../../agents/agent.js';
import { fileMemory, processMemory } from '../../agents/file-memory.js';
import type { GenerationMemory } from '../../agents/generation-guard.js';
import { FleetHub } from '../../reconciler/adapters/fleet-hub.js';
import type { HostReport, HostState, WireMessage } from '../../schema/generated/types.js';
import { connect } from '../../wire/connect.js';
import { createIdentity } from '../../wire/identity.js';
import { listen } from '../../wire/listen.js';
import { memoryChannels } from '../../wire/memory-channel.js';
import { plainSubstrate } from './plain-substrate.js';

const pin = `sha256:${'A'.repeat(43)}=`;
const ends: (() => Promise<void>)[] = [];
const log: string[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  log.splice(0);
});

function newHub(pins: Record<string, string> = { 'host-1': pin }): FleetHub {
  const hub = new FleetHub((_level, message) => log.push(message));
  hub.trust(new Map(Object.entries(pins)));
  return hub;
}

async function agentOn(hub: FleetHub, memory: GenerationMemory = processMemory(), boot = 'boot-1'): Promise<Agent> {
  const agent = new Agent({
    host: 'host-1',
    boot,
    version: 'test',
    substrate: plainSubstrate(),
    memory,
    dial: async () => {
      const [mine, theirs] = memoryChannels();
      hub.accept({ channel: theirs, peerPin: pin });
      return { kind: 'connected', channel: mine };
    },
    nowMs: Date.now,
    random: () => 0,
    log: (_level, message) => log.push(message),
  });
  await agent.start();
  ends.push(() => agent.stop());
  return agent;
}

const empty = {
  host: 'host-1',
  samplingIntervalMs: 20,
  networks: [],
  links: [],
  guests: [],
  departures: [],
  removals: [],
  rules: [],
};

/** A connection by hand: what it hears, and a way to speak. */
function byHand(hub: FleetHub, peerPin: string | null = pin) {
  const [mine, theirs] = memoryChannels();
  const heard: WireMessage[] = [];
  let closed = false;
  mine.onMessage((message) => heard.push(message));
  mine.onClose(() => {
    closed = true;
  });
  hub.accept({ channel: theirs, peerPin });
  const hello = (boot: string, seenGeneration = 0) =>
    mine.send({
      kind: 'hello',
      protocol: 1,
      host: 'host-1',
      boot,
      version: 'test',
      seenGeneration,
      capabilities: { core: 'emulated', drivers: ['netns'], linkTypes: ['udp'] },
    });
  const report = (boot: string, sequence: number, generation: number) =>
    mine.send({ kind: 'report', report: aReport(boot, sequence, generation) });
  return { heard, hello, report, send: mine.send.bind(mine), isClosed: () => closed };
}

function aReport(boot: string, sequence: number, generation: number): HostReport {
  return {
    host: 'host-1',
    boot,
    sequence,
    generation,
    atMs: 0,
    networks: [],
    links: [],
    guests: [],
    rules: [],
    faults: [],
  };
}

const refusals = (heard: WireMessage[]) =>
  heard.flatMap((message) => (message.kind === 'refusal' ? [message.reason] : []));

describe('an agent', () => {
  it('converges to what it is sent and reports it, with observations at the asked interval', async () => {
    const hub = newHub();
    const observed: number[] = [];
    hub.onObservation((observation) => observed.push(observation.sequence));
    await agentOn(hub);
    await expect.poll(() => hub.hosts().length).toBe(1);
    const rules: HostState['rules'] = [
      { network: 'lan', source: 'any', destination: 'any', to: [{ kind: 'link', peer: 'host-2' }] },
    ];
    expect(hub.told('host-1')).toBeUndefined();
    expect(hub.desire({ ...empty, rules })).toEqual({ kind: 'sent', generation: 1 });
    expect(hub.told('host-1')).toEqual({ ...empty, rules, generation: 1 });
    await expect.poll(() => hub.hosts()[0]?.report.rules).toEqual(rules);
    expect(hub.hosts()[0]).toMatchObject({ connected: true, report: { generation: 1, faults: [] } });
    await expect.poll(() => observed.length).toBeGreaterThan(2);
  });

  it('refuses a replayed older generation, and another state under one it has seen, also after a restart', async () => {
    const memory = processMemory();
    await memory.save({ generation: 7, digest: 'of another state' });
    const [mine, hubEnd] = memoryChannels();
    const heard: WireMessage[] = [];
    hubEnd.onMessage((message) => heard.push(message));
    const agent = new Agent({
      host: 'host-1',
      boot: 'boot-2',
      version: 'test',
      substrate: plainSubstrate(),
      memory,
      dial: async () => ({ kind: 'connected', channel: mine }),
      nowMs: Date.now,
      random: () => 0,
      log: (_level, message) => log.push(message),
    });
    await agent.start();
    ends.push(() => agent.stop());
    await expect.poll(() => heard[0]).toMatchObject({ kind: 'hello', seenGeneration: 7 });
    hubEnd.send({ kind: 'welcome', protocol: 1 });
    for (const generation of [6, 7]) hubEnd.send({ kind: 'desire', state: { ...empty, generation } });
    await expect.poll(() => refusals(heard)).toEqual(['stale-generation', 'stale-generation']);
    hubEnd.send({ kind: 'desire', state: { ...empty, generation: 8 } });
    await expect.poll(() => heard.at(-1)).toMatchObject({ kind: 'report', report: { generation: 8 } });
    hubEnd.send({ kind: 'desire', state: { ...empty, generation: 8 } });
    hubEnd.send({ kind: 'desire', state: { ...empty, host: 'host-9', generation: 9 } });
    await expect.poll(() => refusals(heard)).toEqual(['stale-generation', 'stale-generation', 'wrong-host']);
  });

  it('connects again by itself, and is sent generations above those it has seen', async () => {
    const hub = newHub();
    const memory = processMemory();
    const first = await agentOn(hub, memory);
    await expect.poll(() => hub.hosts()[0]?.connected).toBe(true);
    hub.desire(empty);
    hub.desire(empty);
    await expect.poll(async () => (await memory.load()).generation).toBe(2);
    await first.stop();
    await expect.poll(() => hub.hosts()[0]?.connected).toBe(false);
    const another = newHub();
    await agentOn(another, memory, 'boot-2');
    await expect.poll(() => another.hosts()[0]?.report.generation).toBe(2);
    expect(another.desire(empty)).toEqual({ kind: 'sent', generation: 3 });
  });
});

it('an agent that starts again brings its host to the last state it accepted, without any reconciler', async () => {
  const memory = fileMemory(join(await mkdtemp(join(tmpdir(), 'virtuoso-agent-')), 'accepted.json'));
  const rules: HostState['rules'] = [
    { network: 'lan', source: 'any', destination: 'any', to: [{ kind: 'link', peer: 'host-2' }] },
  ];
  const hub = newHub();
  const first = await agentOn(hub, memory);
  await expect.poll(() => hub.hosts()[0]?.connected).toBe(true);
  hub.desire({ ...empty, rules });
  await expect.poll(async () => (await memory.load()).generation).toBe(1);
  await first.stop();
  const substrate = plainSubstrate();
  const alone = new Agent({
    host: 'host-1',
    boot: 'boot-2',
    version: 'test',
    substrate,
    memory,
    dial: async () => ({ kind: 'refused', message: 'nobody is there' }),
    nowMs: Date.now,
    random: () => 0,
    log: (_level, message) => log.push(message),
  });
  await alone.start();
  ends.push(() => alone.stop());
  await expect.poll(async () => (await substrate.vnet.current()).rules).toEqual(rules);
});

describe('the hub', () => {
  it.each([
    ['a key that is not the pinned one', `sha256:${'B'.repeat(43)}=`, { 'host-1': pin }],
    ['no key at all', null, { 'host-1': pin }],
    ['a host that the inventory gives no key', pin, {}],
  ])('refuses %s', async (_name, peerPin, pins) => {
    const hub = newHub(pins as Record<string, string>);
    const peer = byHand(hub, peerPin);
    peer.hello('boot-1');
    await expect.poll(() => refusals(peer.heard)).toEqual(['unknown-key']);
    await expect.poll(peer.isClosed).toBe(true);
    peer.report('boot-1', 1, 0);
    expect(hub.hosts()).toEqual([]);
    expect(hub.desire(empty).kind).toBe('unreachable');
  });

  it('refuses an agent that replays an old generation', async () => {
    const hub = newHub();
    const peer = byHand(hub);
    peer.hello('boot-1', 4);
    peer.report('boot-1', 1, 4);
    peer.report('boot-1', 2, 5);
    peer.report('boot-1', 3, 4);
    await expect.poll(() => refusals(peer.heard)).toEqual(['stale-generation']);
    await expect.poll(peer.isClosed).toBe(true);
    expect(hub.hosts()[0]?.report.generation).toBe(5);
  });

  it('refuses a repeated report and a run that was replaced', async () => {
    const hub = newHub();
    const peer = byHand(hub);
    peer.hello('boot-1');
    peer.report('boot-1', 1, 0);
    peer.report('boot-1', 1, 0);
    await expect.poll(() => refusals(peer.heard)).toEqual(['stale-sequence']);
    const newer = byHand(hub);
    newer.hello('boot-2');
    await expect.poll(() => newer.heard.length).toBe(1);
    const ghost = byHand(hub);
    ghost.hello('boot-1');
    await expect.poll(() => refusals(ghost.heard)).toEqual(['stale-sequence']);
    expect(newer.isClosed()).toBe(false);
  });

  it('ends a connection whose key the inventory no longer pins, and one that speaks for another host', async () => {
    const hub = newHub();
    const peer = byHand(hub);
    peer.hello('boot-1');
    await expect.poll(() => peer.heard.length).toBe(1);
    peer.send({ kind: 'report', report: { ...aReport('boot-1', 1, 0), host: 'host-2' } });
    await expect.poll(() => refusals(peer.heard)).toEqual(['wrong-host']);
    const again = byHand(hub);
    again.hello('boot-1');
    await expect.poll(() => again.heard.length).toBe(1);
    hub.trust(new Map());
    await expect.poll(again.isClosed).toBe(true);
  });

  it('refuses an unknown key over real mutual TLS', async () => {
    const [hubKey, stranger] = [await createIdentity('hub', Date.now()), await createIdentity('stranger', Date.now())];
    const hub = newHub();
    const listener = await listen(hubKey, '127.0.0.1', 0, (accepted) => hub.accept(accepted));
    ends.push(() => listener.close());
    const connected = await connect(listener.url, stranger, hubKey.pin);
    if (connected.kind === 'refused') throw new Error(connected.message);
    const heard: WireMessage[] = [];
    connected.channel.onMessage((message) => heard.push(message));
    connected.channel.send({
      kind: 'hello',
      protocol: 1,
      host: 'host-1',
      boot: 'b',
      version: 't',
      seenGeneration: 0,
      capabilities: { core: 'emulated', drivers: [], linkTypes: [] },
    });
    await expect.poll(() => refusals(heard)).toEqual(['unknown-key']);
    expect(heard[0]).toMatchObject({ message: expect.stringContaining(stranger.pin) });
  });
});
