import type { Figure } from '../figure.js';
import { caveats, promises } from './deviations.js';
import { type Measured, type MeasuredSet, measureSet } from './measure-set.js';
import type { Options } from './options.js';
import { mixed, most, type NamedSet, periodsMs, singles } from './sets.js';
import { processors, type VschedStage } from './stage.js';
import { told } from './summary.js';

const reservedPpm = Math.round((1 - most) * 1e6);
const setsEach = 4;

/** The core, with one task a processor: every period of the grid. */
export async function gridFigures(stage: VschedStage, options: Options): Promise<Figure[]> {
  const groups = periodsMs.map((ms) => ({ name: `edf, ${ms} ms`, sets: singles(ms, processors) }));
  return groupFigures('edf, one VM', stage, options, groups);
}

/** The core, with several tasks a processor. */
export async function mixedFigures(stage: VschedStage, options: Options): Promise<Figure[]> {
  const groups = [3, 8].map((count) => ({
    name: `edf, ${count} VMs a processor`,
    sets: mixed(count, setsEach, options.seed, processors),
  }));
  return groupFigures('edf, several VMs', stage, options, groups);
}

async function groupFigures(
  name: string,
  stage: VschedStage,
  { only, seconds }: Options,
  groups: readonly { name: string; sets: NamedSet[] }[],
): Promise<Figure[]> {
  const backend = await stage.backend('edf', reservedPpm);
  const all: Measured[] = [];
  try {
    const figures: Figure[] = [];
    for (const group of groups) {
      const measured: MeasuredSet[] = [];
      for (const set of group.sets) {
        if (only && !only.test(set.name)) continue;
        const result = await measureSet(stage, backend, set.tasks, seconds);
        console.error(told(set.name, result));
        measured.push(result);
      }
      const tasks = measured.flatMap((each) => each.tasks);
      all.push(...tasks);
      if (tasks.length > 0) figures.push(...promises(group.name, tasks));
    }
    return [...figures, ...(all.length > 0 ? caveats(name, all) : [])];
  } finally {
    await backend.close();
  }
}
