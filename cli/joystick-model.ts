import { type Periodic, sliceBounds, within } from '../schema/adjusted-schedule.js';
import type { AdjustableVm, SchedulePlane } from '../schema/generated/types.js';

/** Where a user stands in the plane of periods and shares, and all that is known around it. */
export interface Joystick {
  vm: AdjustableVm;
  /** What was chosen last; in force, unless it was refused. */
  chosen: Periodic;
  /** What is possible on the host; null while nobody says. */
  plane: SchedulePlane | null;
  /** For people: what became of the last choice. */
  message: string;
  /** Deliveries, oldest first, of the last few looks. */
  looks: Look[];
}

export interface Look {
  atMs: number;
  deliveredUs: number | undefined;
  periods: number | undefined;
  missed: number | undefined;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** Parts of a million of a period; a large step is five of them. */
const sharePpm = 10_000;
/** Ten of them double a period. */
const periodStep = 2 ** (1 / 10);
const largeSteps = 5;
const mostLooks = 20;

export function joystickOf(vm: AdjustableVm): Joystick {
  const { periodUs, sliceUs } = vm;
  return { vm, chosen: { periodUs, sliceUs }, plane: null, message: '', looks: [] };
}

/** The schedule one step on, the same share of another period or another share of the same one; never outside the bounds. */
export function step({ vm, chosen }: Joystick, direction: Direction, isLarge: boolean): Periodic {
  const steps = isLarge ? largeSteps : 1;
  const { key } = vm.bounds[0] ?? { key: '' };
  const candidates = vm.bounds.flatMap((bounds): Periodic[] => {
    if (direction === 'left' || direction === 'right') {
      const { periodUs } = chosen;
      if (periodUs < bounds.leastPeriodUs || periodUs > bounds.mostPeriodUs) return [];
      const { least, most } = sliceBounds(bounds, periodUs);
      const width = Math.max(1, Math.round((sharePpm * steps * periodUs) / 1e6));
      return [{ periodUs, sliceUs: clamped(chosen.sliceUs + (direction === 'right' ? width : -width), least, most) }];
    }
    const factor = periodStep ** (direction === 'up' ? steps : -steps);
    const wanted = rounded(chosen.periodUs * factor);
    const periodUs = clamped(wanted, bounds.leastPeriodUs, bounds.mostPeriodUs);
    const { least, most } = sliceBounds(bounds, periodUs);
    return [{ periodUs, sliceUs: clamped(Math.round((chosen.sliceUs / chosen.periodUs) * periodUs), least, most) }];
  });
  const possible = candidates.filter((each) => within(vm.bounds, key, each) === 'granted');
  return possible.sort((a, b) => goodness(b, chosen, direction) - goodness(a, chosen, direction))[0] ?? chosen;
}

/** How far a candidate goes the wanted way. */
function goodness(to: Periodic, from: Periodic, direction: Direction): number {
  if (direction === 'right') return to.sliceUs - from.sliceUs;
  if (direction === 'left') return from.sliceUs - to.sliceUs;
  return direction === 'up' ? to.periodUs - from.periodUs : from.periodUs - to.periodUs;
}

function clamped(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** To three digits: periods that people can read. */
function rounded(us: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(us)) - 2);
  return Math.round(us / unit) * unit;
}

/** After a look at the VM: what is in force, and what it got since. */
export function looked(joystick: Joystick, vm: AdjustableVm, atMs: number): Joystick {
  const look: Look = { atMs, deliveredUs: vm.deliveredUs, periods: vm.periods, missed: vm.missed };
  const isOther = vm.periodUs !== joystick.vm.periodUs || vm.sliceUs !== joystick.vm.sliceUs;
  // What another schedule delivered says nothing of this one.
  const before = isOther ? [] : joystick.looks;
  return { ...joystick, vm, looks: [...before, look].slice(-mostLooks) };
}

/** What the VM got over the last looks: its share, 0 to 1, and of how many periods it missed how many. */
export function effectOf({ looks }: Joystick): { share?: number; periods?: number; missed?: number } {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return {};
  const between = (name: 'deliveredUs' | 'periods' | 'missed') => {
    const [from, to] = [first[name], last[name]];
    return from === undefined || to === undefined || to < from ? undefined : to - from;
  };
  const [deliveredUs, periods, missed] = [between('deliveredUs'), between('periods'), between('missed')];
  return {
    ...(deliveredUs === undefined ? {} : { share: deliveredUs / (1000 * (last.atMs - first.atMs)) }),
    ...(periods === undefined ? {} : { periods }),
    ...(missed === undefined ? {} : { missed }),
  };
}

/** In percent of a processor, eq. 4 of the seed; undefined while nobody says what scheduling takes. */
export function costOf({ plane }: Joystick, { periodUs, sliceUs }: Periodic): number | undefined {
  return plane === null ? undefined : 100 * (sliceUs / periodUs + plane.overheadUs / sliceUs);
}
