import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { syntheticPattern } from '../../agents/emulated/patterns.js';
import type { GuestSpec, HostReport, HostStatus, NetworkAttachment } from '../../schema/generated/types.js';
import type { SourceFile } from '../../schema/validate/source-file.js';
import { starHost } from '../../test/agents/star.js';

export const vmCount = 10_000;
export const hostCount = 500;
const siteCount = 10;
const programSize = 16;
const shapes = ['ring', 'bus', 'mesh', 'torus', 'star', 'all-to-all', 'tree'] as const;
/** Others that each VM talks a little to. */
const acquaintances = 4;
const network: NetworkAttachment = { name: 'net', vni: 42, mtu: 1450, proxy: 'host-0' };

const hex = (value: number): string => value.toString(16).padStart(2, '0');
const macOf = (vm: number): string => `02:00:00:00:${hex(vm >> 8)}:${hex(vm & 255)}`;
const hostOf = (vm: number): number => (vm * 7) % hostCount;
const siteOf = (host: number): string => `site-${host % siteCount}`;
const addressOf = (host: number): string => `10.${host >> 8}.${host & 255}.1`;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function document(kind: string, name: string, spec: object): object {
  return { apiVersion: 'virtuoso.dev/v1alpha1', kind, metadata: { name }, spec };
}

/** What an operator has written of it. */
export function documents(): SourceFile[] {
  const trunks = numbers(siteCount).flatMap((a) =>
    numbers(a).map((b) => ({ sites: [`site-${b}`, `site-${a}`], bandwidth: '400Gbps', latency: '2ms' })),
  );
  const within = numbers(siteCount).map((site) => ({ site: `site-${site}`, latency: '0.1ms' }));
  const host = (index: number) => ({
    site: siteOf(index),
    interfaces: [{ name: 'eth0', network: 'internet', address: `${addressOf(index)}/8`, bandwidth: '400Gbps' }],
    compute: 64,
    memory: '256Gi',
  });
  const members = numbers(vmCount).map((vm) => ({ name: `vm-${vm}`, mac: macOf(vm) }));
  const all = [
    ...numbers(siteCount).map((site) => document('Site', `site-${site}`, {})),
    ...numbers(hostCount).map((index) => document('Host', `host-${index}`, host(index))),
    document('Network', 'internet', { within, between: trunks }),
    document('VirtualNetwork', network.name, { vni: network.vni, proxy: network.proxy, mtu: network.mtu }),
    document('VMSet', 'vms', { network: network.name, compute: 1, memory: '1Gi', members }),
  ];
  return [{ path: 'desired/all.yaml', text: all.map((each) => JSON.stringify(each)).join('\n---\n') }];
}

/** Every host with its VMs, in the star. */
export function statuses(): HostStatus[] {
  const guest = (vm: number): GuestSpec => ({
    ...{ name: `vm-${vm}`, network: network.name, mac: macOf(vm), driver: 'netns' },
    ...{ computeCores: 1, memoryMib: 1024 },
  });
  const star = {
    network,
    hosts: numbers(hostCount).map((index) => `host-${index}`),
    placement: numbers(vmCount).map((vm) => ({ guest: guest(vm), host: `host-${hostOf(vm)}` })),
    linkEnd: (host: string, peer: string) => {
      const [local, remote] = [host, peer].map((name) => addressOf(Number(name.slice('host-'.length))));
      return { peer, type: 'udp' as const, local: local ?? '', remote: remote ?? '' };
    },
  };
  return star.hosts.map((host) => {
    const { networks, links, guests, rules } = starHost(star, host);
    const report: HostReport = {
      ...{ host, boot: 'one', sequence: 1, generation: 1, atMs: 0, networks, rules, faults: [] },
      links: links.map((link) => ({ link, up: true, setUpMs: 200 })),
      guests: guests.map((each) => ({ guest: each, phase: 'running' })),
      bound: { switchMs: 2, links: [{ type: 'udp', setUpMs: 200 }] },
    };
    return { host, connected: true, report, capabilities: { core: 'ebpf', drivers: ['netns'], linkTypes: ['udp'] } };
  });
}

interface Flow {
  source: string;
  destination: string;
  rateMbps: number;
  bytes: number;
}

/** What its VMs send: programs of 16 whose VMs are anywhere, and a little beside them. */
export class LargeTraffic {
  readonly #random = xoroshiro128plus(1);
  readonly #byHost: Flow[][] = numbers(hostCount).map(() => []);
  readonly #guests: string[][] = numbers(hostCount).map(() => []);
  readonly #linkBytes = new Float64Array(hostCount);

  constructor() {
    for (let first = 0; first < vmCount; first += programSize) {
      const shape = shapes[(first / programSize) % shapes.length] ?? 'ring';
      for (const { from, to, weight } of syntheticPattern(shape, programSize).edges)
        this.#add(first + from, first + to, 2 * weight);
    }
    for (let vm = 0; vm < vmCount; vm++) {
      this.#guests[hostOf(vm)]?.push(`vm-${vm}`);
      for (let other = 0; other < acquaintances; other++)
        this.#add(vm, uniformInt(this.#random, 0, vmCount - 1), 0.005);
    }
  }

  get pairs(): number {
    return this.#byHost.reduce((sum, list) => sum + list.length, 0);
  }

  /** The observation of each host after another second, as text, because that is how it comes from a socket. */
  second(sequence: number): string[] {
    return this.#byHost.map((list, host) => {
      for (const flow of list) {
        flow.bytes += Math.round(flow.rateMbps * 125_000 * (0.9 + 0.2 * uniformFloat64(this.#random)));
      }
      this.#linkBytes[host] = list.reduce((sum, { bytes }) => sum + bytes, 0);
      return JSON.stringify(this.#observation(host, list, sequence));
    });
  }

  #observation(host: number, list: readonly Flow[], sequence: number): object {
    const matrix = list.map(({ source, destination, bytes }) => {
      return { network: network.name, source, destination, bytes, packets: Math.round(bytes / 1400) };
    });
    const guests = this.#guests[host]?.map((guest) => ({ guest, cpuMs: sequence * 500, waitMs: sequence * 20 }));
    const peers = host === 0 ? numbers(hostCount).slice(1) : [0];
    const links = peers.map((peer) => {
      const bytes = this.#linkBytes[host === 0 ? peer : host] ?? 0;
      return { peer: `host-${peer}`, sentBytes: bytes, receivedBytes: bytes };
    });
    const atMs = sequence * 1000 + host;
    return { host: `host-${host}`, epoch: 'one', sequence, atMs, matrix, links, guests, drops: [] };
  }

  #add(from: number, to: number, rateMbps: number): void {
    this.#byHost[hostOf(from)]?.push({ source: macOf(from), destination: macOf(to), rateMbps, bytes: 0 });
  }
}
