import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BpfMap, possibleProcessors } from './bpf-map.js';
import { layout, ownerLength, requireLittleEndian } from './layout.js';
import { demand, libbpf } from './libbpf.js';

const EEXIST = -17;
const BPF_TC_INGRESS = 1;
const BPF_TC_F_REPLACE = 1;
/** Of a core that was loaded and has not begun. */
const noEpoch = '0'.repeat(16);

/** Maps by the part of the core they hold: name in the object, sizes of key and value, whether every processor has a value. */
const maps = {
  config: ['vnet_config', 4, layout.config.size, false],
  rules: ['vnet_rules', layout.frameKey.size, layout.action.size, false],
  floods: ['vnet_floods', layout.floodKey.size, layout.action.size, false],
  ports: ['vnet_ports', 4, layout.port.size, false],
  matrix: ['vnet_matrix', layout.frameKey.size, layout.traffic.size, true],
  peers: ['vnet_peers', 4, 4, false],
  links: ['vnet_links', 4, layout.linkTraffic.size, true],
  drops: ['vnet_drops', 4, 8, true],
} as const;
const programs = { port: 'vnet_port', link: 'vnet_link' } as const;

type MapPart = keyof typeof maps;
type ProgramPart = keyof typeof programs;

export interface Config {
  generation: number;
  linkDevice: number;
}

/** The maps and programs of one host in the kernel, pinned: they and forwarding go on when the agent ends. */
export class KernelCore {
  readonly maps: Record<MapPart, BpfMap>;
  readonly #programs: Record<ProgramPart, number>;
  readonly #descriptors: number[];

  private constructor(descriptors: Record<string, number>) {
    this.#descriptors = Object.values(descriptors);
    const parallel = possibleProcessors();
    const map = (part: MapPart): BpfMap => {
      const [name, keySize, valueSize, perProcessor] = maps[part];
      return new BpfMap(name, descriptors[name] ?? -1, keySize, perProcessor ? valueSize * parallel : valueSize);
    };
    this.maps = {
      config: map('config'),
      rules: map('rules'),
      floods: map('floods'),
      ports: map('ports'),
      matrix: map('matrix'),
      peers: map('peers'),
      links: map('links'),
      drops: map('drops'),
    };
    this.#programs = { port: descriptors[programs.port] ?? -1, link: descriptors[programs.link] ?? -1 };
  }

  /**
   * Takes up the core that is pinned in `folder` (of a mounted bpffs) if it is of the same object, or else loads one.
   * @throws if the kernel refuses.
   */
  static open(folder: string, object: string, owner: string): KernelCore {
    requireLittleEndian();
    const pins = join(folder, versionOf(object));
    const names = [...Object.values(maps).map(([name]) => name), ...Object.values(programs)];
    if (!names.every((name) => existsSync(join(pins, name)))) load(object, pins);
    const core = new KernelCore(openPins(pins, names));
    if (core.epoch === noEpoch) core.#begin(owner);
    return core;
  }

  /** Removes what earlier versions pinned; to be called when nothing is attached to them any more. */
  static forgetOthers(folder: string, object: string): void {
    for (const other of readdirSync(folder)) {
      if (other !== versionOf(object)) rmSync(join(folder, other), { recursive: true });
    }
  }

  /** Puts a program on the ingress of a device of this thread's network namespace, in place of any other. */
  attach(part: ProgramPart, device: number): void {
    const hook = Buffer.alloc(24);
    hook.writeBigUInt64LE(24n, 0);
    hook.writeInt32LE(device, 8);
    hook.writeInt32LE(BPF_TC_INGRESS, 12);
    const created = libbpf().createHook(hook);
    if (created !== EEXIST) demand(created, `cannot add a clsact qdisc to interface ${device}`);
    const options = Buffer.alloc(32);
    options.writeBigUInt64LE(32n, 0);
    options.writeInt32LE(this.#programs[part], 8);
    options.writeUInt32LE(BPF_TC_F_REPLACE, 12);
    options.writeUInt32LE(1, 20); // handle
    options.writeUInt32LE(1, 24); // priority
    demand(libbpf().attach(hook, options), `cannot attach ${programs[part]} to interface ${device}`);
  }

  get epoch(): string {
    return this.#config().readBigUInt64LE(layout.config.epoch).toString(16).padStart(16, '0');
  }

  get config(): Config {
    const bytes = this.#config();
    return {
      generation: bytes.readUInt32LE(layout.config.generation),
      linkDevice: bytes.readUInt32LE(layout.config.linkDevice),
    };
  }

  /** Switches what the programs see, at once. */
  set config(config: Config) {
    const bytes = this.#config();
    bytes.writeUInt32LE(config.generation, layout.config.generation);
    bytes.writeUInt32LE(config.linkDevice, layout.config.linkDevice);
    this.maps.config.set(Buffer.alloc(4), bytes);
  }

  /** Lets go of the descriptors; the pins keep maps and programs. */
  close(): void {
    for (const descriptor of this.#descriptors.splice(0)) closeSync(descriptor);
  }

  #config(): Buffer {
    return this.maps.config.get(Buffer.alloc(4)) ?? Buffer.alloc(layout.config.size);
  }

  #begin(owner: string): void {
    const bytes = Buffer.alloc(layout.config.size);
    randomBytes(8).copy(bytes, layout.config.epoch);
    bytes.write(owner, layout.config.owner, ownerLength - 1, 'utf8');
    this.maps.config.set(Buffer.alloc(4), bytes);
  }
}

/** Another object has other pins: its maps may have another layout. */
function versionOf(object: string): string {
  return createHash('sha256').update(readFileSync(object)).digest('hex').slice(0, 12);
}

function openPins(pins: string, names: string[]): Record<string, number> {
  return Object.fromEntries(
    names.map((name) => [name, demand(libbpf().get(join(pins, name)), `cannot open the pinned ${join(pins, name)}`)]),
  );
}

function load(object: string, pins: string): void {
  rmSync(pins, { recursive: true, force: true }); // half a set, from an agent that died while it pinned
  mkdirSync(pins, { recursive: true, mode: 0o700 });
  const { openFile, load: loadObject, closeObject, map, program, pin } = libbpf();
  const opened = openFile(object);
  if (!opened) throw new Error(`${object} is not a BPF object: remove it, it will be compiled again`);
  const needs = 'needs root (or CAP_BPF and CAP_NET_ADMIN) and Linux 6.1 or newer';
  demand(loadObject(opened), `the kernel does not load ${object} (it ${needs})`);
  const descriptors: [string, number][] = [
    ...Object.values(maps).map(([name]): [string, number] => [name, map(opened, name)]),
    ...Object.values(programs).map((name): [string, number] => [name, program(opened, name)]),
  ];
  for (const [name, descriptor] of descriptors) {
    demand(pin(descriptor, join(pins, name)), `cannot pin ${name} in ${pins}, which must be on a mounted bpffs`);
  }
  closeObject(opened);
}
