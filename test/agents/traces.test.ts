import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Agent } from '../../agents/agent.js';
import { processMemory } from '../../agents/file-memory.js';
import { recordKind } from '../../agents/vnet/layout.js';
import { analyseTrace } from '../../agents/wren/analyse-trace.js';
import { CaptureWren } from '../../agents/wren/capture-wren.js';
import { TraceRecorder } from '../../agents/wren/trace-recorder.js';
import type { TraceRecord } from '../../agents/wren/trace-ring.js';
import { FleetHub } from '../../reconciler/adapters/fleet-hub.js';
import { TraceStore } from '../../reconciler/adapters/trace-store.js';
import type { LinkEnd, WireMessage } from '../../schema/generated/types.js';
import { decode, encode } from '../../wire/codec.js';
import { memoryChannels } from '../../wire/memory-channel.js';
import { temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { plainSubstrate } from './plain-substrate.js';

/** The first observation comes after a second. */
const patience = { timeout: 10_000 };
const pin = `sha256:${'A'.repeat(43)}=`;
const links = new Map(
  [1, 2].map((n): [number, LinkEnd] => [n, { peer: `peer-${n}`, type: 'udp', local: '', remote: '' }]),
);
const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A path of 100 Mb/s: bursts of 40 packets, 20 in a second. */
function arrivals(link: number, from: number, count: number): TraceRecord[] {
  return Array.from({ length: count }, (_, k) => {
    const index = from + k;
    const leftNs = 5e12 + Math.floor(index / 40) * 5e7;
    const atNs = leftNs + 3e6 + ((index % 40) + 1) * 120_000;
    const [mark, number] = [Math.floor(leftNs / 1000) & 0xfffff, (index % 7) + 1];
    const nothing = { isAfterGap: false, header: 0, flow: 0, segments: 1 };
    return { ...nothing, link, kind: recordKind.arrival, atNs, mark, number, bytes: 1500 };
  });
}

/** A hub, and an agent whose links are recorded; both say and hear only what the wire can carry. */
function fleet(keep?: (hub: FleetHub) => void) {
  const hub = new FleetHub(() => undefined);
  hub.trust(new Map([['host-1', pin]]));
  keep?.(hub);
  let waiting: TraceRecord[] = [];
  const traces = new TraceRecorder(new Set(['peer-1']));
  const read = (each: (record: TraceRecord) => void): number => waiting.splice(0).map(each).length;
  let newestNs = 0;
  const now = () => ({ nowNs: newestNs, wallMs: Date.now() });
  const wren = new CaptureWren({ ring: { read, close: () => undefined }, links: () => links, now, traces });
  const said: WireMessage[] = [];
  const log: string[] = [];
  let cut: () => void = () => undefined;
  const agent = new Agent({
    host: 'host-1',
    boot: 'boot-1',
    version: 'test',
    substrate: { ...plainSubstrate(), wren },
    memory: processMemory(),
    dial: async () => {
      const [mine, theirs] = memoryChannels();
      const send = mine.send.bind(mine);
      mine.send = (message) => {
        const decoded = decode(encode(message));
        if (decoded.kind === 'malformed') throw new Error(decoded.message);
        said.push(decoded.message);
        send(decoded.message);
      };
      hub.accept({ channel: theirs, peerPin: pin });
      cut = () => mine.close('cut');
      return { kind: 'connected', channel: mine };
    },
    nowMs: Date.now,
    random: () => 0,
    log: (_level, message) => log.push(message),
  });
  ends.push(async () => {
    await agent.stop();
    wren.close();
  });
  const capture = (...records: TraceRecord[]) => {
    waiting = [...waiting, ...records];
    newestNs = records.at(-1)?.atNs ?? newestNs;
  };
  const start = async () => {
    await agent.start();
    await expect.poll(() => said.filter(({ kind }) => kind === 'hello').length).toBe(1);
    hub.desire({
      ...{ host: 'host-1', samplingIntervalMs: 20, networks: [], links: [], guests: [] },
      ...{ departures: [], removals: [], rules: [] },
    });
  };
  return { start, capture, said, log, cut: () => cut() };
}

it('are recorded of chosen links, shipped to the reconciler, and tell off line what was told live', async () => {
  const directory = temporaryDirectory();
  const warnings: string[] = [];
  const store = new TraceStore(directory, (message) => warnings.push(message));
  const { start, capture, said, cut } = fleet((hub) => hub.keepTraces((host, trace) => store.take(host, trace)));
  await start();
  const files = () =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => /trace$/.test(file));
  const analysed = () =>
    files()
      .sort()
      .map((file) => analyseTrace(readFileSync(join(directory, file)), 5));
  const packets = () => analysed().flatMap(({ paths }) => paths.map((path) => path.packets));
  capture(...arrivals(1, 0, 3000), ...arrivals(2, 0, 3000));
  await expect.poll(packets, patience).toEqual([3000]);
  capture(...arrivals(1, 3000, 3000));
  await expect.poll(packets, patience).toEqual([6000]);
  expect(files()).toEqual([expect.stringMatching(/^host-1\/peer-1-\d{8}T\d{6}\.\d{3}Z\.trace$/)]);
  const [analysis] = analysed();
  expect(analysis?.fault).toBeUndefined();
  expect(analysis?.paths[0]).toMatchObject({ peer: 'peer-1', direction: 'from-peer', method: 'two-sided' });
  const told = said.flatMap((message) => (message.kind === 'observe' ? (message.observation.paths ?? []) : []));
  const live = told.findLast(({ peer, capacityMbps }) => peer === 'peer-1' && capacityMbps !== undefined);
  expect(live?.capacityMbps).toBeCloseTo(100, 0);
  expect(analysis?.paths[0]?.windows.at(-1)?.estimate.capacityMbps).toBeCloseTo(live?.capacityMbps ?? 0, 1);

  // After another connection, in another trace.
  cut();
  await expect.poll(() => said.filter(({ kind }) => kind === 'hello').length).toBe(2);
  capture(...arrivals(1, 6000, 100));
  await expect.poll(packets, patience).toEqual([6000, 100]);
  expect(warnings).toEqual([]);
});

it('are not sent to a reconciler that keeps none', async () => {
  const { start, capture, said, log } = fleet();
  await start();
  capture(...arrivals(1, 0, 1000));
  const observations = () => said.filter(({ kind }) => kind === 'observe').length;
  const before = observations();
  await expect.poll(observations, patience).toBeGreaterThan(before + 3);
  expect(said.filter(({ kind }) => kind === 'trace')).toEqual([]);
  expect(log).toEqual([expect.stringContaining('the reconciler keeps none: start it with --traces')]);
});
