import type { Figure } from '../figure.js';
import { drawFrom } from '../vadapt/draw.js';
import { atMost, info } from '../vnet/figures.js';
import { type Aftermath, type Harm, KillStage } from './kill-stage.js';
import type { Options } from './options.js';
import { processors, type VschedStage } from './stage.js';
import type { StealWatch } from './steal-watch.js';
import { largest } from './summary.js';

const harms: readonly Harm[] = ['core killed', 'core stopped', 'agent killed'];
/** In which a core takes over and switches some times. */
const longestMs = 60;

export interface KillOutcome extends Aftermath {
  harm: Harm;
  ms: number;
  afterMs: number;
}

/** Harms a core or its agent so many times, each at a time drawn from the seed. */
export async function killAtRandom(cpu: number, kills: number, seed: number): Promise<KillOutcome[]> {
  const draw = drawFrom(seed);
  const stage = await KillStage.open(cpu);
  const outcomes: KillOutcome[] = [];
  try {
    for (let count = 0; count < kills; count++) {
      const harm = draw.of(harms);
      const afterMs = draw.share() * longestMs;
      const aftermath = await stage.harm(harm, afterMs);
      outcomes.push({ harm, afterMs, ms: (aftermath.toNs - aftermath.fromNs) / 1e6, ...aftermath });
    }
    return outcomes;
  } finally {
    await stage.close();
  }
}

const mostMs = 200;
/** On stderr. */
const told = 5;

/** How long processes are left stopped or at a real-time priority. */
export async function killFigures({ steal }: VschedStage, { kills, seed }: Options): Promise<Figure[]> {
  const outcomes = await killAtRandom(processors.at(-1) ?? 0, kills, seed);
  const msOf = (harm: Harm): number => largest(outcomes.filter((each) => each.harm === harm).map(({ ms }) => ms));
  const afterEndMs = outcomes.map(({ toNs, endedNs }) => (toNs - endedNs) / 1e6);
  const slowest = outcomes.toSorted((a, b) => b.ms - a.ms).slice(0, told);
  for (const { harm, ms, afterMs } of slowest)
    console.error(
      `kills: ${ms.toFixed(1)} ms until all were ordinary, ${harm} ${afterMs.toFixed(1)} ms after its core began`,
    );
  const relapses = outcomes.filter(({ stays }) => !stays).length;
  return [
    info('kills', outcomes.length, ''),
    ...harms.map((harm) => info(`kills, ${harm}: longest until all are ordinary`, msOf(harm), 'ms')),
    atMost(
      'kills: longest until nothing is stopped or at a real-time priority',
      slowest[0]?.ms ?? Number.NaN,
      mostMs,
      'ms',
    ),
    info('kills: of which after the end of what was killed, at most', largest(afterEndMs), 'ms'),
    info('kills: stolen by the machine below in the slowest', stolenMs(steal, slowest[0]), 'ms'),
    atMost('kills after which something was stopped or real-time again', relapses, 0),
  ];
}

const stolenMs = (steal: StealWatch, outcome: KillOutcome | undefined): number =>
  outcome ? steal.stolenMs(outcome.fromNs, outcome.toNs) : Number.NaN;
