import type { PlacementProblem } from '../../schema/generated/types.js';
import type { Figure } from '../figure.js';
import { drawFrom } from './draw.js';
import { judged, judgedFor } from './judged.js';
import { clusteredProblem, orderedPairs } from './overlay-problems.js';

const shape = { hosts: 256, vms: 32, demands: 128, hostsPerSite: 8 };
const seconds = 10;

/** 256 hosts, 32 VMs, 128 demands: against the seed's annealing as it is written, at equal time. */
export async function largeFigures(isQuick: boolean): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const seed of isQuick ? [1] : [1, 2, 3]) {
    const file = clusteredProblem(seed, shape);
    const time = isQuick ? 3 : seconds;
    const engine = await judgedFor(file, time);
    const literal = await judgedFor(file, time, { algorithm: 'annealing' });
    const greedy = await judged(file, { algorithm: 'greedy-pairs', seed: 1, iterations: 1 });
    const value = ({ answer }: typeof engine) => (answer.unmetMbps > 1e-6 ? 0 : (answer.objective[0]?.value ?? 0));
    const ratio = value(engine) / Math.max(value(literal), 1e-9);
    const ran = `${engine.answer.iterations} and ${literal.answer.iterations} iterations, ${time} s each`;
    figures.push(
      {
        ...{ name: `${file.name}: engine over literal annealing (${ran})`, value: ratio, unit: '' },
        ...{ target: '>= 1.5', ok: ratio >= 1.5 },
      },
      {
        ...{ name: `${file.name}: engine over greedy`, value: value(engine) / Math.max(value(greedy), 1e-9), unit: '' },
        ...{ target: '', ok: true },
      },
      {
        ...{ name: `${file.name}: engine's gap to its bound`, value: 100 * (engine.answer.gap ?? 1), unit: '%' },
        ...{ target: '', ok: true },
      },
    );
  }
  return figures;
}

/** What the planted cluster gives each pair of its hosts, and what lures stand for it. */
const plantedMbps = 900;
const lureMbps = 1000;

/**
 * 32 hosts have links of 900 Mb/s among them, all others links of 50: there, every demand leaves most room. But 40 pairs of hosts
 * elsewhere have links of 1000 Mb/s between them, and nothing else that is wide: who places pair by pair takes these first.
 */
export function plantedProblem(seed: number): PlacementProblem {
  const file = clusteredProblem(seed, shape);
  const draw = drawFrom(seed + 1);
  const order = file.hosts.map((_, place) => ({ place, key: draw.share() })).sort((a, b) => a.key - b.key);
  const planted = new Set(order.slice(0, shape.vms).map(({ place }) => place));
  const lures = new Map(
    order.slice(shape.vms, shape.vms + 80).map(({ place }, rank, list) => [place, list[rank ^ 1]?.place]),
  );
  const links = orderedPairs(shape.hosts).map(([from, to]) => {
    const isPlanted = planted.has(from) && planted.has(to);
    const capacityMbps = isPlanted ? plantedMbps : lures.get(from) === to ? lureMbps : 50;
    return { from: `h${from}`, to: `h${to}`, capacityMbps };
  });
  return { ...file, name: `planted, seed ${seed}`, network: { links } };
}

/** Upper bound by how it is made: no demand can have more than its own widest link, less its own rate. */
export async function plantedFigures(isQuick: boolean): Promise<Figure[]> {
  const file = plantedProblem(1);
  const optimum = (file.demands ?? []).reduce((sum, { rateMbps }) => sum + plantedMbps - rateMbps, 0);
  const figures: Figure[] = [];
  for (const algorithm of ['engine', 'annealing', 'greedy-pairs', 'greedy-order'] as const) {
    const isGreedy = algorithm.startsWith('greedy');
    const { answer } = isGreedy
      ? await judged(file, { algorithm, seed: 1, iterations: 1 })
      : await judgedFor(file, isQuick ? 3 : seconds, { algorithm });
    const share = answer.unmetMbps > 1e-6 ? 0 : (answer.objective[0]?.value ?? 0) / optimum;
    figures.push({
      ...{ name: `${file.name}, ${algorithm}: share of the planted value`, value: share, unit: '' },
      ...{ target: algorithm === 'engine' ? '>= 0.95' : '', ok: algorithm !== 'engine' || share >= 0.95 },
    });
  }
  return figures;
}
