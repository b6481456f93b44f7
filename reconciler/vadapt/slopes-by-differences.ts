import type { Problem } from '../model/problem.js';
import { adopt, type Configured } from './engine/configuration.js';
import { Marks } from './engine/marks.js';
import { emptyArrangement, settingOf } from './engine/setting.js';

/** Capacities are changed by this share of themselves, and by this much at least: less drowns in rounding. */
const stepShare = 1e-6;
const leastStepMbps = 1e-3;

/**
 * By resource: by how much a rank of the objective grows with its capacity, per Mb/s; central differences. Only of resources that are
 * in use and whose capacity is uncertain. How long migrations take is left as it is.
 */
export function slopesByDifferences(problem: Problem, configuration: Configured, rank: number): Float64Array {
  // A graph of its own, so that capacities can be changed in place.
  const setting = settingOf(problem);
  const { graph } = setting;
  const { arrangement, columns } = emptyArrangement(setting);
  adopt(arrangement, configuration);
  const { paths, ledger } = arrangement;
  const crossing = new Marks(graph.demands);
  const setCapacity = (resource: number, mbps: number) => {
    graph.capacityMbps[resource] = mbps;
    if (columns.capacity.length === 0) return;
    for (const edge of graph.edgesOfResource.subarray(graph.firstEdge[resource], graph.firstEdge[resource + 1])) {
      const along = graph.edgeResources.subarray(graph.firstResource[edge], graph.firstResource[edge + 1]);
      columns.capacity[edge] = Math.min(...Array.from(along, (each) => graph.capacityMbps[each] as number));
    }
  };
  const valueWith = (resource: number, mbps: number) => {
    setCapacity(resource, mbps);
    for (const demand of paths.users.list(resource).subarray(0, paths.users.count(resource))) {
      crossing.add(demand);
      ledger.touchEdges(paths.edgesOf(demand), paths.lengths[demand] as number);
    }
    ledger.refreshPaths(crossing);
    crossing.clear();
    ledger.close();
    return ledger.rank(rank);
  };
  return Float64Array.from(problem.resources, ({ capacityMbps, deviationMbps = 0 }, resource) => {
    const step = Math.min(Math.max(leastStepMbps, stepShare * capacityMbps), capacityMbps / 2);
    if (deviationMbps === 0 || step === 0 || paths.users.count(resource) === 0) return 0;
    const [more, less] = [valueWith(resource, capacityMbps + step), valueWith(resource, capacityMbps - step)];
    valueWith(resource, capacityMbps);
    return (more - less) / (2 * step);
  });
}
