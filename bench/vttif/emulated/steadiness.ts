import type { Figure } from '../../figure.js';
import { atMost } from '../../vnet/figures.js';
import { measuredPrograms, type Program, syntheticPrograms } from '../ground-truth.js';
import { Replay } from './replay.js';
import { Watch } from './watch.js';

const messages = { loss: 0.03, duplication: 0.03 };
/** Within this, the first declaration is made. */
const startSeconds = 60;
const watchedSeconds = 30 * 60;

function named(...names: string[]): Program[] {
  const all = [...measuredPrograms(), ...syntheticPrograms()];
  return names.flatMap((name) => all.filter((program) => program.name === name));
}

/** Half an hour of emulated time in which nothing changes but noise. */
export function stationaryFigures(isQuick: boolean): Figure[] {
  const programs = named('ring of 9', 'cg.W.16', 'star of 16', 'all-to-all of 16');
  const minutes = isQuick ? 10 : 30;
  const declared = programs.flatMap((program, index) =>
    [0.01, 0.05].map((noise) => {
      const watch = watchFor(program, { heaviestMbps: 50, noise, ...messages, seed: 100 + index });
      watch.seconds(startSeconds);
      const before = watch.declaredMs.length;
      watch.seconds(minutes * 60);
      return watch.declaredMs.length - before;
    }),
  );
  const name = `emulated: declarations in ${minutes} min of stationary noise, ${declared.length} runs, in all`;
  return [atMost(name, sum(declared), 0)];
}

const periodsMs = [2300, 3700, 8000, 13_000, 21_000, 30_000];
/** Periods take this many turns to be recognised. */
const turnsToLearn = 3;

/** Programs that compute and communicate in turns: after some turns, that is no change. */
export function phaseFigures(isQuick: boolean): Figure[] {
  const [program] = named('torus of 16');
  if (program === undefined) throw new Error('there is no torus of 16');
  const runs = periodsMs.map((periodMs, index) => {
    const phases = { periodMs, share: index % 2 === 0 ? 0.5 : 0.3 };
    const watch = watchFor(program, { heaviestMbps: 50, noise: 0.002, ...messages, seed: 200 + index, phases });
    watch.seconds(2 * startSeconds + Math.ceil((turnsToLearn * periodMs) / 1000));
    const before = watch.declaredMs.length;
    watch.seconds(isQuick ? 300 : watchedSeconds);
    const found = watch.state.phases[0]?.periodMs ?? Number.NaN;
    const meanMbps = 50 * phases.share;
    const rates = (watch.state.declared?.demands ?? []).map(({ rateMbps }) => Math.abs(rateMbps - meanMbps) / meanMbps);
    return {
      declared: watch.declaredMs.length - before,
      error: Math.abs(found - Math.round(found / periodMs) * periodMs) / found,
      rateError: rates.length === 0 ? Number.NaN : sum(rates) / rates.length,
    };
  });
  const tell = (name: string) => `emulated, periods of ${periodsMs.map((each) => each / 1000).join(', ')} s: ${name}`;
  return [
    atMost(tell('declarations once they are known'), sum(runs.map(({ declared }) => declared)), 0),
    atMost(
      tell('relative error of the period or a multiple of it, largest'),
      Math.max(...runs.map(({ error }) => error)),
      0.05,
    ),
    atMost(tell('relative error of declared rates, largest'), Math.max(...runs.map(({ rateError }) => rateError)), 0.2),
  ];
}

function watchFor(program: Program, conditions: ConstructorParameters<typeof Replay>[1]): Watch {
  const replay = new Replay(program.pattern.size, conditions);
  replay.play(program);
  return new Watch(replay);
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
