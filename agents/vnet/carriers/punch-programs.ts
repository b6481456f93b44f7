import { spawnSync } from 'node:child_process';
import { deviceIndex } from '../../linux/device.js';
import { tc } from '../../linux/ip.js';
import type { NetworkNamespace } from '../../linux/namespace.js';
import { BpfMap, bring } from '../bpf-map.js';
import { KernelRefusal, libbpf } from '../libbpf.js';
import { loadObject } from '../load-core.js';
import { attachFilter, detachFilter, type TcFilter } from '../tc-filter.js';
import { VerifierLog } from '../verifier-log.js';

/** Where VXLAN to a peer goes through NATs. */
export interface PunchedPeer {
  /** As the peer's NAT shows it. */
  address: string;
  publicPort: number;
  /** Of this host. */
  localPort: number;
}

const programs = { punch_out: 'egress', punch_in: 'ingress' } as const;
/** Behind filters of the core and of most others: what these let pass is looked at, nothing else. */
const priority = 4789;

interface Loaded {
  object: unknown;
  peers: BpfMap;
}

/**
 * The programs of agents/native/punch.bpf.c on a host's underlay devices. They go on when this process ends, and those of another
 * process take their place.
 */
export class PunchPrograms {
  readonly #namespace: NetworkNamespace;
  /** Interface index of each device that has the programs of this process. */
  readonly #attached = new Map<string, number>();
  #loaded: Loaded | undefined;

  constructor(namespace: NetworkNamespace) {
    this.#namespace = namespace;
  }

  /**
   * Lets VXLAN through to these peers alone, by these devices.
   * @param object path of the compiled programs
   * @throws KernelRefusal
   */
  provide(object: string, peers: readonly PunchedPeer[], devices: readonly string[]): void {
    this.#loaded ??= load(object);
    const { peers: map } = this.#loaded;
    // Before the programs are attached: those that they replace knew the peers.
    const retire = bring(map, new Map(peers.map((peer) => [encodeAddress(peer.address), encodePorts(peer)])));
    retire();
    this.#namespace.within(() => {
      for (const device of devices) this.#attach(device);
    });
  }

  /** Takes the programs away from devices, and what they needed there. */
  release(devices: readonly string[]): void {
    this.#namespace.within(() => {
      for (const name of devices) {
        this.#attached.delete(name);
        const device = deviceIndex(name);
        if (device === undefined) continue;
        for (const direction of Object.values(programs)) detachFilter({ device, direction, priority });
        if (Object.values(programs).every((direction) => isEmpty(name, direction)))
          tc([`qdisc del dev ${name} clsact`]);
      }
    });
  }

  /** Lets go of what this process holds; devices keep their programs. */
  close(): void {
    if (this.#loaded) libbpf().closeObject(this.#loaded.object);
    this.#loaded = undefined;
    this.#attached.clear();
  }

  #attach(name: string): void {
    const device = deviceIndex(name);
    if (device === undefined || this.#attached.get(name) === device) return;
    for (const [program, direction] of Object.entries(programs)) {
      const at: TcFilter = { device, direction, priority };
      attachFilter(at, libbpf().program(this.#loaded?.object, program), program);
    }
    this.#attached.set(name, device);
  }
}

function load(path: string): Loaded {
  const log = new VerifierLog();
  const object = libbpf().openFile(path, log);
  try {
    if (!object) throw new KernelRefusal(`${path} is not a BPF object: remove it, it will be compiled again`);
    loadObject(object, path, log);
    return { object, peers: new BpfMap('punch_peers', libbpf().map(object, 'punch_peers'), 4, 4) };
  } catch (error) {
    if (object) libbpf().closeObject(object);
    throw error;
  } finally {
    log.free();
  }
}

/** Whether a clsact qdisc runs no filter of that direction, or is not there. */
function isEmpty(device: string, direction: string): boolean {
  const shown = spawnSync('tc', ['filter', 'show', 'dev', device, direction], { encoding: 'utf8' });
  return shown.status === 0 && shown.stdout.trim() === '';
}

/** An IPv4 address in network order, in hexadecimal. */
const encodeAddress = (address: string): string =>
  address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('');

/** struct punched. */
function encodePorts({ publicPort, localPort }: PunchedPeer): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(publicPort, 0);
  bytes.writeUInt16BE(localPort, 2);
  return bytes;
}
