import type { PlacementProblem } from '../../schema/generated/types.js';
import type { Figure } from '../figure.js';
import { type Judged, judged, judgedFor } from './judged.js';
import { clusteredProblem } from './overlay-problems.js';

/** Instances that the engine was made on have smaller seeds. */
const firstSeed = 2001;

/** 6 to 10 hosts, 4 to 6 VMs, directed clustered capacities. */
function instances(count: number): PlacementProblem[] {
  return Array.from({ length: count }, (_, place) => {
    const vms = 4 + (place % 3);
    return clusteredProblem(firstSeed + place, { hosts: 6 + (place % 5), vms, demands: 2 * vms, hostsPerSite: 3 });
  });
}

interface Certified {
  file: PlacementProblem;
  proof: Judged;
}

/** How many small instances are proved in how long, and how far answers stay behind that were not proved. */
export async function suiteFigures(isQuick: boolean): Promise<Figure[]> {
  const certified: Certified[] = [];
  for (const file of instances(isQuick ? 10 : 40))
    certified.push({ file, proof: await proofOf(file, isQuick ? 5 : 15) });
  const proved = certified.filter(({ proof }) => proof.answer.isProved);
  const share = proved.length / certified.length;
  const slowest = Math.max(...proved.map(({ proof }) => proof.seconds));
  return [
    {
      ...{ name: `certified suite of ${certified.length}: share proved in 15 s each`, value: share, unit: '' },
      ...{ target: '>= 0.95', ok: share >= 0.95 },
    },
    { name: 'certified suite: slowest proof', value: slowest, unit: 's', target: '', ok: true },
    ...(await gapFigures('engine', proved)),
    ...(await gapFigures('annealing', proved)),
    ...(await gapFigures('greedy-pairs', proved)),
    ...(await gapFigures('greedy-order', proved)),
  ];
}

/** Proofs take steps, of which longer runs have more: as many as fit into the time. */
async function proofOf(file: PlacementProblem, seconds: number): Promise<Judged> {
  let last = await judged(file, { algorithm: 'exact', seed: 1, iterations: 20_000 });
  if (last.answer.isProved) return last;
  const first = last;
  for (const share of [0.1, 1]) {
    const rate = last.answer.tried / last.seconds;
    const iterations = Math.floor(0.9 * share * seconds * rate);
    if (iterations <= last.answer.tried) continue;
    last = await judged(file, { algorithm: 'exact', seed: 1, iterations });
    if (last.answer.isProved) return last;
  }
  return last.seconds > 0 ? last : first;
}

async function gapFigures(algorithm: 'engine' | 'annealing' | 'greedy-pairs' | 'greedy-order', proved: Certified[]) {
  const gaps: number[] = [];
  for (const { file, proof } of proved) {
    const isGreedy = algorithm.startsWith('greedy');
    const options = { algorithm, seed: 1 } as const;
    const { answer } = isGreedy ? await judged(file, { ...options, iterations: 1 }) : await judgedFor(file, 1, options);
    gaps.push(gapBehind(answer, proof.answer));
  }
  const isTarget = algorithm === 'engine';
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / Math.max(1, gaps.length);
  const most = Math.max(0, ...gaps);
  const name = `certified suite, ${algorithm}${algorithm.startsWith('greedy') ? '' : ' for 1 s'}`;
  return [
    {
      ...{ name: `${name}: mean gap to the optimum`, value: 100 * mean, unit: '%' },
      ...{ target: isTarget ? '<= 0.1' : '', ok: !isTarget || mean <= 0.001 },
    },
    {
      ...{ name: `${name}: largest gap to the optimum`, value: 100 * most, unit: '%' },
      ...{ target: isTarget ? '<= 1' : '', ok: !isTarget || most <= 0.01 },
    },
  ];
}

/** What an answer lacks of another: all, where it leaves more unmet. */
function gapBehind(answer: Judged['answer'], best: Judged['answer']): number {
  if (answer.unmetMbps > best.unmetMbps + 1e-6) return 1;
  return Math.max(0, 1 - (answer.objective[0]?.value ?? 0) / Math.max(best.objective[0]?.value ?? 0, 1e-9));
}
