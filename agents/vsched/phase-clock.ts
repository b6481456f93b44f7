import type { HostClock } from '../../schema/generated/types.js';
import { phaseToleranceUs } from '../../schema/phase.js';
import type { ClockMoment } from '../linux/clocks.js';
import type { Schedule } from './scheduler-backend.js';

interface SetPhase {
  periodUs: number;
  /** On the common clock. */
  phaseUs: number;
  /** On the host's own. */
  ownUs: number;
}

/** By how much the host's clock is ahead of the common one now. */
export function aheadUs(clock: HostClock, now: ClockMoment): number {
  const grownUs = (clock.driftPpm * (now.monotonicUs - clock.atUs)) / 1e6;
  return clock.aheadUs + grownUs + now.realtimeAheadUs - clock.realtimeAheadUs;
}

/**
 * Phases are stated on a clock that is common to hosts, and kept on the host's own. They follow its drift in small steps, and stay where they are
 * if somebody sets the clock.
 */
export class PhaseClock {
  readonly #read: () => ClockMoment;
  #clock: HostClock | undefined;
  /** By VM. */
  #set = new Map<string, SetPhase>();

  constructor(read: () => ClockMoment) {
    this.#read = read;
  }

  /** Until then phases are counted on the host's own clock. */
  follow(clock: HostClock): void {
    this.#clock = clock;
  }

  /** Whether phases are not where they should be, of the schedules that were last asked for. */
  isOff(): boolean {
    const nowUs = this.#aheadUs();
    return [...this.#set.values()].some((set) => isFar(set, ownPhaseUs(set, nowUs)));
  }

  /** Schedules of VMs with phases on the host's own clock. */
  own<T extends { vm: string; schedule: Schedule }>(shares: readonly T[]): T[] {
    const nowUs = this.#aheadUs();
    const before = this.#set;
    this.#set = new Map();
    return shares.map((share) => {
      const { periodUs, phaseUs } = share.schedule;
      if (phaseUs === undefined) return share;
      const known = before.get(share.vm);
      const wantedUs = ownPhaseUs({ periodUs, phaseUs }, nowUs);
      const isKept = known?.periodUs === periodUs && known.phaseUs === phaseUs && !isFar(known, wantedUs);
      const ownUs = isKept ? known.ownUs : wantedUs;
      this.#set.set(share.vm, { periodUs, phaseUs, ownUs });
      return { ...share, schedule: { ...share.schedule, phaseUs: ownUs } };
    });
  }

  #aheadUs(): number {
    return this.#clock ? aheadUs(this.#clock, this.#read()) : 0;
  }
}

function ownPhaseUs({ periodUs, phaseUs }: Pick<SetPhase, 'periodUs' | 'phaseUs'>, nowUs: number): number {
  const rest = Math.round(phaseUs + nowUs) % periodUs;
  return rest < 0 ? rest + periodUs : rest;
}

function isFar({ periodUs, ownUs }: SetPhase, wantedUs: number): boolean {
  const apartUs = Math.abs(wantedUs - ownUs);
  return Math.min(apartUs, periodUs - apartUs) > phaseToleranceUs(periodUs);
}
