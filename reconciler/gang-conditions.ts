import type { GangView } from '../schema/generated/types.js';
import type { ConditionDraft } from './condition-draft.js';

/** More than this part of a slice, members of a gang may run beside one another. */
const ofSlice = 0.1;

/** How well a gang is in step: one on a single host always is. */
function stepOf({ hosts, sliceUs, skewUs }: GangView): 'in-step' | 'out-of-step' | 'unknown' {
  if (hosts.length < 2) return 'in-step';
  if (skewUs === undefined) return 'unknown';
  return skewUs > ofSlice * sliceUs ? 'out-of-step' : 'in-step';
}

/** For comparison: conditions tell of nothing else. */
export const stepsOf = (gangs: readonly GangView[]): string =>
  gangs.map((gang) => [gang.set, stepOf(gang), ...gang.hosts].join(' ')).join('\n');

/** VMSets in lock step that may not be. */
export function gangConditions(gangs: readonly GangView[]): ConditionDraft[] {
  return gangs.flatMap((gang): ConditionDraft[] => {
    const step = stepOf(gang);
    if (step === 'in-step') return [];
    const degraded = { object: `vm-set/${gang.set}`, type: 'Degraded' as const, status: 'True' as const };
    const where = `Its VMs are to run in lock step on ${gang.hosts.join(', ')}`;
    const remedy = 'let it run on hosts nearer to each other, or leave lockStep out';
    if (step === 'unknown') {
      const why =
        'how far the clocks there are apart is not known: packets with stamps have to cross links that join them';
      return [{ ...degraded, reason: 'SkewUnknown', message: `${where}, but ${why}. Use udp links, ${remedy}.` }];
    }
    const apart = `periods may begin ${milliseconds(gang.skewUs ?? 0)} apart`;
    const slice = `more than a tenth of its slice of ${milliseconds(gang.sliceUs)}`;
    return [
      {
        ...degraded,
        reason: 'OutOfStep',
        message: `${where}, but ${apart}, ${slice}. Have all its VMs keep one period, make slices longer, ${remedy}.`,
      },
    ];
  });
}

const milliseconds = (us: number): string => `${Number((us / 1000).toPrecision(3))} ms`;
