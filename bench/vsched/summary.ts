import { periodicText } from '../../schema/schedule.js';
import type { Measured, MeasuredSet } from './measure-set.js';

/** By how much the delivered share is off, in points of a processor. */
export const errorPoints = ({ task, verdict }: Measured): number =>
  Math.abs(verdict.share - task.sliceUs / task.periodUs) * 100;

/** In percent of the periods: as seen from outside, or by the backend's own account of all of them if that is more. */
export const missedPercent = (measured: Measured): number =>
  Math.max(seenPercent(measured), toldPercent(measured) || 0);

export const seenPercent = ({ verdict }: Measured): number => (verdict.missed / verdict.periods) * 100;
export const toldPercent = ({ told }: Measured): number => (told.short / told.periods) * 100;

/** Largest of the values; NaN if one is: a figure of which a part is not known misses its target. */
export const largest = (values: readonly number[]): number => (values.length === 0 ? Number.NaN : Math.max(...values));

export const overheadPercent = ({ overhead }: MeasuredSet): number => largest(overhead.map(({ share }) => share * 100));

/** What came of a set, in one line for whoever watches. */
export function told(name: string, set: MeasuredSet): string {
  const tasks = set.tasks.map(({ task, verdict, told: own }) => {
    const { share, seenShare, periods, missed, seenMissed, setApart } = verdict;
    const by = `${(share * 100).toFixed(2)} % (seen ${(seenShare * 100).toFixed(2)} %)`;
    const missing = `${missed} of ${periods} missed (seen ${seenMissed}, told ${own.short} of ${own.periods})`;
    return `  ${periodicText(task)} on ${task.cpu}: ${by}, ${missing}, ${setApart} set apart`;
  });
  const overhead = set.overhead.map(
    (each) => `${(each.share * 100).toFixed(2)} (told ${(each.told * 100).toFixed(2)})`,
  );
  const beside = `${set.stolenMs} ms stolen, scheduling ${overhead.join(' and ')} %, ordinary ${set.ordinaryShare.toFixed(2)}`;
  return [`${name}: ${beside}`, ...tasks].join('\n');
}
