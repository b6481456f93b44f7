import type { Diagnostic, VMSet } from '../../generated/types.js';
import { computeCores } from '../../quantities.js';
import { microseconds, type StatedSchedule, scheduleLimits, statedSchedule } from '../../schedule.js';
import { filled } from '../defaults.js';
import { broken } from '../diagnostic.js';
import type { FieldPath, Located } from '../document.js';
import type { Check, Repository } from './repository.js';

/** Schedules are possible: in themselves, on some host, and within the bounds of those who may adjust them. */
export const checkSchedules: Check = (repository) =>
  repository.of('VMSet').flatMap((set) => {
    const { schedule } = set.document.spec;
    if (schedule === undefined) return [];
    const read = statedSchedule(schedule, set.document.spec.compute);
    const wrong = [...impossible(set, schedule, read), ...excluding(set, schedule, read)];
    return wrong.length > 0 ? wrong : nowhere(repository, set, read);
  });

type Stated = NonNullable<VMSet['spec']['schedule']>;
type Where = (...field: string[]) => Diagnostic['range'];

const within = ({ locate }: Located<'VMSet'>): Where => {
  return (...field) => locate(['spec', 'schedule', ...field] satisfies FieldPath);
};

function impossible(
  set: Located<'VMSet'>,
  stated: Stated,
  { periodUs, sliceUs, threads }: StatedSchedule,
): Diagnostic[] {
  const at = within(set);
  const { leastPeriodUs, longestPeriodUs, leastSliceUs } = scheduleLimits;
  const { slice, utilisation } = stated;
  if (slice !== undefined && utilisation !== undefined)
    return [broken('VIRT4008', at('utilisation'), `The slice is ${slice}, and ${utilisation} of the period.`)];
  if (periodUs < leastPeriodUs || periodUs > longestPeriodUs) {
    const summary = `\`period\` must be between ${leastPeriodUs} us and 744h, not ${stated.period}.`;
    return [broken('VIRT4007', at('period'), summary)];
  }
  const written = slice !== undefined ? 'slice' : utilisation !== undefined ? 'utilisation' : 'class';
  if (sliceUs < leastSliceUs) {
    const summary = `\`slice\` must be at least ${leastSliceUs} us, not ${sliceUs} us.`;
    return [broken('VIRT4007', at(written), summary)];
  }
  if (sliceUs <= periodUs) return [];
  if (slice !== undefined)
    return [broken('VIRT4009', at('slice'), `${sliceUs} us in every ${periodUs} us is more than a processor has.`)];
  const cores = computeCores(set.document.spec.compute);
  const who = threads === 1 ? 'one thread' : `${threads} threads`;
  return [broken('VIRT4010', at('class'), `${cores} cores are more than ${who} can use.`)];
}

function excluding(set: Located<'VMSet'>, { adjustableBy = [] }: Stated, read: StatedSchedule): Diagnostic[] {
  const { periodUs, sliceUs } = read;
  return adjustableBy.flatMap(({ period, utilisation }, place): Diagnostic[] => {
    const locate = (field: string) => set.locate(['spec', 'schedule', 'adjustableBy', place, field]);
    const share = (bound: number) => bound * periodUs;
    const bounds = [
      ...(period
        ? [{ field: 'period', least: microseconds(period.least), value: periodUs, most: microseconds(period.most) }]
        : []),
      { field: 'utilisation', least: share(utilisation.least), value: sliceUs, most: share(utilisation.most) },
    ];
    return bounds.flatMap(({ field, least, value, most }): Diagnostic[] => {
      const { least: from, most: to } = field === 'period' && period ? period : utilisation;
      if (least > most) return [broken('VIRT4013', locate(field), `Nothing is from ${from} to ${to}.`)];
      // A slice is a whole number of microseconds.
      if (value >= least - 1 && value <= most + 1) return [];
      const is = field === 'period' ? `a period of ${periodUs} us` : `${sliceUs} us of every ${periodUs} us`;
      return [broken('VIRT4012', locate(field), `The schedule has ${is}; the bounds are ${from} to ${to}.`)];
    });
  });
}

function nowhere(
  repository: Repository,
  set: Located<'VMSet'>,
  { periodUs, sliceUs, threads }: StatedSchedule,
): Diagnostic[] {
  const hosts = repository.of('Host').map(({ document }) => filled('Host', document.spec));
  if (!repository.isComplete('Host') || hosts.length === 0) return [];
  const processors = hosts.map(({ processors: stated, compute }) => stated ?? Math.floor(computeCores(compute)));
  const most = Math.max(...processors);
  const at = within(set);
  if (threads > most) {
    const field = set.document.spec.schedule?.gang === undefined ? 'class' : 'gang';
    const summary = `Each VM needs ${count(threads)} at once; the largest host has ${most}.`;
    return [broken('VIRT4011', at(field), summary)];
  }
  const shares = hosts.flatMap(({ reservedShare }, host) =>
    (processors[host] ?? 0) < threads ? [] : [1 - reservedShare],
  );
  const largest = Math.max(...shares);
  if (sliceUs <= largest * periodUs + 1e-6) return [];
  const summary = `It takes ${sliceUs} us of every ${periodUs} us; hosts give at most ${largest} of a processor.`;
  return [broken('VIRT4011', at('class'), summary)];
}

const count = (processors: number) => (processors === 1 ? '1 processor' : `${processors} processors`);
