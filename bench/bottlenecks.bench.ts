import { bottleneckTrial, type JudgedPair } from '../test/reconciler/wren/bottleneck-trial.js';
import { drawnQueueWorld } from '../test/reconciler/wren/drawn-queue-world.js';
import type { Figure } from './figure.js';

const underlays = 20;
const seconds = 60;
/** Underlays that the method was made on have smaller numbers. */
const firstSeed = 1001;

/** Shared bottlenecks that Wren infers in emulated underlays of 6 to 12 hosts from their own traffic, pair by pair. */
export async function run(): Promise<Figure[]> {
  const trials = Array.from({ length: underlays }, (_, index) => {
    const seed = firstSeed + index;
    return bottleneckTrial(drawnQueueWorld(seed), seed, seconds);
  });
  const pairs = trials.flat();
  const right = share(pairs);
  const worst = Math.min(...trials.map(share));
  const falseOnes = pairs.flatMap(({ isRight, confidence }) => (isRight || confidence === null ? [] : [confidence]));
  const surest = Math.max(0, ...falseOnes);
  const shared = pairs.filter(({ sharing, isRight }) => (sharing ?? 0) >= 0.5 && isRight).length;
  return [
    {
      name: `pairs of paths, ${underlays} underlays, ${seconds} s`,
      value: pairs.length,
      unit: '',
      target: '',
      ok: true,
    },
    { name: 'pairs that share a bottleneck and are told so', value: shared, unit: '', target: '', ok: true },
    { name: 'share of pairs classified right', value: right, unit: '', target: '>= 0.95', ok: right >= 0.95 },
    { name: 'share classified right in the worst underlay', value: worst, unit: '', target: '', ok: true },
    { name: 'pairs falsely said to share', value: falseOnes.length, unit: '', target: '', ok: true },
    { name: 'confidence of the surest false one', value: surest, unit: '', target: '<= 0.9', ok: surest <= 0.9 },
  ];
}

function share(pairs: readonly JudgedPair[]): number {
  return pairs.filter(({ isRight }) => isRight).length / pairs.length;
}
