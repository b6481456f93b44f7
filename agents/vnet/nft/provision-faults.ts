import type { Fault, LinkEnd, NetworkAttachment } from '../../../schema/generated/types.js';
import { networkFault, type Underlay } from '../provision-faults.js';
import { vxlanOverhead } from '../vxlan-devices.js';
import type { CoreState } from './core-state.js';
import { portOf } from './guard.js';
import { linkMax } from './mark.js';

export interface Provision {
  networks: NetworkAttachment[];
  links: LinkEnd[];
  faults: Fault[];
}

/** Which of the networks and links can be beside what there is, and why the others cannot. */
export function provisionFaults(
  state: CoreState,
  networks: readonly NetworkAttachment[],
  links: readonly LinkEnd[],
  interfaces: ReadonlyMap<string, Underlay>,
): Provision {
  const accepted: Provision = { networks: [], links: [], faults: [] };
  const attached = state.networks.filter(({ name }) => !networks.some((each) => each.name === name));
  for (const network of networks) {
    const fault = networkFault(network, [...attached, ...accepted.networks]);
    if (fault) accepted.faults.push(fault);
    else accepted.networks.push(network);
  }
  attached.push(...accepted.networks);
  const ends = state.links.map(({ link }) => link).filter(({ peer }) => !links.some((each) => each.peer === peer));
  for (const link of links) {
    const fault = linkFault(link, [...ends, ...accepted.links], attached, interfaces) ?? numberFault(link, state);
    if (fault) accepted.faults.push(fault);
    else accepted.links.push(link);
  }
  return accepted;
}

function linkFault(
  link: LinkEnd,
  others: readonly LinkEnd[],
  networks: readonly NetworkAttachment[],
  interfaces: ReadonlyMap<string, Underlay>,
): Fault | undefined {
  const fault = (message: string): Fault => ({ kind: 'link', subject: link.peer, message });
  if (link.type !== 'udp')
    return fault(
      `The nftables core of this host has \`udp\` links alone, not \`${link.type}\`: allow them to ${link.peer}.`,
    );
  const twin = others.find((each) => portOf(each) === portOf(link));
  if (twin)
    return fault(
      `Its UDP port ${portOf(link)} is that of the link to ${twin.peer}, and the nftables core needs one for each link: give it another \`port\`.`,
    );
  const underlay = interfaces.get(link.local);
  if (!underlay) return fault(`No interface of this host has the address ${link.local}: correct the inventory.`);
  const largest = underlay.mtu - vxlanOverhead;
  const wide = networks.find((network) => network.mtu > largest);
  if (!wide) return undefined;
  return fault(
    `${underlay.device} carries guests' packets of at most ${largest} bytes, the network ${wide.name} has MTU ${wide.mtu}: lower it.`,
  );
}

function numberFault({ peer }: LinkEnd, { numbers }: CoreState): Fault | undefined {
  if (numbers[peer] !== undefined || Object.keys(numbers).length < linkMax) return undefined;
  const message = `This host has had links to ${linkMax} others and has no number for one more: empty it, delete its table and start its agent anew.`;
  return { kind: 'link', subject: peer, message };
}
