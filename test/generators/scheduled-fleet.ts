import { admitOn } from '../../reconciler/pass/schedules.js';
import type { OrderInput } from '../../reconciler/plan/order.js';
import { realise } from '../../reconciler/plan/realise.js';
import type { VmSchedule } from '../../schema/generated/types.js';
import { type Draw, drawFrom } from './draw.js';
import { type FleetPair, type FleetSize, fleetOf, fleetPair, orderInput, type Wish } from './fleet.js';

/** Processors of each host. */
export const processors = { count: 3, reservedPpm: 0 };

/** A random pair of configurations whose VMs have schedules, as many as fit; some of them change, come or go between the two. */
export function scheduledPair(size: FleetSize): FleetPair {
  const pair = fleetPair(size);
  const draw = drawFrom(size.seed + 1);
  const wanted = new Map(pair.before.vms.map(({ name }) => [name, draw(5) === 0 ? null : drawnSchedule(draw, name)]));
  const current = realised(pair.before, new Map(), wanted);
  const later = new Map(pair.after.vms.map(({ name }) => [name, laterSchedule(draw, name, wanted.get(name) ?? null)]));
  return { ...pair, current, target: realised(pair.after, current, later) };
}

export function scheduledOrder(pair: FleetPair): OrderInput {
  return { ...orderInput(pair), admit: admit(pair) };
}

function admit({ rooms }: Pick<FleetPair, 'rooms'>) {
  return admitOn(rooms.map(({ name }) => ({ name, processors })));
}

function laterSchedule(draw: Draw, vm: string, before: VmSchedule | null): VmSchedule | null {
  const what = draw(4);
  return what === 0 ? null : what === 1 || before === null ? drawnSchedule(draw, vm) : before;
}

function drawnSchedule(draw: Draw, vm: string): VmSchedule {
  const periodUs = [3000, 7000, 10_000, 50_000][draw(4)] as number;
  const sliceUs = Math.floor((periodUs * (20 + draw(60))) / 100);
  const cpus = draw(5) === 0 ? [0, 1] : [0];
  return { vm, cpus, periodUs, sliceUs, mode: draw(2) === 0 ? 'strict' : 'work-conserving' };
}

function realised(wish: Wish, current: FleetPair['current'], wanted: ReadonlyMap<string, VmSchedule | null>) {
  const give = admitOn(wish.hosts.map((name) => ({ name, processors })));
  const schedules = new Map<string, VmSchedule[]>(wish.hosts.map((host) => [host, []]));
  for (const [vm, host] of wish.configuration.mapping) {
    const schedule = wanted.get(vm);
    if (!schedule) continue;
    const now = current.get(host)?.schedules.get(vm)?.cpus;
    const mine = now?.length === schedule.cpus.length ? { ...schedule, cpus: now } : schedule;
    schedules.set(host, give(host, [...(schedules.get(host) ?? []), mine]) ?? schedules.get(host) ?? []);
  }
  return realise({ ...fleetOf(wish, current), schedules }, wish.configuration);
}
