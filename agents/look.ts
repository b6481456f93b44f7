import type { Fault, HostObservation, HostReport } from '../schema/generated/types.js';
import type { Substrate } from './substrate.js';

/** Who looks, and when. */
export interface Viewpoint {
  host: string;
  boot: string;
  sequence: number;
  generation: number;
  nowMs: number;
}

/**
 * What the host is now, as the wire carries it; lists are sorted so that equal states give equal reports. Guests that have come are put
 * under their schedules. @param faults of the last attempt to converge
 */
export async function look(substrate: Substrate, view: Viewpoint, faults: Fault[]): Promise<HostReport> {
  const { networks, links, rules, bound } = await substrate.vnet.current();
  const endpoints = await substrate.vnet.endpoints?.();
  const guests = await substrate.vmm.current();
  const troubles = (await substrate.vmm.troubles?.()) ?? [];
  const notInForce = (await substrate.vsched?.enforce?.()) ?? [];
  const schedules = await substrate.vsched?.current();
  return {
    host: view.host,
    boot: view.boot,
    sequence: view.sequence,
    generation: view.generation,
    atMs: view.nowMs,
    networks: sorted(networks, (network) => network.name),
    links: sorted(links, (report) => report.link.peer),
    guests: sorted(guests, (report) => report.guest.name),
    rules: sorted(rules, (rule) => `${rule.network} ${rule.source} ${rule.destination}`),
    ...(schedules?.length ? { schedules: sorted(schedules, ({ vm }) => vm) } : {}),
    faults: [...withoutThose(faults, troubles), ...troubles, ...notInForce],
    ...(bound ? { bound } : {}),
    ...(endpoints?.length ? { endpoints } : {}),
  };
}

/** What the host has seen since its counters began, as the wire carries it. */
export async function observe(
  substrate: Substrate,
  host: string,
  sequence: number,
  nowMs: number,
): Promise<HostObservation> {
  const counters = await substrate.vnet.counters();
  const paths = await substrate.wren?.paths();
  const clocks = await substrate.wren?.clocks?.();
  return {
    host,
    epoch: counters.epoch,
    sequence,
    atMs: nowMs,
    matrix: counters.matrix,
    links: sorted(counters.links, (link) => link.peer),
    guests: await substrate.vmm.usage(),
    drops: counters.drops,
    ...(paths ? { paths } : {}),
    ...(clocks ? { clocks } : {}),
  };
}

/** Troubles are looked up anew, so those that were known when the host converged last are left out. */
function withoutThose(faults: Fault[], troubles: Fault[]): Fault[] {
  const known = new Set(troubles.map((each) => JSON.stringify(each)));
  return faults.filter((fault) => !known.has(JSON.stringify(fault)));
}

function sorted<T>(list: T[], key: (item: T) => string): T[] {
  return list
    .map((item) => ({ key: key(item), item }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
