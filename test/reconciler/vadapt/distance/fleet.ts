import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Problem } from '../../../../reconciler/model/problem.js';
import { below, unit } from '../../../../reconciler/vadapt/engine/random.js';
import { ranksOf } from './drawn.js';

const coresOfHost = 32;

interface Kind {
  hosts: number;
  vms: number;
  seed: number;
  /** Share of all cores that VMs need. */
  fill: number;
  /** VMs run already, spread without regard to what they exchange. */
  isRunning?: boolean;
}

/** A fleet in racks of four hosts; VMs of an application, eight at a time, exchange data. Minimises traffic times latency. */
export function fleet({ hosts, vms, seed, fill, isRunning = false }: Kind): Problem {
  const random = xoroshiro128plus(seed);
  const all = [...Array(hosts).keys()];
  const cores = sizes(vms, Math.round(fill * hosts * coresOfHost), hosts);
  const demands = Array.from({ length: 3 * vms }, () => {
    const source = below(random, vms);
    const destination = Math.min(vms - 1, (source & ~7) + below(random, 8));
    return { source, destination, rateMbps: 1 + Math.floor(unit(random) * unit(random) * 100) };
  });
  return {
    hosts: all.map((place) => ({
      ...{ name: `h${place}`, computeCores: coresOfHost, memoryMib: 4 * coresOfHost, maxGuests: null, internal: 0 },
    })),
    vms: cores.map((computeCores, place) => ({
      ...{ name: `v${place}`, computeCores, memoryMib: 2 * computeCores, allowed: all, proxy: 0 },
      current: isRunning ? place % hosts : null,
    })),
    ...{ demands, resources: [], edges: [], fastPath: null },
    distances: {
      kind: 'zones',
      levels: [{ name: 'rack', zoneOf: all.map((host) => host >> 2), latencyMs: 1 }],
      beyondMs: 5,
    },
    objective: { level: 'path', goal: 'minimise', ranks: ranksOf('sum(demand * pathLatency)') },
  };
}

/** Cores of each VM, such that rounds of all hosts fill each host alike. */
function sizes(vms: number, total: number, hosts: number): number[] {
  const rounds = vms / hosts;
  const ofHost = total / hosts;
  const ofRound = Array.from({ length: rounds }, (_, round) => {
    return Math.floor((ofHost * (round + 1)) / rounds) - Math.floor((ofHost * round) / rounds);
  });
  return Array.from({ length: vms }, (_, vm) => ofRound[Math.floor(vm / hosts)] as number);
}
