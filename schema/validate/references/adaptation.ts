import type { Diagnostic } from '../../generated/types.js';
import { durationMs } from '../../quantities.js';
import { isCron } from '../cron.js';
import { filled } from '../defaults.js';
import { broken } from '../diagnostic.js';
import type { FieldPath, Located } from '../document.js';
import type { Check } from './repository.js';

/** Times of the adaptation are ones that timers and agents can keep. */
export const checkAdaptation: Check = (repository) => repository.of('Adaptation').flatMap(checkOne);

const dayMs = 24 * 3600e3;

function checkOne({ document, locate }: Located<'Adaptation'>): Diagnostic[] {
  const {
    interval,
    keepAlive,
    verify,
    vttif,
    vadapt,
    windows,
    applyWindows = [],
    freezes = [],
  } = filled('Adaptation', document.spec);
  const within = (field: FieldPath, text: string, leastMs: number, mostMs: number): Diagnostic[] => {
    const ms = durationMs(text);
    if (ms >= leastMs && ms <= mostMs) return [];
    const most = mostMs < 3600e3 ? `${mostMs / 1000} s` : `${mostMs / 3600e3} h`;
    const summary = `\`${String(field.at(-1))}\` must be between ${leastMs} ms and ${most}, not ${text}.`;
    return [broken('VIRT4007', locate(['spec', ...field]), summary)];
  };
  const ranges = [
    ...within(['interval'], interval, 100, dayMs),
    // The wire schema limits these two alike.
    ...within(['keepAlive'], keepAlive, 100, 60e3),
    ...within(['verify', 'quarantine'], verify.quarantine, 0, dayMs),
    ...applyWindows.flatMap(({ duration }, index) =>
      within(['applyWindows', index, 'duration'], duration, 60e3, 7 * dayMs),
    ),
    ...within(['vttif', 'samplingInterval'], vttif.samplingInterval, 10, 3600e3),
    ...within(['vttif', 'smoothingInterval'], vttif.smoothingInterval, 10, dayMs),
    ...within(['vttif', 'settle'], vttif.settle, 0, dayMs),
    ...within(['vadapt', 'payback'], vadapt.payback, 1000, dayMs),
    ...within(['vadapt', 'cooldown'], vadapt.cooldown, 0, dayMs),
    ...within(['vadapt', 'returns', 'window'], vadapt.returns.window, 0, dayMs),
  ];
  if (ranges.length === 0 && durationMs(vttif.smoothingInterval) < durationMs(vttif.samplingInterval)) {
    const summary = `Traffic read every ${vttif.samplingInterval} cannot be averaged over ${vttif.smoothingInterval}.`;
    ranges.push(broken('VIRT4006', locate(['spec', 'vttif', 'smoothingInterval']), summary));
  }
  const times: [FieldPath, Times][] = [
    ...(windows ? [[['spec', 'windows'], windows] as [FieldPath, Times]] : []),
    ...applyWindows.map((each, index): [FieldPath, Times] => [['spec', 'applyWindows', index], each]),
  ];
  return [
    ...ranges,
    ...times.flatMap(([field, each]) => timeMistakes(field, each, locate)),
    ...freezes.flatMap((freeze, index) => freezeMistakes(['spec', 'freezes', index], freeze, locate)),
  ];
}

interface Times {
  cron: string;
  timeZone: string;
}

function timeMistakes(
  field: FieldPath,
  { cron, timeZone }: Times,
  locate: Located<'Adaptation'>['locate'],
): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  if (!isCron(cron)) {
    mistakes.push(broken('VIRT4003', locate([...field, 'cron']), `\`${cron}\` is no cron expression.`));
  }
  if (!isTimeZone(timeZone)) {
    mistakes.push(broken('VIRT4004', locate([...field, 'timeZone']), `There is no time zone \`${timeZone}\`.`));
  }
  return mistakes;
}

function freezeMistakes(
  field: FieldPath,
  freeze: { from: string; until: string },
  locate: Located<'Adaptation'>['locate'],
): Diagnostic[] {
  const none = (['from', 'until'] as const).filter((end) => Number.isNaN(Date.parse(freeze[end])));
  if (none.length > 0)
    return none.map((end) => broken('VIRT4014', locate([...field, end]), `There is no time \`${freeze[end]}\`.`));
  if (Date.parse(freeze.from) < Date.parse(freeze.until)) return [];
  return [broken('VIRT4014', locate([...field, 'until']), `The freeze ends at ${freeze.until}, before it begins.`)];
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false; // a RangeError is how Intl says that it does not know the name
  }
}
