import { join } from 'node:path';
import { NetworkNamespace } from './linux/namespace.js';
import type { Substrate } from './substrate.js';
import { NetnsVmm, presentPorts } from './vmm/netns-vmm.js';
import { EbpfVnet } from './vnet/ebpf-vnet.js';
import { KernelCore } from './vnet/kernel-core.js';
import { objectFile } from './vnet/object-file.js';

export interface NetnsSubstrateOptions {
  host: string;
  /** Says whose the BPF programs of this host are, for people and for clean-up: at most 63 bytes. */
  owner: string;
  /** Shared by all hosts of this machine; what they have to remember is in a folder each. */
  stateFolder: string;
  /** A folder of a mounted bpffs; the pins of this host are in a folder of its name. */
  pinFolder: string;
  /** Path of a host's network namespace; undefined if it is not a host of this machine. */
  hostNamespacePath(host: string): string | undefined;
  /** Name of a guest's network namespace. */
  guestNamespace(guest: string): string;
}

/**
 * A Linux host, or a network namespace that plays one: eBPF core, VXLAN links, guests in network namespaces. Takes up what an
 * earlier agent left running.
 * @throws if the machine cannot do it (no root, no libbpf, no compiler, no such namespace); the message has the remedy.
 */
export async function netnsSubstrate(options: NetnsSubstrateOptions): Promise<Substrate> {
  const { host, owner, stateFolder, pinFolder } = options;
  const path = options.hostNamespacePath(host);
  if (path === undefined) throw new Error(`${host} has no network namespace on this machine: bring its lab up first`);
  const namespace = new NetworkNamespace(path);
  const object = objectFile();
  const pins = join(pinFolder, host);
  const core = KernelCore.open(pins, object, owner);
  const guestsPath = (of: string): string => join(stateFolder, of, 'guests.json');
  const ports = presentPorts(namespace, guestsPath(host));
  const vnet = new EbpfVnet(namespace, core, join(stateFolder, host, 'vnet.json'), ports);
  KernelCore.forgetOthers(pins, object);
  const { hostNamespacePath, guestNamespace } = options;
  const vmm = new NetnsVmm({ host, namespace, vnet, hostNamespacePath, guestsPath, guestNamespace });
  return {
    capabilities: { core: 'ebpf', drivers: ['netns'], linkTypes: ['udp'] },
    vnet,
    vmm,
    close: async () => {
      core.close();
      namespace.close();
    },
  };
}
