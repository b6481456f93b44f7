import type { Figure } from '../../figure.js';
import { atLeast, atMost, info } from '../../vnet/figures.js';
import { measuredPrograms, type Program, syntheticPrograms } from '../ground-truth.js';
import { type Conditions, Replay } from './replay.js';
import { parameters, Watch, type Window } from './watch.js';

/** What the heaviest pair sends, in Mb/s, and how much noise there is beside the program. */
const intensities: Pick<Conditions, 'heaviestMbps' | 'noise'>[] = [
  { heaviestMbps: 0.5, noise: 0.005 },
  { heaviestMbps: 20, noise: 0.01 },
  { heaviestMbps: 800, noise: 0.03 },
];
const messages = { loss: 0.03, duplication: 0.03 };
const filledSeconds = 30;
const windowsSeen = 10;

interface Played {
  program: Program;
  windows: Window[];
  /** From the change to this program until its declaration, in smoothing intervals; null if it was never declared. */
  declaredAfter: number | null;
}

/** Every pattern over emulated hosts, whose messages are late, lost, doubled and swapped. */
export function patternFigures(isQuick: boolean): Figure[] {
  const programs = [...measuredPrograms(), ...syntheticPrograms()].filter((_, index) => !isQuick || index % 4 === 0);
  const played = programs.flatMap((program, index) =>
    intensities.map((intensity, strength) => play(program, { ...intensity, ...messages, seed: 10 * index + strength })),
  );
  const windows = played.flatMap((each) => each.windows);
  const shapes = played.flatMap(({ program, windows }) =>
    windows.map(({ application }) => ({
      isRight: application?.shape === program.shape,
      confidence: application?.confidence ?? 0,
    })),
  );
  const errors = windows.flatMap((window) => window.errors).sort((a, b) => a - b);
  const times = played.map(({ declaredAfter }) => declaredAfter ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  const sure = shapes.filter(({ confidence }) => confidence >= 0.9);
  const tell = (name: string) => `emulated, ${programs.length} patterns x ${intensities.length} intensities: ${name}`;
  return [
    atLeast(
      tell('windows with the true topology'),
      share(windows, (window) => window.isTopologyRight),
      0.99,
    ),
    atLeast(
      tell('windows with the true class'),
      share(shapes, ({ isRight }) => isRight),
      0.95,
    ),
    atLeast(
      tell('true ones among classes stated with confidence >= 0.9'),
      share(sure, ({ isRight }) => isRight),
      0.9,
    ),
    info(tell('relative error of heavy entries, median'), quantile(errors, 0.5), ''),
    info(tell('relative error of heavy entries, 99th percentile'), quantile(errors, 0.99), ''),
    atMost(tell('relative error of heavy entries, largest'), quantile(errors, 1), 0.05),
    info(tell('change to declaration, median'), quantile(times, 0.5), 'intervals'),
    atMost(tell('change to declaration, longest'), quantile(times, 1), 1.5, 'intervals'),
  ];
}

/** Silence, then the program; as long as it takes to fill the window twice, then one window after another. */
function play(program: Program, conditions: Conditions): Played {
  const replay = new Replay(program.pattern.size, conditions);
  const watch = new Watch(replay);
  const intervalSeconds = parameters.smoothingIntervalMs / 1000;
  // A program beforehand, so that what is declared is a change of pattern.
  replay.play(before(program.pattern.size));
  watch.seconds(4 * intervalSeconds);
  replay.play(program);
  const changedMs = replay.nowMs;
  watch.seconds(filledSeconds);
  const declaredMs = watch.declaredMs.find((atMs) => atMs > changedMs);
  const windows: Window[] = [];
  for (let window = 0; window < windowsSeen; window++) {
    watch.seconds(intervalSeconds / 2);
    windows.push(watch.window());
  }
  const declaredAfter = declaredMs === undefined ? null : (declaredMs - changedMs) / parameters.smoothingIntervalMs;
  return { program, windows, declaredAfter };
}

/** The first quarter of the guests send to the last. */
function before(size: number): Program {
  const edges = Array.from({ length: Math.ceil(size / 4) }, (_, from) => ({ from, to: size - 1 - from, weight: 1 }));
  return { name: 'pairs', shape: 'none', pattern: { size, edges } };
}

function share<Item>(items: readonly Item[], isCounted: (item: Item) => boolean): number {
  return items.filter(isCounted).length / items.length;
}

function quantile(sorted: readonly number[], at: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? Number.NaN;
}
