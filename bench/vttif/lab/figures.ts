import type { Figure } from '../../figure.js';
import { atLeast, atMost, info } from '../../vnet/figures.js';
import { missing } from '../../vnet/stage.js';
import { startWarden } from '../../vnet/start-warden.js';
import { median } from '../../vnet/statistics.js';
import { runs, sweep } from '../../vnet/sweep.js';
import { type Cell, type CellOptions, cells, shuffled } from './cells.js';
import { countingCost } from './counting-cost.js';
import { firstAddress, GuestFleet } from './guest-fleet.js';
import { type CellResult, type Pace, play } from './play.js';
import { Replay } from './replay.js';

/** Programs that are played one after the other in the same guests. */
interface Group extends CellOptions {
  pace: Pace;
}

/** In all of a fleet's guests together: what a small machine carries of thousands of connections. */
const piecesPerSecond = 10_000;
const pace: Pace = {
  samplingIntervalMs: 500,
  smoothingIntervalMs: 5000,
  intervals: 2.5,
  periodMs: 50,
  piecesPerSecond,
};
const small: Group = { sizes: [0, 4], intensitiesMbps: [5, 20, 80], noise: 0.03, pace };
const middle: Group = { sizes: [4, 16], intensitiesMbps: [20, 80, 240], noise: 0.03, pace };
/** Slower and with less noise, likewise. */
const large: Group = {
  sizes: [16, 64],
  intensitiesMbps: [40, 120],
  noise: 0.015,
  pace: { ...pace, samplingIntervalMs: 1000, smoothingIntervalMs: 10_000 },
};

/**
 * Traffic matrices replayed by real TCP between guests of a lab, and what VTTIF makes of the counters. Needs root.
 * `VTTIF_BENCH_QUICK=1` plays a third of it, `VTTIF_BENCH_ONLY` (a regular expression for names as in `mg.A.64, 40 Mb/s`) what it names;
 * `VTTIF_BENCH_SEED` sets their order.
 */
export async function labFigures(): Promise<Figure[]> {
  if (process.getuid?.() !== 0)
    throw new Error('The lab is made of network namespaces and BPF programs: run it as root.');
  const lacking = missing(['iperf3', 'iperf3'], ['ip', 'iproute2'], ['nsenter', 'util-linux'], ['clang', 'clang']);
  if (lacking !== undefined) throw new Error(lacking);
  await sweep((pid) => !runs(pid));
  const dismissWarden = startWarden();
  try {
    const cost = await countingCost(isQuick() ? 5 : 20);
    const groups = [small, middle, large].map((group) => ({ ...group, chosen: chosenOf(group) }));
    const [first, second, third] = groups.map((group) => () => (group.chosen.length === 0 ? [] : playGroup(group)));
    const results = [...(await Promise.all([first?.(), second?.()])), await third?.()].flatMap((each) => each ?? []);
    return [...accuracy(results), atMost('lab: cost of counting, share of TCP throughput', cost, 0.02)];
  } finally {
    dismissWarden();
  }
}

function chosenOf(group: Group): Cell[] {
  const all = shuffled(cells(group), Number(process.env.VTTIF_BENCH_SEED ?? 1));
  const only = process.env.VTTIF_BENCH_ONLY;
  if (only !== undefined) return all.filter((cell) => new RegExp(only).test(`${cell.name}, ${cell.totalMbps} Mb/s`));
  return isQuick() ? all.filter((_, index) => index % 3 === 0) : all;
}

async function playGroup({ pace, sizes, chosen }: Group & { chosen: readonly Cell[] }): Promise<CellResult[]> {
  const [, size] = sizes;
  const fleet = new GuestFleet(`${size}`, size);
  try {
    await fleet.setUp();
    const replay = await Replay.start(fleet.names, fleet.guests, firstAddress);
    const warmUp = chosen.at(-1);
    const results = await play(fleet, replay, warmUp ? [warmUp, ...chosen] : [], pace, tell);
    await replay.end();
    return results;
  } finally {
    await fleet.tearDown();
  }
}

const isQuick = (): boolean => process.env.VTTIF_BENCH_QUICK === '1';

const share = (windows: number, of: number): string => `${windows}/${of}`;

function tell({ cell, windows, declaredAfter, strays }: CellResult): void {
  const right = (what: 'isTruth' | 'isRightShape') =>
    share(windows.filter((each) => each[what]).length, windows.length);
  const after = declaredAfter === undefined ? '' : `, declared after ${declaredAfter.toFixed(2)} intervals`;
  const worst = Math.max(...windows.flatMap(({ errors }) => errors));
  const intensity = `${cell.totalMbps} Mb/s${cell.noise > 0 ? ' and noise' : ''}`;
  const shape = `class ${right('isRightShape')} (${[...new Set(windows.map(({ shapes }) => shapes.join('+')))].join(', ')})`;
  const numbers = `topology ${right('isTruth')}, ${shape}, error ${(100 * worst).toFixed(2)} %${after}, strays ${strays}`;
  console.error(`${cell.name}, ${intensity}: ${numbers}`);
}

function accuracy(results: readonly CellResult[]): Figure[] {
  const windows = results.flatMap((each) => each.windows);
  const part = (what: 'isTruth' | 'isRightShape'): number =>
    windows.filter((each) => each[what]).length / windows.length;
  const errors = windows.flatMap((each) => each.errors).sort((a, b) => a - b);
  const times = results.flatMap(({ declaredAfter }) => declaredAfter ?? []);
  const strays = results.reduce((sum, each) => sum + each.strays, 0);
  return [
    info('lab: windows', windows.length, ''),
    atLeast('lab: windows whose pruned topology is the truth', part('isTruth'), 0.99),
    atLeast('lab: windows classified right', part('isRightShape'), 0.95),
    info('lab: entries of the true topology, in all windows', errors.length, ''),
    atMost('lab: relative error of any of them against the frames that its sender logs', errors.at(-1) ?? 1, 0.05),
    info('lab: the same, median', median(errors), ''),
    info('lab: the same, 99.9 of 100', errors[Math.floor(0.999 * errors.length)] ?? 1, ''),
    info('lab: what frames have on top of payload, median', median(windows.map((each) => each.overhead)), ''),
    info('lab: changes of pattern', times.length, ''),
    atMost('lab: from a change of pattern to its declaration, longest', Math.max(...times), 1.5, 'smoothing intervals'),
    info('lab: the same, median', median(times), 'smoothing intervals'),
    atMost('lab: declarations of anything else', strays, 0),
  ];
}
