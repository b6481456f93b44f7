import { pulseDevice } from '../pulse-source.js';
import { linkDevice, pulseVni } from './device-name.js';
import { countDrop, dropChain } from './drop-chain.js';
import { hex, hopBudget, linkMark, liveness, mark } from './mark.js';
import { isGroup } from './network-chains.js';
import type { Draft } from './rule-set.js';

/** A network as the chains on devices need it. */
export interface ChainNetwork {
  vni: number;
  mtu: number;
  /** The chain that decides on its frames. */
  chain: string;
}

export interface NumberedLink {
  peer: string;
  number: number;
}

/** TCP's largest segments that fit. What both ends say is only ever lowered. */
function clampSegments(mtu: number): string[] {
  const clamp = (protocol: string, headers: number) =>
    `meta protocol ${protocol} tcp flags & (syn | rst) == syn tcp option maxseg size set ${mtu - headers}`;
  return [clamp('ip', 40), clamp('ip6', 60)];
}

/** Frames that a guest sends. */
export function portChain(draft: Draft, device: string, mac: string, network: ChainNetwork): void {
  draft.base(device, 'drop', [
    `ether saddr != ${mac} goto ${dropChain(draft, 'spoofed-source')}`,
    ...clampSegments(network.mtu),
    `meta mark set ${hex(hopBudget + mark.guest)}`,
    `goto ${network.chain}`,
  ]);
}

/** Frames that a link brings. Label bits that no core writes are refused: they would pass as more hops than there are. */
export function linkChain(draft: Draft, { peer, number }: NumberedLink, { vni, chain }: ChainNetwork): void {
  draft.base(linkDevice(peer, vni), 'drop', [
    `meta mark & ${hex(0xf0)} != 0 goto ${dropChain(draft, 'encapsulation')}`,
    `meta mark set meta mark & ${hex(mark.label)} | ${hex(linkMark(number))}`,
    `update @counts { meta mark & ${hex(mark.link + mark.guest)} }`,
    `goto ${chain}`,
  ]);
}

/**
 * Frames of the user's LAN. Of those only frames to VMs and groups enter, and none that a VM has sent: else LAN and overlay form a
 * loop. What is addressed to the host itself stays the host's, and of group frames a copy.
 */
export function lanChain(draft: Draft, device: string, network: ChainNetwork, members: readonly string[]): void {
  for (const mac of members) draft.element(`members-${network.vni}`, 'ether_addr', mac);
  const set = `@${draft.name(`members-${network.vni}`)}`;
  const refused = draft.chain('lan-refused', () => [countDrop('lan-filter'), 'drop']);
  draft.base(device, 'accept', [
    'meta pkttype host accept',
    ...(members.length > 0 ? [`ether saddr ${set} goto ${refused}`] : []),
    ...clampSegments(network.mtu),
    `meta mark set ${hex(hopBudget)}`,
    `${isGroup} jump ${network.chain}`,
    `${isGroup} meta mark set 0 accept`,
    members.length > 0 ? `ether daddr != ${set} goto ${refused}` : `goto ${refused}`,
    `jump ${network.chain}`,
    'drop',
  ]);
}

/** `struct pulse` of agents/native/vnet.h, in bits from the frame's first. */
const pulse = { etherType: '0x88b5', magic: '@ll,112,32', magicValue: '0x56504c31', flags: '@ll,144,8' } as const;
const flag = { heard: 1, large: 2 } as const;
/** Bytes without the Ethernet header. */
const smallBytes = 256 - 14;

/** Keep-alives that a link brings. One that says that its peer is not heard is answered at once. */
export function pulseInChain(draft: Draft, { peer, number }: NumberedLink, keepAliveMs: number): void {
  const device = linkDevice(peer, pulseVni);
  const know = (what: keyof typeof liveness) => `meta mark set ${hex(linkMark(number) + liveness[what])}`;
  const keep = (ms: number) => `update @alive { meta mark timeout ${Math.round(ms)}ms }`;
  const says = (bit: number, yes: boolean) => `${pulse.flags} & ${bit} == ${yes ? bit : 0}`;
  draft.base(device, 'drop', [
    `ether type != ${pulse.etherType} goto ${dropChain(draft, 'encapsulation')}`,
    `${pulse.magic} != ${pulse.magicValue} goto ${dropChain(draft, 'encapsulation')}`,
    // A quarter earlier than the peer judges: a link that is cut one way is down at both ends in one period.
    `${know('heard')} ${keep(keepAliveMs * 0.75)}`,
    know('large'),
    `${says(flag.large, true)} ${keep(keepAliveMs * 4)}`,
    know('confirmed'),
    `${says(flag.heard, true)} ${keep(keepAliveMs)}`,
    `${says(flag.heard, true)} drop`,
    'delete @alive { meta mark }',
    'meta mark set 0',
    `meta length > ${smallBytes} ${pulse.flags} set ${flag.heard + flag.large} fwd to "${device}"`,
    `${pulse.flags} set ${flag.heard} fwd to "${device}"`,
  ]);
}

/** Each frame of the pulse device goes over every link, saying whether its peer is heard. */
export function pulseOutChain(draft: Draft, links: readonly NumberedLink[]): void {
  const copies = (flags: number) =>
    links.flatMap(({ peer, number }) => [
      `${pulse.flags} set ${flags}`,
      `meta mark set ${hex(linkMark(number) + liveness.heard)}`,
      `meta mark @alive ${pulse.flags} set ${flags + flag.heard}`,
      `meta mark set 0 dup to "${linkDevice(peer, pulseVni)}"`,
    ]);
  const large = draft.chain('pulse-large', () => copies(flag.large));
  draft.base(pulseDevice, 'drop', [
    `${pulse.magic} set ${pulse.magicValue}`,
    `meta length > ${smallBytes} goto ${large}`,
    ...copies(0),
  ]);
}
