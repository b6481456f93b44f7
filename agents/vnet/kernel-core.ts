import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { BpfArray, BpfMap, possibleProcessors } from './bpf-map.js';
import { encodeIndex, layout, ownerLength, pulseEthertype, requireLittleEndian } from './layout.js';
import { forgetOtherCores, openCore } from './load-core.js';
import { neighbourSizes } from './neighbours.js';
import { runOnce } from './run-once.js';
import { attachFilter, detachFilter, type TcFilter } from './tc-filter.js';

/** Of a core that was loaded and has not begun. */
const noEpoch = '0'.repeat(16);
const theOnly = Buffer.alloc(4);

/** Programs by what they are for. */
const programs = {
  port: 'vnet_port',
  lan: 'vnet_lan',
  link: 'vnet_link',
  carrier: 'vnet_carrier',
  pulse: 'vnet_pulse',
  underlay: 'vnet_underlay',
  departure: 'vnet_departure',
} as const;

export type ProgramPart = keyof typeof programs;

const names = [
  ...['vnet_config', 'vnet_rules', 'vnet_networks', 'vnet_numbers', 'vnet_ports', 'vnet_links', 'vnet_peers'],
  ...['vnet_liveness', 'vnet_traffic', 'vnet_matrix', 'vnet_drops', 'vnet_neighbours', 'vnet_members'],
  // Nothing reads or writes it, but a program array is emptied when nobody holds it.
  'vnet_calls',
  ...['vnet_records', 'vnet_spans', 'vnet_stamps'],
];

export interface Config {
  keepAliveMs: number;
  /** All numbers of links are below. */
  links: number;
  /** Packets are stamped and recorded. */
  records: boolean;
}

/** The maps and programs of one host in the kernel, pinned: they and forwarding go on when the agent ends. */
export class KernelCore {
  readonly maps: ReturnType<typeof openMaps>;
  readonly #descriptors: Record<string, number>;

  private constructor(descriptors: Record<string, number>) {
    this.#descriptors = descriptors;
    this.maps = openMaps(descriptors);
  }

  /**
   * Takes up the core that is pinned in `folder` (of a mounted bpffs) if it is of the same object, or else loads one.
   * @throws if the kernel refuses.
   */
  static open(folder: string, object: string, owner: string): KernelCore {
    requireLittleEndian();
    const core = new KernelCore(openCore(folder, object, { maps: names, programs: Object.values(programs) }));
    if (core.epoch === noEpoch) {
      const bytes = core.#config();
      bytes.write(owner, layout.config.owner, ownerLength - 1, 'utf8');
      core.maps.config.set(theOnly, bytes);
      core.beginEpoch();
    }
    return core;
  }

  /** Removes what earlier versions pinned; to be called when nothing is attached to them any more. */
  static forgetOthers(folder: string, object: string): void {
    forgetOtherCores(folder, object);
  }

  /** Puts a program on a device of this thread's network namespace, in place of its like. */
  attach(part: ProgramPart, device: number): void {
    attachFilter(filterOf(part, device), this.#descriptors[programs[part]] ?? -1, programs[part]);
  }

  /** Takes the program away from a device, if it and the device are there. */
  detach(part: ProgramPart, device: number): void {
    detachFilter(filterOf(part, device));
  }

  /** Sends one keep-alive over every link, from this thread's network namespace. */
  pulse(): void {
    const frame = Buffer.alloc(64);
    frame.fill(0xff, 0, 6);
    frame.writeUInt16BE(pulseEthertype, 12);
    runOnce(this.#descriptors[programs.pulse] ?? -1, frame);
  }

  get epoch(): string {
    return this.#config().readBigUInt64LE(layout.config.epoch).toString(16).padStart(16, '0');
  }

  get config(): Config {
    const bytes = this.#config();
    return {
      keepAliveMs: Number(bytes.readBigUInt64LE(layout.config.keepAliveNs) / 1_000_000n),
      links: bytes.readUInt32LE(layout.config.links),
      records: bytes.readUInt32LE(layout.config.unrecorded) === 0,
    };
  }

  set config(config: Config) {
    const bytes = this.#config();
    const before = Buffer.from(bytes);
    bytes.writeBigUInt64LE(BigInt(config.keepAliveMs) * 1_000_000n, layout.config.keepAliveNs);
    bytes.writeUInt32LE(config.links, layout.config.links);
    bytes.writeUInt32LE(config.records ? 0 : 1, layout.config.unrecorded);
    if (!bytes.equals(before)) this.maps.config.set(theOnly, bytes);
  }

  /** Begins all counters at zero, under a new name. */
  beginEpoch(): void {
    for (const map of [this.maps.matrix, this.maps.traffic, this.maps.drops])
      for (const key of map.keys()) map.remove(key);
    const bytes = this.#config();
    randomBytes(8).copy(bytes, layout.config.epoch);
    this.maps.config.set(theOnly, bytes);
  }

  /** Descriptor of the ring of `recordBytes` that has what Wren gets to know of packets. */
  get records(): number {
    return this.#descriptors.vnet_records ?? -1;
  }

  /** Number of the map that is the forwarding table; undefined before there is one. */
  get table(): number | undefined {
    return this.maps.rules.get(theOnly)?.readUInt32LE();
  }

  /** Makes a map the forwarding table, at once; when this returns no frame uses the one before any more. */
  setTable(descriptor: number): void {
    this.maps.rules.set(theOnly, encodeIndex(descriptor));
  }

  /** Lets go of the descriptors; the pins keep maps and programs. */
  close(): void {
    for (const name of Object.keys(this.#descriptors)) {
      closeSync(this.#descriptors[name] ?? -1);
      delete this.#descriptors[name];
    }
  }

  #config(): Buffer {
    return this.maps.config.get(theOnly) ?? Buffer.alloc(layout.config.size);
  }
}

function openMaps(descriptors: Record<string, number>) {
  const parallel = possibleProcessors();
  const hash = (name: string, keySize: number, valueSize: number): BpfMap =>
    new BpfMap(name, descriptors[name] ?? -1, keySize, valueSize);
  const array = (name: string, valueSize: number): BpfArray => new BpfArray(name, descriptors[name] ?? -1, valueSize);
  const { neighbourKey, neighbour, memberKey, member } = neighbourSizes;
  return {
    config: array('vnet_config', layout.config.size),
    rules: array('vnet_rules', 4),
    networks: array('vnet_networks', layout.network.size),
    numbers: hash('vnet_numbers', 4, 4),
    ports: hash('vnet_ports', 4, layout.port.size),
    links: array('vnet_links', layout.link.size),
    peers: hash('vnet_peers', layout.linkEnd.size, 4),
    liveness: array('vnet_liveness', layout.liveness.size),
    traffic: array('vnet_traffic', layout.linkTraffic.size * parallel),
    matrix: hash('vnet_matrix', layout.frameKey.size, layout.traffic.size * parallel),
    drops: array('vnet_drops', 8 * parallel),
    neighbours: hash('vnet_neighbours', neighbourKey, neighbour),
    members: hash('vnet_members', memberKey, member),
  };
}

/** Devices of the underlay belong to others too: the core sees packets before they are rewritten (carriers/punch-programs.ts), or after. */
const underlayPriority = { departure: 4788, underlay: 4790 } as const;

function filterOf(part: ProgramPart, device: number): TcFilter {
  if (part === 'departure') return { device, direction: 'egress', priority: underlayPriority.departure };
  return { device, direction: 'ingress', priority: part === 'underlay' ? underlayPriority.underlay : 1 };
}
