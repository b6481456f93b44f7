import type { Drift, NetworkAttachment, Rule, VmSchedule } from '../../schema/generated/types.js';
import { periodicText } from '../../schema/schedule.js';
import { canonicalJson } from '../model/canonical.js';
import { emptyHost, type FleetState, type HostConfig } from '../model/fleet-state.js';

/**
 * In what connected hosts differ from how they were left, by host, part and object. What users may change at any time is no drift.
 * A VM that is on another host is one entry, of the host that it is on.
 */
export function driftOf(left: FleetState, current: FleetState, connected: ReadonlySet<string>): Drift[] {
  const hosts = [...new Set([...left.keys(), ...current.keys()])].filter((host) => connected.has(host)).sort();
  const wasOn = placesIn(left);
  const guestsOf = (state: FleetState, host: string) => [...(state.get(host)?.guests.keys() ?? [])];
  const arrived = new Set(
    hosts.flatMap((host) => guestsOf(current, host).filter((vm) => !left.get(host)?.guests.has(vm))),
  );
  return hosts.flatMap((host) => {
    const was = left.get(host) ?? emptyHost();
    const is = current.get(host) ?? emptyHost();
    return [...vmDrift(host, was, is, wasOn, arrived), ...tableDrift(host, was, is)];
  });
}

function vmDrift(
  host: string,
  was: HostConfig,
  is: HostConfig,
  wasOn: ReadonlyMap<string, string>,
  arrived: ReadonlySet<string>,
): Drift[] {
  const gone = [...was.guests.keys()].filter((vm) => !is.guests.has(vm) && !arrived.has(vm));
  const come = [...is.guests.keys()].filter((vm) => !was.guests.has(vm));
  const base = { host, part: 'vm' as const };
  return [
    ...gone.map((object): Drift => ({ ...base, object, kind: 'missing', left: host, is: null, byOthers: false })),
    ...come.map((object): Drift => {
      const from = wasOn.get(object) ?? null;
      return { ...base, object, kind: from === null ? 'extra' : 'different', left: from, is: host, byOthers: true };
    }),
  ].sort(byObject);
}

function tableDrift(host: string, was: HostConfig, is: HostConfig): Drift[] {
  return [
    ...compared(host, 'network', was.networks, is.networks, networkText),
    ...compared(host, 'link', was.links, is.links, ({ type, local, remote }) => `${type} ${local} -> ${remote}`),
    ...compared(host, 'rule', was.rules, is.rules, ruleText),
    ...compared(host, 'schedule', stated(was.schedules), stated(is.schedules), periodicText),
  ];
}

function networkText({ vni, mtu, proxy, lan }: NetworkAttachment): string {
  return `VNI ${vni}, MTU ${mtu}, Proxy ${proxy}${lan === undefined ? '' : `, LAN on ${lan}`}`;
}

function ruleText({ to }: Rule): string {
  const outputs = to.map((output) => {
    if (output.kind === 'port') return output.guest;
    return output.kind === 'link' ? `link ${output.peer}` : 'LAN';
  });
  return outputs.join(', ') || 'nowhere';
}

/** Users may put others in the place of schedules at any time. */
function stated(schedules: ReadonlyMap<string, VmSchedule>): Map<string, Omit<VmSchedule, 'adjusted'>> {
  return new Map([...schedules].map(([vm, { adjusted: _, ...schedule }]) => [vm, schedule]));
}

function compared<T>(
  host: string,
  part: Drift['part'],
  was: ReadonlyMap<string, T>,
  is: ReadonlyMap<string, T>,
  text: (item: T) => string,
): Drift[] {
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((object): Drift[] => {
    const [old, now] = [was.get(object), is.get(object)];
    if (old !== undefined && now !== undefined && canonicalJson(old) === canonicalJson(now)) return [];
    const told = (item: T | undefined) => (item === undefined ? null : text(item));
    const kind = now === undefined ? 'missing' : old === undefined ? 'extra' : 'different';
    // What is missing may be lost; what is there and was not, somebody has put there.
    return [{ host, part, object, kind, left: told(old), is: told(now), byOthers: kind !== 'missing' }];
  });
}

function placesIn(state: FleetState): Map<string, string> {
  return new Map([...state].flatMap(([host, { guests }]) => [...guests.keys()].map((vm) => [vm, host] as const)));
}

function byObject(a: Drift, b: Drift): number {
  return a.object < b.object ? -1 : 1;
}
