import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { keepAwake } from '../../lab/awake.js';
import { down } from '../../lab/down.js';
import type { EmulatedHop } from '../../lab/emulated-link.js';
import { isEmpty, labProcesses, leftovers } from '../../lab/leftovers.js';
import { type LinkLogLine, ratesBetween, readLinkLog } from '../../lab/link-log.js';
import { type LabNames, labNames } from '../../lab/names.js';
import { trunkName } from '../../lab/trunks.js';
import { up } from '../../lab/up.js';
import { describeLab } from '../environment.js';
import { framesInTime, type SteadyFrames, type TimedFrame } from './frames-in-time.js';

const lab = `link-${process.pid}`;
let letSleep: ReturnType<typeof keepAwake>;
beforeAll(() => {
  letSleep = keepAwake();
});
afterAll(() => letSleep?.());

const there = { way: 'there', hop: 0 } as const;
const headerBytes = 14;

/** Two hosts, each a site, joined by hops. */
async function build(hops: EmulatedHop[], seed = 1): Promise<LabNames> {
  const hosts = ['a', 'b'].map((name, index) => ({
    name,
    site: name,
    interfaces: [{ name: 'eth0', network: 'wan', address: `192.168.77.${index + 1}/24` }],
  }));
  const emulated = { seed, there: hops, back: [{ rateMbps: 1000 }] };
  const result = await up(lab, { hosts, trunks: [{ network: 'wan', sites: ['a', 'b'], emulated }] });
  if (result.kind === 'refused') throw new Error(result.message);
  return result.names;
}

function send(names: LabNames, frames: SteadyFrames): TimedFrame[] {
  const port = (host: string) => ({ namespace: names.host(host), device: 'eth0' });
  return framesInTime(port('a'), port('b'), frames);
}

const log = (names: LabNames): LinkLogLine[] => readLinkLog(join(names.logFolder, `${trunkName(0)}.truth`));

/** Frames of 1500 bytes at the IP layer, at a rate, for a time. */
const full = (rateMbps: number, seconds: number): SteadyFrames => {
  const intervalUs = (1500 * 8) / rateMbps;
  return { count: Math.round((seconds * 1e6) / intervalUs), intervalUs, bytes: 1500 + headerBytes };
};

/** Rate at which frames came in the longest time in which, by the log, the queue of a hop never was empty. */
function arrivalMbps(frames: readonly TimedFrame[], lines: readonly LinkLogLine[], hop: number): number {
  const [from = 0, to = 0] = longestBusy(lines.filter((each) => each.way === 'there' && each.hop === hop));
  expect(to - from).toBeGreaterThan(300);
  const within = frames.map(({ arrivedMs }) => arrivedMs).filter((at) => at > from && at < to);
  const [first, last] = [Math.min(...within), Math.max(...within)];
  return ((within.length - 1) * 1500 * 8) / (last - first) / 1000;
}

