import { inForce } from '../schema/adjusted-schedule.js';
import type { GangView, HostClock } from '../schema/generated/types.js';
import { phaseToleranceUs } from '../schema/phase.js';
import type { Snapshot, SnapshotVm } from './model/snapshot.js';
import type { Fleet } from './ports.js';
import { gangSkewUs } from './vsched/clock-skew.js';
import { isOffBeyondTolerance } from './vsched/clock-tolerance.js';
import type { ClockOffsets } from './wren/clock-offsets.js';

/** Keeps VMs in lock step across hosts: what hosts are told of their clocks, and how far apart periods begin then. */
export class LockStep {
  readonly #fleet: Pick<Fleet, 'told'>;
  readonly #clocks: ClockOffsets;

  constructor(fleet: Pick<Fleet, 'told'>, clocks: ClockOffsets) {
    this.#fleet = fleet;
    this.#clocks = clocks;
  }

  /** What a host is to be told of its clock: the same as before, unless that is too far off by now. Undefined: nothing is known of it. */
  clockOf(host: string): HostClock | undefined {
    const told = this.#fleet.told(host)?.clock;
    const takenUs = told ? this.#clocks.taken(host, told) : null;
    const now = this.#clocks.clocks().get(host);
    if (now === undefined) return takenUs === null ? undefined : told;
    return isOffBeyondTolerance(now, told, takenUs) ? now : told;
  }

  /** VMSets in lock step of which VMs run, by name. */
  gangs({ vms }: Pick<Snapshot, 'vms'>): GangView[] {
    const sets = new Map<string, SnapshotVm[]>();
    for (const vm of vms) {
      if (vm.schedule?.lockStep && vm.host !== null) sets.set(vm.set, [...(sets.get(vm.set) ?? []), vm]);
    }
    return [...sets.keys()].sort().map((set) => this.#gang(set, sets.get(set) ?? []));
  }

  #gang(set: string, vms: readonly SnapshotVm[]): GangView {
    const hosts = [...new Set(vms.flatMap(({ host }) => host ?? []))].sort();
    const schedules = vms.flatMap(({ schedule }) => (schedule ? [inForce(schedule)] : []));
    const [shortestUs, longestUs] = extremes(schedules.map(({ periodUs }) => periodUs));
    const skewUs = gangSkewUs(hosts, {
      between: (from, to) => this.#clocks.between(from, to),
      taken: (host) => this.#takenUs(host),
    });
    // Each host leaves its phase as it is while that is off by less than the tolerance.
    const allowedUs = hosts.length > 1 ? 2 * phaseToleranceUs(longestUs) : 0;
    const apartUs = skewUs === null ? null : Math.ceil(skewUs + allowedUs);
    // Users may have given members different periods, which begin at any distance.
    const worstUs = shortestUs === longestUs ? apartUs : longestUs;
    const sliceUs = Math.min(...schedules.map((schedule) => schedule.sliceUs));
    return { set, hosts, sliceUs, ...(worstUs === null ? {} : { skewUs: worstUs }) };
  }

  /** One that was told nothing may go by what another reconciler has told it. */
  #takenUs(host: string): number | null {
    const told = this.#fleet.told(host)?.clock;
    return told ? this.#clocks.taken(host, told) : null;
  }
}

const extremes = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];
