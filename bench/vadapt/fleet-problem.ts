import type { PlacementProblem, SolveDemand, SolveVm } from '../../schema/generated/types.js';
import { type Draw, drawFrom } from './draw.js';

const hostsPerRack = 20;
const racksPerPod = 10;
const hostCores = 32;
const hostMib = 128 * 1024;
const largestApplication = 60;

/** What a move has to gain, as an operator would ask: traffic x latency of a small flow across pods. */
const expression = 'sum(demand * pathLatency) + 100Mbps * 1ms * moves';

/** Hosts in racks and pods; VMs in applications that talk much among themselves, and little with others. CPU and memory are hard limits. */
export function fleetProblem(hosts: number, vms: number, seed: number): PlacementProblem {
  const draw = drawFrom(seed);
  return {
    format_version: '1',
    name: `fleet ${hosts}/${vms}`,
    hosts: Array.from({ length: hosts }, (_, place) => ({
      name: `h${place}`,
      computeCores: hostCores,
      memoryMib: hostMib,
      zones: zonesOf(place),
    })),
    ...drawnApplications(draw, vms),
    network: {
      levels: [
        { name: 'rack', latencyMs: 1 },
        { name: 'pod', latencyMs: 3 },
      ],
      beyondMs: 8,
    },
    objective: { level: 'path', goal: 'minimise', expression },
  };
}

function zonesOf(host: number): string[] {
  const rack = Math.floor(host / hostsPerRack);
  return [`rack-${rack}`, `pod-${Math.floor(rack / racksPerPod)}`];
}

function drawnApplications(draw: Draw, count: number): { vms: SolveVm[]; demands: SolveDemand[] } {
  const vms: SolveVm[] = [];
  const rates = new Map<string, number>();
  const add = (from: number, to: number, mbps: number) => {
    if (from !== to) rates.set(`${from} ${to}`, (rates.get(`${from} ${to}`) ?? 0) + mbps);
  };
  while (vms.length < count) {
    const first = vms.length;
    const size = Math.min(count - first, 2 + Math.floor(largestApplication * draw.share() ** 2));
    for (let member = 0; member < size; member++) {
      const computeCores = [1, 2, 4, 8][Math.floor(4 * draw.share() ** 2)] as number;
      vms.push({ name: `v${first + member}`, computeCores, memoryMib: computeCores * draw.whole(2, 4) * 1024 });
    }
    const member = () => first + draw.whole(0, size - 1);
    for (let flow = 0; flow < 3 * size; flow++) add(member(), member(), 1 + Math.floor(500 * draw.share() ** 4));
  }
  for (let flow = 0; flow < count / 2; flow++)
    add(draw.whole(0, count - 1), draw.whole(0, count - 1), draw.whole(1, 5));
  const demands = [...rates].map(([pair, rateMbps]) => {
    const [from, to] = pair.split(' ');
    return { from: `v${from}`, to: `v${to}`, rateMbps };
  });
  return { vms, demands };
}

/** Every VM on the first host that has room, in the order of the list, which is application by application. */
export function firstFit({ hosts, vms }: PlacementProblem): SolveVm[] {
  const cores = hosts.map(({ computeCores = 0 }) => computeCores);
  const mib = hosts.map(({ memoryMib = 0 }) => memoryMib);
  return vms.map((vm) => {
    const [needsCores, needsMib] = [vm.computeCores ?? 0, vm.memoryMib ?? 0];
    const host = cores.findIndex((left, place) => left >= needsCores && (mib[place] as number) >= needsMib);
    if (host < 0) throw new Error('first fit finds no room');
    (cores[host] as number) -= needsCores;
    (mib[host] as number) -= needsMib;
    return { ...vm, host: hosts[host]?.name as string };
  });
}