function longestBusy(lines: readonly LinkLogLine[]): [fromMs: number, toMs: number] {
  let [best, from]: [[number, number], number | undefined] = [[0, 0], undefined];
  for (const { atMs, waitMs } of lines) {
    if (waitMs < 3) from = undefined;
    else from ??= atMs;
    if (from !== undefined && atMs - from > best[1] - best[0]) best = [from, atMs];
  }
  return best;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Frames are timed to fractions of a millisecond: a machine that was elsewhere meanwhile says nothing of the emulator. */
const again = { retry: 3 };

describeLab('an emulated link', ['root', 'namespaces', 'bpf', 'libbpf', 'clang', 'tun'], () => {
  afterEach(async () => {
    expect(isEmpty(await down(lab))).toBe(true);
  });

  // A machine that is elsewhere for a moment fills the device before a fast link, whose queue runs empty meanwhile: then once more. What
  // links of 500 Mb/s do is the benchmark's to say.
  it.each([
    [10, 0.005],
    [100, 0.01],
    [200, 0.05],
  ])('lets %d Mb/s through and drops the rest', again, async (rateMbps, tolerance) => {
    const names = await build([{ rateMbps }]);
    const sent = full(rateMbps * 1.3, 2);
    const came = send(names, sent);
    await sleep(50);
    expect(came.length).toBeLessThan(sent.count);
    expect(Math.abs(arrivalMbps(came, log(names), 0) / rateMbps - 1)).toBeLessThan(tolerance);
    // In the order in which they were sent.
    expect(came.every(({ arrivedMs }, at) => at === 0 || arrivedMs >= (came[at - 1]?.arrivedMs ?? 0))).toBe(true);
  });

  it('holds frames for its latency, hardly longer, and never shorter', again, async () => {
    const names = await build([{ rateMbps: 100, latencyMs: 20 }]);
    const came = send(names, { count: 400, intervalUs: 4000, bytes: 100 });
    const delays = came.map(({ sentMs, arrivedMs }) => arrivedMs - sentMs);
    const least = 20 + (86 * 8) / 100e3;
    expect(came).toHaveLength(400);
    expect(Math.min(...delays)).toBeGreaterThan(least - 0.002);
    expect(medianOf(delays) - least).toBeLessThan(0.25);
  });

  it('spreads delay by its jitter', again, async () => {
    const names = await build([{ rateMbps: 100, latencyMs: 5, jitterMs: 8 }]);
    const delays = send(names, { count: 300, intervalUs: 10_000, bytes: 100 }).map(
      (each) => each.arrivedMs - each.sentMs,
    );
    expect(medianOf(delays)).toBeGreaterThan(8);
    expect(medianOf(delays)).toBeLessThan(10);
    expect(Math.max(...delays)).toBeGreaterThan(12.5);
  });

  it('loses as many packets as it says', again, async () => {
    const names = await build([{ rateMbps: 100, lossShare: 0.05 }]);
    const came = send(names, { count: 4000, intervalUs: 200, bytes: 100 });
    await sleep(50);
    // What else the hosts send, as for IPv4 neighbours, may be lost too.
    const lost = log(names).findLast((each) => each.way === 'there')?.lost ?? 0;
    expect(4000 - came.length).toBeGreaterThan(140);
    expect(4000 - came.length).toBeLessThan(260);
    expect(Math.abs(lost - (4000 - came.length))).toBeLessThan(3);
  });

  it('has several hops in series: the narrowest counts, latencies add up', again, async () => {
    const names = await build([
      { rateMbps: 50, latencyMs: 4 },
      { rateMbps: 20, latencyMs: 6 },
    ]);
    const few = send(names, { count: 100, intervalUs: 10_000, bytes: 100 });
    const delay = medianOf(few.map(({ sentMs, arrivedMs }) => arrivedMs - sentMs));
    expect(delay).toBeGreaterThan(10);
    expect(delay).toBeLessThan(10.4);
    const many = send(names, full(45, 3));
    expect(Math.abs(arrivalMbps(many, log(names), 1) / 20 - 1)).toBeLessThan(0.005);
    const [first, second] = [0, 1].map((hop) =>
      log(names).findLast((each) => each.way === 'there' && each.hop === hop),
    );
    expect(first?.dropped).toBe(0);
    expect(second?.dropped).toBeGreaterThan(0);
  });

  it('refuses what it cannot be', again, async () => {
    await expect(build([])).rejects.toThrow('a way has 1 to 4 hops');
    await expect(build([{ rateMbps: 0 }])).rejects.toThrow('rateMbps 0 is not between');
    await expect(
      build([{ rateMbps: 10, crossTraffic: { kind: 'on-off', rateMbps: 5, peakMbps: 4, meanOnMs: 50 } }]),
    ).rejects.toThrow('above its mean of 5 Mb/s');
  });

  it('goes with its lab, also when its program was killed', again, async () => {
    const names = await build([{ rateMbps: 10 }]);
    const program = labProcesses(lab).find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('link-emulator'),
    );
    expect(leftovers(lab).links).toContain(`${names.switches}/t0a`);
    expect(leftovers(lab).processes).toContain(program);
    process.kill(program ?? 0, 'SIGKILL');
    expect(isEmpty(await down(lab))).toBe(true);
    expect(isEmpty(leftovers(labNames(lab).lab))).toBe(true);
  });
});

