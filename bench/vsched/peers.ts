import type { BackendKind } from '../../agents/vsched/scheduler-backend.js';
import type { Figure } from '../figure.js';
import { info } from '../vnet/figures.js';
import { promises } from './deviations.js';
import { type Measured, measureSet } from './measure-set.js';
import type { Options } from './options.js';
import { most, single } from './sets.js';
import { processors, type VschedStage } from './stage.js';
import { errorPoints, largest, missedPercent, told } from './summary.js';

const reservedPpm = Math.round((1 - most) * 1e6);
const sets = [10, 100, 250].flatMap((ms) => [0.3, 0.7].map((share) => single(ms, share, processors)));
const kinds: readonly BackendKind[] = ['edf', 'deadline', 'quota'];
const rounds = 2;

/** All backends with the same sets, one after the other in each round. Of one that keeps no phases periods begin where it looks best for it. */
export async function peerFigures(stage: VschedStage, { only, seconds }: Options): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { name, tasks } of sets.filter((set) => only === undefined || only.test(set.name))) {
    const results = new Map<BackendKind, Measured[]>();
    for (let round = 0; round < rounds; round++)
      for (const kind of kinds) {
        const backend = await stage.backend(kind, reservedPpm);
        try {
          if (tasks.some(({ periodUs }) => periodUs < backend.ability.floorUs)) continue;
          const result = await measureSet(stage, backend, tasks, seconds / rounds);
          console.error(told(`${kind}, ${name}`, result));
          results.set(kind, [...(results.get(kind) ?? []), ...result.tasks]);
        } finally {
          await backend.close();
        }
      }
    for (const [kind, measured] of results)
      figures.push(...figuresOf(`${kind}, beside others, ${name}`, kind, measured));
  }
  return figures;
}

function figuresOf(name: string, kind: BackendKind, measured: readonly Measured[]): Figure[] {
  if (kind === 'edf') return promises(name, measured);
  return [
    info(`${name}: share off by, at most`, largest(measured.map(errorPoints)), 'points'),
    info(`${name}: periods missed, at most`, largest(measured.map(missedPercent)), '%'),
  ];
}
