import type { FleetState } from '../../reconciler/model/fleet-state.js';
import type { OrderInput } from '../../reconciler/plan/order.js';
import { type Fleet, realise } from '../../reconciler/plan/realise.js';
import type { GuestSpec, NetworkAttachment } from '../../schema/generated/types.js';
import { anyLinkEnds } from './fleet.js';

export const blue: NetworkAttachment = { name: 'blue', vni: 7, mtu: 1450, proxy: 'host-1' };

export function vm(index: number, network = 'blue'): { name: string; spec: GuestSpec } {
  const name = `vm-${index}`;
  const mac = `02:00:00:00:00:0${index}`;
  return { name, spec: { name, network, mac, driver: 'netns', computeCores: 1, memoryMib: 256 } };
}

interface SmallFleet {
  /** VM to host. */
  mapping: Record<string, string>;
  /** Fast paths: both VMs, then the hosts. */
  paths?: [source: string, destination: string, ...hosts: string[]][];
  hosts?: string[];
  silent?: string[];
  proxy?: string;
  lan?: string;
  neighbours?: NetworkAttachment['neighbours'];
  /** Pairs of hosts, as `host-1 host-2`, that can have no link. */
  apart?: string[];
  current?: FleetState;
}

/** A fleet on one network, with up to nine VMs, written down in a line. */
export function small({ hosts = ['host-1', 'host-2', 'host-3', 'host-4'], ...wish }: SmallFleet): FleetState {
  const { lan, neighbours, apart = [] } = wish;
  const names = Object.keys(wish.mapping);
  const fleet: Fleet = {
    hosts: hosts.map((name) => ({ name, presence: wish.silent?.includes(name) ? 'silent' : 'connected' })),
    networks: [
      { ...blue, proxy: wish.proxy ?? blue.proxy, ...(lan ? { lan } : {}), ...(neighbours ? { neighbours } : {}) },
    ],
    vms: names.map((name) => vm(Number(name.slice(3)))),
    current: wish.current ?? new Map(),
    linkEnds: (a, b) => (apart.includes([a, b].sort().join(' ')) ? null : anyLinkEnds(a, b)),
  };
  const paths = (wish.paths ?? []).map(([source, destination, ...way]) => ({ source, destination, hosts: way }));
  return realise(fleet, { mapping: new Map(Object.entries(wish.mapping)), paths });
}

const admit: OrderInput['admit'] = (_, schedules) => [...schedules];

/** Input of `order` with room for everybody. */
export function smallOrder(current: FleetState, target: FleetState, silent: string[] = []): OrderInput {
  const names = [...new Set([...current.keys(), ...target.keys()])].sort();
  const hosts = names.map((name) => ({ name, computeCores: 9, memoryMib: 9000, maxGuests: null }));
  return { current, target, hosts, silent: new Set(silent), linkEnds: anyLinkEnds, mayRun: () => true, admit };
}