describeLab('cross traffic of an emulated link', ['root', 'namespaces', 'bpf', 'libbpf', 'clang', 'tun'], () => {
  afterEach(async () => {
    expect(isEmpty(await down(lab))).toBe(true);
  });

  it.each([
    { kind: 'constant', rateMbps: 60 },
    { kind: 'poisson', rateMbps: 60 },
    { kind: 'on-off', rateMbps: 60, peakMbps: 90, meanOnMs: 20 },
  ] as const)('takes its part and tells it: $kind', async (crossTraffic) => {
    const names = await build([{ rateMbps: 100, crossTraffic }]);
    const came = send(names, full(80, 4));
    await sleep(50);
    const times = came.map(({ arrivedMs }) => arrivedMs);
    const [from, to] = [Math.min(...times) + 500, Math.max(...times) - 500];
    const rates = ratesBetween(log(names), there, from, to);
    const ownMbps = (times.filter((at) => at >= from && at < to).length * 1500 * 8) / (to - from) / 1000;
    // More is offered than fits, so that the link is never idle.
    if (crossTraffic.kind !== 'on-off')
      expect(Math.abs(rates.carriedMbps + rates.crossCarriedMbps - 100)).toBeLessThan(0.5);
    expect(Math.abs(ownMbps / rates.carriedMbps - 1)).toBeLessThan(0.01);
    const tolerance = { constant: 0.005, poisson: 0.03, 'on-off': 0.35 }[crossTraffic.kind];
    expect(Math.abs(rates.crossOfferedMbps / 60 - 1)).toBeLessThan(tolerance);
  });

  it('changes its rate when it should', again, async () => {
    const crossTraffic = { kind: 'step', rateMbps: 20, thenMbps: 60, periodMs: 1500 } as const;
    const names = await build([{ rateMbps: 100, crossTraffic }]);
    await sleep(3100);
    const lines = log(names);
    const begin = lines[0]?.atMs ?? 0;
    const offered = (from: number, to: number): number =>
      ratesBetween(lines, there, begin + from, begin + to).crossOfferedMbps;
    expect(Math.abs(offered(50, 1450) - 20)).toBeLessThan(3);
    expect(Math.abs(offered(1550, 2950) - 60)).toBeLessThan(5);
  });

  it('is the same for the same seed, whatever else is sent, and another for another', again, async () => {
    const crossTraffic = { kind: 'poisson', rateMbps: 50 } as const;
    const run = async (seed: number, sends: boolean): Promise<LinkLogLine[]> => {
      const names = await build([{ rateMbps: 100, lossShare: 0.1, crossTraffic }], seed);
      if (sends) send(names, full(50, 0.5));
      await sleep(1500);
      const lines = log(names).filter((each) => each.way === 'there');
      await down(lab);
      return lines;
    };
    const [first, again, other] = [await run(1, false), await run(1, true), await run(2, false)];
    // Lines are 20 ms apart, of which 80 packets arrive in random places.
    expect(meanPacketsApart(first, again)).toBeLessThan(8);
    expect(meanPacketsApart(first, other)).toBeGreaterThan(16);
  });
});

/** How far apart two logs are, at the times of the first, between whose lines the second is thought even. */
function meanPacketsApart(a: readonly LinkLogLine[], b: readonly LinkLogLine[]): number {
  const [beginA = 0, beginB = 0] = [a[0]?.atMs, b[0]?.atMs];
  const distances = a.flatMap(({ atMs, crossOfferedBytes }) => {
    const at = atMs - beginA + beginB;
    const next = b.findIndex((each) => each.atMs > at);
    const [before, after] = [b[next - 1], b[next]];
    if (before === undefined || after === undefined) return [];
    const share = (at - before.atMs) / (after.atMs - before.atMs);
    const between = before.crossOfferedBytes + share * (after.crossOfferedBytes - before.crossOfferedBytes);
    return [Math.abs(crossOfferedBytes - between) / 1500];
  });
  return distances.reduce((sum, each) => sum + each, 0) / distances.length;
}
