// Run by scale.ts: prints a Cost.
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { syntheticPattern } from '../../agents/emulated/patterns.js';
import { ingest } from '../../reconciler/vttif/ingest.js';
import { vttifStart } from '../../reconciler/vttif/state.js';
import { step, traffic } from '../../reconciler/vttif/step.js';
import type { HostObservation } from '../../schema/generated/types.js';

export interface Cost {
  vms: number;
  hosts: number;
  pairs: number;
  coresUsed: number;
  longestSeconds: number;
  residentMib: number;
  heapMib: number;
  applications: number;
}

const vms = 10_000;
const hosts = 500;
const programSize = 16;
const shapes = ['ring', 'bus', 'mesh', 'torus', 'star', 'all-to-all', 'tree'] as const;
/** Others that each VM talks a little to. */
const acquaintances = 4;
const [warmUpSeconds = 100, measuredSeconds = 60] = process.argv.slice(2).map(Number);
const parameters = {
  samplingIntervalMs: 1000,
  smoothingIntervalMs: 10_000,
  pruneThreshold: 0.1,
  detectionThreshold: 0.2,
  settleMs: 10_000,
};

interface Flow {
  source: string;
  destination: string;
  rateMbps: number;
  bytes: number;
}

const random = xoroshiro128plus(1);
const vary = () => 0.9 + 0.2 * uniformFloat64(random);
const macOf = (vm: number) => `02:00:00:00:${hex(vm >> 8)}:${hex(vm & 255)}`;
const hex = (value: number) => value.toString(16).padStart(2, '0');

/** By host. VMs of a program are spread over all hosts. */
function flows(): Flow[][] {
  const byHost: Flow[][] = Array.from({ length: hosts }, () => []);
  const add = (from: number, to: number, rateMbps: number) =>
    byHost[(from * 7) % hosts]?.push({ source: macOf(from), destination: macOf(to), rateMbps, bytes: 0 });
  for (let first = 0; first < vms; first += programSize) {
    const shape = shapes[(first / programSize) % shapes.length] ?? 'ring';
    for (const { from, to, weight } of syntheticPattern(shape, programSize).edges)
      add(first + from, first + to, 20 * weight);
  }
  for (let vm = 0; vm < vms; vm++) {
    for (let other = 0; other < acquaintances; other++) add(vm, uniformInt(random, 0, vms - 1), 0.05);
  }
  return byHost;
}

/** As text, because that is how it comes from a socket. */
function messages(byHost: readonly Flow[][], sequence: number): string[] {
  return byHost.map((list, host) => {
    for (const flow of list) flow.bytes += Math.round(flow.rateMbps * 125_000 * vary());
    const matrix = list.map(({ source, destination, bytes }) => ({
      network: 'net',
      source,
      destination,
      bytes,
      packets: 0,
    }));
    const guests = Array.from({ length: vms / hosts }, (_, guest) => ({
      guest: `vm-${host}-${guest}`,
      cpuMs: sequence * 500,
      waitMs: sequence * 20,
    }));
    const atMs = sequence * 1000 + host;
    return JSON.stringify({ host: `host-${host}`, epoch: 'one', sequence, atMs, matrix, links: [], guests, drops: [] });
  });
}

/** Processor seconds. */
function timed(action: () => void): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function main(): Cost {
  const byHost = flows();
  let state = vttifStart(parameters.smoothingIntervalMs);
  let [used, longest] = [0, 0];
  for (let second = 1; second <= warmUpSeconds + measuredSeconds; second++) {
    let seconds = 0;
    for (const text of messages(byHost, second)) {
      const observation: HostObservation = JSON.parse(text);
      seconds += timed(() => {
        state = ingest(state, observation, second * 1000 + 500);
      });
    }
    const options = { nowMs: second * 1000 + 900, parameters, boundMs: 0, saturated: () => new Set<string>() };
    seconds += timed(() => {
      state = step(state, options).state;
    });
    if (second <= warmUpSeconds) continue;
    used += seconds;
    longest = Math.max(longest, seconds);
  }
  const residentMib = process.resourceUsage().maxRSS / 1024;
  globalThis.gc?.();
  return {
    vms,
    hosts,
    pairs: byHost.reduce((sum, list) => sum + list.length, 0),
    coresUsed: used / measuredSeconds,
    longestSeconds: longest,
    residentMib,
    heapMib: process.memoryUsage().heapUsed / 2 ** 20,
    applications: traffic(state).applications?.length ?? 0,
  };
}

console.log(JSON.stringify(main()));
