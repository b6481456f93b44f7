import type { HostObservation } from '../../schema/generated/types.js';
import { exponentialAt, uniformAt } from './hash-random.js';

/** What becomes of observations on their way. Shares are probabilities. */
export interface ObservationWeather {
  seed: number;
  lost: number;
  /** Arrive a second time, later. */
  duplicated: number;
  /** Arrive so late that others overtake them. */
  late: number;
  /** Mean delay of those that are not late, and of those that are. */
  delayMs: number;
  lateMs: number;
}

/** When each copy of an observation arrives, in milliseconds from now; none if it is lost. */
export function arrivalsMs(weather: ObservationWeather, host: number, { sequence }: HostObservation): number[] {
  const { seed, lost, duplicated, late, delayMs, lateMs } = weather;
  const draw = (what: number) => uniformAt(seed, host, sequence, what);
  const delay = (what: number) => exponentialAt(seed, host, sequence, what);
  if (draw(1) < lost) return [];
  const first = delayMs * delay(2) + (draw(3) < late ? lateMs * delay(4) : 0);
  return draw(5) < duplicated ? [first, first + lateMs * delay(6)] : [first];
}
