import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ip } from '../linux/ip.js';
import { readState, writeState } from '../linux/state-file.js';
import { nativeProgram } from './native-program.js';
import { checkNft } from './nft/nft.js';

export type CoreKind = 'ebpf' | 'nftables';

/** `auto`: eBPF where it can be loaded, else nftables. */
export type CoreChoice = 'auto' | CoreKind;

/** The core that a host has from now on. */
export type ChosenCore<Loaded> =
  | { kind: 'ebpf'; core: Loaded; lacks: string[] }
  | { kind: 'nftables'; lacks: string[] }
  | { kind: 'refused'; message: string };

export interface CoreProbes<Loaded> {
  /** Where the host keeps what it has to remember. */
  folder: string;
  /** @throws Error with the remedy, if eBPF is not possible here. */
  loadEbpf(): Loaded;
  /** Why nftables is not possible here, with the remedy. */
  nftablesTrouble(): string | undefined;
}

/** Which core a host has forwarded by, and in which run of the machine: nothing of it is left after another. */
interface Note {
  core: CoreKind;
  bootId: string;
}

/** What an eBPF core does and this one does not. */
const nftablesLacks = [
  'Links are `udp` alone, each on a UDP port of its own: nftables reaches no other carrier.',
  'ARP and neighbour discovery travel to the VM that is asked for: nftables cannot answer them.',
  'Segments of an offloaded TCP frame are counted as one frame, and their headers once: nftables sees no more of them.',
  'A packet larger than the MTU of its network is dropped at its port without an ICMP answer.',
];

/**
 * Finds out what can forward frames on a host. One that has forwarded by one core goes on with it, until it has no networks and links
 * left: two cores on the same devices would deliver everything twice.
 */
export function chooseCore<Loaded>(choice: CoreChoice, probes: CoreProbes<Loaded>): ChosenCore<Loaded> {
  const notePath = join(probes.folder, 'core.json');
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  const held = readState<Note>(notePath);
  const binding = held?.bootId === bootId && isInUse(held.core, probes.folder) ? held.core : undefined;
  if (binding !== undefined && choice !== 'auto' && choice !== binding)
    return {
      kind: 'refused',
      message: `this host forwards by ${binding}, and ${choice} was asked for: let its networks and links be taken away first`,
    };
  const chosen = probe(binding ?? choice, probes);
  if (chosen.kind === 'refused') {
    const before = binding === undefined ? '' : ` (its networks and links are still those of the ${binding} core)`;
    return { ...chosen, message: chosen.message + before };
  }
  writeState(notePath, { core: chosen.kind, bootId } satisfies Note);
  return chosen;
}

function probe<Loaded>(choice: CoreChoice, { loadEbpf, nftablesTrouble }: CoreProbes<Loaded>): ChosenCore<Loaded> {
  let reason = 'it was asked for';
  if (choice !== 'nftables') {
    const core = attempt(loadEbpf);
    if (!(core instanceof Error)) return { kind: 'ebpf', core, lacks: [] };
    if (choice === 'ebpf') return { kind: 'refused', message: `no eBPF core: ${core.message}` };
    reason = core.message;
  }
  const trouble = nftablesTrouble();
  if (trouble === undefined)
    return { kind: 'nftables', lacks: [`The core is nftables: ${reason}`.slice(0, 500), ...nftablesLacks] };
  const tried = choice === 'nftables' ? '' : `no eBPF core: ${reason}; `;
  return { kind: 'refused', message: `${tried}no nftables core: ${trouble}` };
}

/** Every construct that the nftables core writes, for a device that every host has. */
const sample = `table netdev vnet-probe {
set counts { type mark; size 16; flags dynamic; counter; }
set alive { type mark; size 16; flags dynamic,timeout; }
map hops { type mark : mark; elements = { 2 : 1 } }
map pairs { type ether_addr . ether_addr : verdict; elements = { 02:00:00:00:00:01 . 02:00:00:00:00:02 : goto out } }
chain out {
iifname != "lo" dup to "lo"
@ll,144,8 set 1
meta mark set meta mark & 0x1ff map @hops fwd to "lo"
}
chain in-lo {
type filter hook ingress device "lo" priority 0; policy accept;
meta protocol ip tcp flags & (syn | rst) == syn tcp option maxseg size set 1410
meta mark set meta mark & 0x1ff | 0x20000 update @counts { meta mark & 0xffff0000 }
update @alive { meta mark timeout 750ms }
delete @alive { meta mark }
meta mark & 0xfffe0000 != @alive goto out
ether saddr . ether daddr vmap @pairs
}
}`;

/** Why the nftables core cannot run in this thread's network namespace, with the remedy. Leaves nothing behind. */
export function nftablesTrouble(): string | undefined {
  const refused = checkNft(sample.split('\n'));
  if (refused) {
    const needs =
      'it needs root (or CAP_NET_ADMIN), nft 1.0 with JSON, and a kernel with nf_tables, its netdev family, fwd and dup';
    return `${refused.message} (${needs})`;
  }
  const device = 'vx-probe';
  const add = `link add dev ${device} type vxlan id 1 local 127.0.0.1 remote 127.0.0.1 dstport 4789 gbp nolearning df set noudpcsum`;
  const failed = ip([add]) ?? ip([`link del dev ${device}`]);
  if (failed) return `${failed.message} (it needs iproute2 5.0 and the kernel's vxlan module)`;
  if (!existsSync('/dev/net/tun'))
    return 'there is no /dev/net/tun, which keep-alives come out of: load the tun module';
  const pulse = attempt(() => nativeProgram('pulse'));
  return pulse instanceof Error ? pulse.message : undefined;
}

/** Whether a core has networks or links that it forwards for. */
function isInUse(core: CoreKind, folder: string): boolean {
  const file = join(folder, core === 'ebpf' ? 'vnet.json' : 'vnet-nft.json');
  const state = readState<{ networks: unknown[]; links: unknown[] }>(file);
  return state !== undefined && state.networks.length + state.links.length > 0;
}

function attempt<T>(task: () => T): T | Error {
  try {
    return task();
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
