import type { Figure } from './figure.js';
import { fig14Figures } from './vadapt/fig14.js';
import { fleetFigures } from './vadapt/fleet.js';
import { hbalFigures } from './vadapt/hbal.js';
import { verdicts } from './vadapt/judged.js';
import { largeFigures, plantedFigures } from './vadapt/large.js';
import { qaplibFigures } from './vadapt/qaplib.js';
import { suiteFigures } from './vadapt/suite.js';
import { zooFigures } from './vadapt/zoo.js';

/** The parts, which `VADAPT_BENCH_PARTS` chooses from by name, separated by commas. */
const parts: Record<string, (isQuick: boolean) => Promise<Figure[]>> = {
  fig14: () => fig14Figures(),
  suite: suiteFigures,
  large: largeFigures,
  planted: plantedFigures,
  qaplib: qaplibFigures,
  zoo: zooFigures,
  fleet: fleetFigures,
  hbal: hbalFigures,
};

/**
 * Quality and speed of the engine against proofs, bounds, best known values, the seed's own algorithms and Ganeti's balancer. All
 * problems are solved through the public format on two threads, and all answers judged by a verifier that shares no code with the
 * engine. `VADAPT_BENCH_QUICK=1` takes fewer instances and less time.
 */
export async function run(): Promise<Figure[]> {
  const chosen = process.env.VADAPT_BENCH_PARTS?.split(',') ?? Object.keys(parts);
  const unknown = chosen.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    throw new Error(`VADAPT_BENCH_PARTS names ${unknown.join(', ')}: choose from ${Object.keys(parts).join(', ')}`);
  }
  const figures: Figure[] = [];
  for (const name of chosen) figures.push(...((await parts[name]?.(process.env.VADAPT_BENCH_QUICK === '1')) ?? []));
  for (const fault of verdicts.faults.slice(0, 20)) console.error(`the verifier: ${fault}`);
  const faults = verdicts.faults.length;
  const name = `faults that the verifier finds in ${verdicts.answers} answers`;
  return [...figures, { name, value: faults, unit: '', target: '= 0', ok: faults === 0 }];
}
