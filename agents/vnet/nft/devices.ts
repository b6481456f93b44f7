import type { Fault, LinkEnd, NetworkAttachment } from '../../../schema/generated/types.js';
import { deviceIndex, isRunning } from '../../linux/device.js';
import { type CommandFailure, ip } from '../../linux/ip.js';
import type { Underlay } from '../provision-faults.js';
import { pulseDevice } from '../pulse-source.js';
import type { CoreState } from './core-state.js';
import { linkDevice, pulseVni } from './device-name.js';
import { guardLines, guards, guardTable } from './guard.js';
import { carriedNetworks, provideLinkDevices, retireLinkDevices } from './link-devices.js';
import { listNft, nft } from './nft.js';

// All of this is done in this thread's network namespace.

/** Makes exist what frames of the host's links and LANs pass through, and lets in nobody else. */
export function provideDevices({ links, networks }: CoreState): Fault[] {
  const ends = links.map(({ link }) => link);
  const guarded = guards(listNft('table', ...guardTable.split(' ')) ?? [], ends);
  return [
    ...coreFault(guarded ? undefined : nft(guardLines(ends))),
    ...provideLinkDevices(ends, networks),
    ...networks.flatMap(provideLan),
  ];
}

/** Takes away what no link or network of `state` needs, and `before` did. */
export function retireDevices(state: CoreState, before: CoreState): Fault[] {
  const links = state.links.map(({ link }) => link);
  const left = lansOf(before.networks).filter((lan) => !lansOf(state.networks).includes(lan));
  return [
    ...coreFault(retireLinkDevices(links, state.networks)),
    ...left.flatMap((lan) => coreFault(ip([`link set dev ${lan} promisc off`]))),
  ];
}

/** Links whose devices are all there. */
export function presentLinks({ links, networks }: CoreState): LinkEnd[] {
  if (deviceIndex(pulseDevice) === undefined) return [];
  const isPresent = ({ peer }: LinkEnd) =>
    carriedNetworks(networks).every(({ vni }) => deviceIndex(linkDevice(peer, vni)) !== undefined);
  return links.map(({ link }) => link).filter(isPresent);
}

/** Devices of LANs that are there, by network. */
export function presentLans(networks: readonly NetworkAttachment[]): Map<string, string> {
  return new Map(
    networks.flatMap(({ name, lan }): [string, string][] =>
      lan !== undefined && deviceIndex(lan) !== undefined ? [[name, lan]] : [],
    ),
  );
}

function lansOf(networks: readonly NetworkAttachment[]): string[] {
  return [...presentLans(networks).values()];
}

/** Makes a LAN device hear frames to any address: those to VMs are not to its own. */
function provideLan({ name, lan }: NetworkAttachment): Fault[] {
  if (lan === undefined) return [];
  const fault = (message: string): Fault[] => [{ kind: 'lan', subject: name, message }];
  if (deviceIndex(lan) === undefined)
    return fault(`This host has no device ${lan}: correct the \`device\` of the network's LAN, or plug it in.`);
  const failed = ip([`link set dev ${lan} promisc on up`]);
  return failed ? fault(failed.message) : [];
}

/** Why this host sends no keep-alives over a link, as far as its devices tell. */
export function silenceOf({ peer, local }: LinkEnd, interfaces: ReadonlyMap<string, Underlay>): string | undefined {
  const underlay = interfaces.get(local);
  if (!underlay || !isRunning(underlay.device))
    return `The interface with the address ${local} is down or gone: bring it up.`;
  const device = linkDevice(peer, pulseVni);
  if (deviceIndex(device) !== undefined) return undefined;
  return `Its device ${device} is gone: it is made again when the host is told its state.`;
}

export function coreFault(failed: CommandFailure | undefined): Fault[] {
  return failed ? [{ kind: 'core', subject: 'vnet', message: failed.message }] : [];
}
