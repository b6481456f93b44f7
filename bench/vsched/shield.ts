import { setTimeout as sleep } from 'node:timers/promises';
import type { Schedule, SchedulerBackend } from '../../agents/vsched/scheduler-backend.js';
import type { Figure } from '../figure.js';
import { atLeast, atMost, info } from '../vnet/figures.js';
import { median } from '../vnet/statistics.js';
import { BulkSynchronous } from './bulk-synchronous.js';
import type { Options } from './options.js';
import { most } from './sets.js';
import { processors, type VschedStage } from './stage.js';
import { largest } from './summary.js';

const reservedPpm = Math.round((1 - most) * 1e6);
/** The same for all, so that they run at the same time: two on each of two processors, 84 %. */
const gang: Schedule = { periodUs: 20_000, sliceUs: 8400, mode: 'strict', phaseUs: 0 };
const loads = [25, 50, 75, 100];
const settleMs = 150;
/** What is to be told from no change at all is looked at more often. */
const timesEach = { scheduled: 4, ordinary: 1 };
/** Two of the four processes on each. */
const two = processors.slice(0, 2);

/** Meetings a second without load, and how much less there are with one, as shares of that, by load. */
interface Rates {
  alone: number[];
  lost: number[][];
}

/** How a bulk-synchronous program fares when others want the processors too: with a gang schedule and without one, in turns. */
export async function shieldFigures(stage: VschedStage, { seconds, rounds }: Options): Promise<Figure[]> {
  const scheduled: Rates = { alone: [], lost: loads.map(() => []) };
  const ordinary: Rates = { alone: [], lost: loads.map(() => []) };
  for (let round = 0; round < rounds; round++) {
    await measure(stage, 'scheduled', scheduled, seconds * 120);
    await measure(stage, 'ordinary', ordinary, seconds * 120);
  }
  const changes = scheduled.lost.map((each) => Math.abs(median(each)) * 100);
  return [
    info('shield: rate with the gang schedule, no load', median(scheduled.alone), 'meetings/s'),
    info('shield: rate without, no load', median(ordinary.alone), 'meetings/s'),
    ...loads.flatMap((load, index) => [
      info(`shield, ${load} % load: less with the gang schedule`, median(scheduled.lost[index] ?? []) * 100, '%'),
      info(`shield, ${load} % load: less without`, median(ordinary.lost[index] ?? []) * 100, '%'),
    ]),
    atMost('shield: with the gang schedule the rate changes by, at most', largest(changes), 3, '%'),
    atLeast('shield: without it the rate falls at 100 % load by', median(ordinary.lost.at(-1) ?? []) * 100, 3, '%'),
  ];
}

/** Each load between two short times without any, in which whatever else happens on the machine is about the same. */
async function measure(stage: VschedStage, kind: keyof typeof timesEach, rates: Rates, ms: number): Promise<void> {
  await stage.compete(0);
  const program = await BulkSynchronous.start(two);
  const backend = kind === 'scheduled' ? await stage.backend('edf', reservedPpm) : undefined;
  const rateUnder = async (load: number): Promise<number> => {
    await stage.compete(load, 1);
    await sleep(settleMs);
    return program.rate(ms);
  };
  try {
    if (backend) await schedule(backend, program);
    for (const [index, load] of loads.entries()) {
      let before = await rateUnder(0);
      for (let count = 0; count < timesEach[kind]; count++) {
        const [under, after] = [await rateUnder(load), await rateUnder(0)];
        rates.alone.push(before, after);
        rates.lost[index]?.push(1 - (2 * under) / (before + after));
        before = after;
      }
      const less = (median(rates.lost[index] ?? []) * 100).toFixed(1);
      console.error(`shield, ${kind}, ${load} % load: ${less} % less so far`);
    }
  } finally {
    await backend?.close();
    await program.end();
  }
}

async function schedule(backend: SchedulerBackend, program: BulkSynchronous): Promise<void> {
  for (const [index, process] of program.processes.entries()) {
    const outcome = await backend.admit(process, gang, program.cpuOf(index, two));
    if (outcome.kind !== 'granted') throw new Error(`the gang is not admitted: ${outcome.message}`);
  }
}
