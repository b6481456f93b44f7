import { afterEach, describe, expect, it } from 'vitest';
import { recordKind, stampClock, stampNumbers } from '../../../agents/vnet/layout.js';
import { CaptureWren } from '../../../agents/wren/capture-wren.js';
import type { TraceRecord } from '../../../agents/wren/trace-ring.js';
import type { LinkEnd } from '../../../schema/generated/types.js';

const beginNs = 5e12;
const bytes = 1500;
const header = 40;
/** On a path of 100 Mb/s. */
const servedNs = 120e3;
const delayNs = 3e6;
const burst = 40;
const periodNs = 20e6;
const nothing = { number: 0, isAfterGap: false, header: 0, flow: 0, segments: 1, link: 1 };

describe('capture', () => {
  let wren: CaptureWren;
  let records: TraceRecord[] = [];
  let links: Map<number, LinkEnd>;
  let nowNs = beginNs;
  let isClosed = false;
  const link = (peer: string, type: LinkEnd['type'] = 'udp'): LinkEnd => {
    return { peer, type, local: '10.0.0.1', remote: `10.0.0.${peer.length}` };
  };
  const start = (...ends: LinkEnd[]): void => {
    links = new Map(ends.map((end, index) => [index + 1, end]));
    isClosed = false;
    nowNs = beginNs;
    wren = new CaptureWren({
      ring: {
        read: (each) => {
          const taken = records;
          records = [];
          for (const record of taken) each(record);
          return taken.length;
        },
        close: () => {
          isClosed = true;
        },
      },
      links: () => links,
      now: () => ({ nowNs, wallMs: 1e12 + (nowNs - beginNs) / 1e6 }),
      clocks: () => ({ monotonicUs: nowNs / 1000, realtimeAheadUs: 1e15 }),
    });
  };
  afterEach(() => wren.close());

  /** Bursts that leave at once and are served one packet after the other; the sender's clock is another one. */
  const arrivals = (
    count: number,
    change: (record: TraceRecord, index: number) => Partial<TraceRecord> = () => ({}),
  ) => {
    for (let index = 0; index < count; index++) {
      const leftNs = nowNs + Math.floor(index / burst) * periodNs;
      const atNs = leftNs + delayNs + ((index % burst) + 1) * servedNs;
      const mark = Math.floor((leftNs - 4e12) / 1000) & stampClock;
      const number = (index % stampNumbers) + 1;
      const record = { ...nothing, kind: recordKind.arrival, atNs, mark, bytes, number };
      records.push({ ...record, ...change(record, index) });
    }
    nowNs = (records.at(-1)?.atNs ?? nowNs) + 1e6;
  };
  const estimate = async () => (await wren.paths())[0];

  it('tells of the path that stamped packets came by', async () => {
    start(link('b'));
    expect(await wren.paths()).toEqual([]);
    arrivals(6000);
    const found = await estimate();
    expect(found).toMatchObject({ peer: 'b', direction: 'from-peer', method: 'two-sided' });
    expect(found?.capacityMbps).toBeCloseTo(100, 0);
    expect(found?.atMs).toBeCloseTo(1e12 + (nowNs - 1e6 - beginNs) / 1e6, -1);
    expect(found?.queueing?.delaysMs.length).toBeGreaterThan(10);
  });

  it("tells how the sender's clock differs, by the packet that was on its way for the least time, once", async () => {
    start(link('b'));
    arrivals(500);
    const read = await wren.clocks();
    expect(read).toMatchObject({ monotonicUs: nowNs / 1000, realtimeAheadUs: 1e15 });
    const [{ atUs = 0, differenceUs = 0, peer } = {}] = read.arrivals;
    expect(peer).toBe('b');
    expect((atUs * 1000 - beginNs - delayNs - servedNs) % periodNs).toBe(0);
    const trulyUs = 4e9 + (delayNs + servedNs) / 1000;
    expect(Math.abs(differenceUs - trulyUs) % 2 ** 20).toBe(0);
    expect((await wren.clocks()).arrivals).toEqual([]);
  });

  it('takes segments of one run for neighbours, as they have one stamp', async () => {
    start(link('b'));
    arrivals(6000, (_, index) => ({ number: (Math.floor(index / burst) % stampNumbers) + 1 }));
    expect((await estimate())?.capacityMbps).toBeCloseTo(100, 0);
  });

  it('takes packets for no neighbours where others are missing between them', async () => {
    for (const change of [
      (_: TraceRecord, index: number) => ({ number: ((index * 3) % stampNumbers) + 1 }),
      () => ({ isAfterGap: true }),
      () => ({ kind: recordKind.pulse }),
    ]) {
      start(link('b'));
      arrivals(6000, change);
      const found = await estimate();
      expect(found?.packets).toBeGreaterThan(0);
      expect(found).not.toHaveProperty('capacityMbps');
      wren.close();
    }
  });

  /** As above, seen by the sender: a connection's bursts, and the acknowledgements of each pair of segments. */
  const acknowledged = (count: number, flow: number, first: number): void => {
    const data = bytes - header;
    for (let index = 0; index < count; index += burst) {
      const leftNs = nowNs + (index / burst) * periodNs;
      const mark = (first + index * data) % 2 ** 32;
      const run = { ...nothing, header, flow, segments: burst };
      records.push({ ...run, kind: recordKind.departure, atNs: leftNs, mark, bytes: burst * bytes });
      for (let covered = 2; covered <= burst; covered += 2) {
        const atNs = leftNs + delayNs + covered * servedNs;
        const number = (mark + covered * data) % 2 ** 32;
        records.push({ ...nothing, kind: recordKind.acknowledgement, atNs, mark: number, bytes: header, flow });
      }
    }
    nowNs = (records.at(-1)?.atNs ?? nowNs) + 1e6;
  };

  it('tells of the path that TCP went by, from what is acknowledged, whatever connection it is', async () => {
    start(link('b', 'tcp'));
    acknowledged(3000, 7, 2 ** 32 - 5000);
    acknowledged(3000, 8, 12345);
    const found = await estimate();
    expect(found).toMatchObject({ peer: 'b', direction: 'to-peer', method: 'one-sided' });
    expect(found?.capacityMbps).toBeCloseTo(100, 0);
  });

  it('hears of no connection whose departures it has not seen', async () => {
    start(link('b', 'tcp'));
    acknowledged(3000, 7, 1);
    records = records.filter(({ kind }) => kind === recordKind.acknowledgement);
    expect(await wren.paths()).toEqual([]);
  });

  it('tells links apart, in the order of their peers, and knows nothing of others', async () => {
    start(link('c'), link('b'));
    arrivals(100, (_, index) => ({ link: (index % 3) + 1 }));
    expect((await wren.paths()).map(({ peer }) => peer)).toEqual(['b', 'c']);
  });

  it('begins again with a link that goes another way, and ends with one that is gone', async () => {
    start(link('b'));
    arrivals(100);
    expect(await wren.paths()).toHaveLength(1);
    links.set(1, { ...link('b'), stamped: true });
    expect(await wren.paths()).toHaveLength(1);
    links.set(1, link('b', 'tcp'));
    expect(await wren.paths()).toEqual([]);
    arrivals(100);
    expect(await wren.paths()).toHaveLength(1);
    links.clear();
    expect(await wren.paths()).toEqual([]);
  });

  it('says nothing of what was seen more than a minute ago', async () => {
    start(link('b'));
    arrivals(100);
    nowNs += 61e9;
    expect(await wren.paths()).toEqual([]);
  });

  it('lets go of the ring', () => {
    start(link('b'));
    wren.close();
    expect(isClosed).toBe(true);
  });
});
