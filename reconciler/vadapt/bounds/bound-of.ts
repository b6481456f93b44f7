import type { Problem } from '../../model/problem.js';
import { type Setting, settingOf } from '../engine/setting.js';
import { isRoom } from './is-room.js';
import { rankRange } from './rank-range.js';
import { roomBound } from './room-bound.js';

export interface Bound {
  /** Demand that any configuration leaves unmet at least. */
  unmetMbps: number;
  /** What no configuration is better than in the first rank; infinite where nothing is known. */
  value: number;
}

/** Bounds of a value lose by rounding what its sums do. */
const rounding = 1e-12;

/** What no configuration of a problem with links is better than. */
export function boundOf(problem: Problem): Bound {
  return boundIn(settingOf(problem));
}

export function boundIn(setting: Setting): Bound {
  const { unmetMbps, roomMbps } = roomBound(setting);
  return { unmetMbps, value: isRoom(setting) ? roomMbps : valueBound(setting) };
}

function valueBound(setting: Setting): number {
  const [first] = setting.ranks;
  if (first === undefined) return 0;
  const { low, high } = rankRange(setting, first.tree);
  const value = first.goal === 'maximise' ? high : low;
  return value + (first.goal === 'maximise' ? 1 : -1) * rounding * Math.abs(value);
}
