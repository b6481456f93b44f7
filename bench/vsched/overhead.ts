import type { Figure } from '../figure.js';
import { atMost, info } from '../vnet/figures.js';
import { median } from '../vnet/statistics.js';
import { measureSet } from './measure-set.js';
import type { Options } from './options.js';
import { most, single } from './sets.js';
import { processors, type VschedStage } from './stage.js';
import { overheadPercent, told } from './summary.js';

const reservedPpm = Math.round((1 - most) * 1e6);
const share = 0.5;
/** Of a processor, in percent, by period. */
const targets = [
  [10, 1],
  [1, 4],
] as const;

/** What core and watchdog use of a processor together, with one task on it, by the kernel's clocks. */
export async function overheadFigures(stage: VschedStage, { seconds, rounds }: Options): Promise<Figure[]> {
  const backend = await stage.backend('edf', reservedPpm);
  try {
    const figures: Figure[] = [];
    for (const [periodMs, target] of targets) {
      const used: number[] = [];
      const differences: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const { name, tasks } = single(periodMs, share, processors);
        const result = await measureSet(stage, backend, tasks, seconds);
        console.error(told(`overhead, ${name}`, result));
        used.push(overheadPercent(result));
        differences.push(...result.overhead.map((each) => Math.abs(each.told - each.share) * 100));
      }
      figures.push(
        atMost(`overhead, ${periodMs} ms: core and watchdog`, median(used), target, '% of a processor'),
        info(`overhead, ${periodMs} ms: least`, Math.min(...used), '% of a processor'),
        info(
          `overhead, ${periodMs} ms: as told and as the kernel says differ by, at most`,
          Math.max(...differences),
          'points',
        ),
      );
    }
    return figures;
  } finally {
    await backend.close();
  }
}
