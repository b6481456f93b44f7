import type { NetworkAttachment } from '../../schema/generated/types.js';
import { bring, type Writable } from './bpf-map.js';

/** Bytes of the keys and values of agents/native/neighbours.bpf.h. */
export const neighbourSizes = { neighbourKey: 8, neighbour: 8, memberKey: 12, member: 4 } as const;

/** What the core answers neighbour questions from. */
export interface NeighbourMaps {
  /** `encodeNeighbour` by `encodeNeighbourKey`. */
  neighbours: Writable;
  /** Keyed by `encodeMemberKey`. */
  members: Writable;
}

/** @param address IPv4 */
export function encodeNeighbourKey(vni: number, address: string): Buffer {
  const bytes = Buffer.alloc(neighbourSizes.neighbourKey);
  bytes.writeUInt32LE(vni);
  bytes.set(address.split('.').map(Number), 4);
  return bytes;
}

export function encodeNeighbour(mac: string): Buffer {
  const bytes = Buffer.alloc(neighbourSizes.neighbour);
  bytes.write(mac.replaceAll(':', ''), 'hex');
  return bytes;
}

export function encodeMemberKey(vni: number, mac: string): Buffer {
  const bytes = Buffer.alloc(neighbourSizes.memberKey);
  bytes.writeUInt32LE(vni);
  bytes.write(mac.replaceAll(':', ''), 4, 'hex');
  return bytes;
}

/**
 * Makes the maps say what the networks say, and writes only what differs: what is new before what is gone is removed, so that what stays
 * is answered for all the while. An address that two VMs claim is answered for neither: they settle it as on any LAN.
 * @throws if the kernel refuses: a map is full.
 */
export function writeNeighbours(maps: NeighbourMaps, networks: readonly NetworkAttachment[]): void {
  const neighbours = new Map<string, Buffer>();
  const members = new Map<string, Buffer>();
  const contested = new Set<string>();
  for (const { vni, neighbours: listed = [] } of networks) {
    for (const { address, mac } of listed) {
      const key = encodeNeighbourKey(vni, address).toString('hex');
      const value = encodeNeighbour(mac);
      if (!(neighbours.get(key) ?? value).equals(value)) contested.add(key);
      neighbours.set(key, value);
      members.set(encodeMemberKey(vni, mac).toString('hex'), Buffer.alloc(neighbourSizes.member));
    }
  }
  for (const key of contested) neighbours.delete(key);
  const removals = [bring(maps.neighbours, neighbours), bring(maps.members, members)];
  for (const remove of removals) remove();
}
