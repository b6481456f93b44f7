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
  const { interval, keepAlive, verify, vttif, vadapt, windows } = filled('Adaptation', document.spec);
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
  return [...ranges, ...(windows ? windowMistakes(windows.cron, windows.timeZone, locate) : [])];
}

function windowMistakes(cron: string, timeZone: string, locate: Located<'Adaptation'>['locate']): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  if (!isCron(cron)) {
    mistakes.push(broken('VIRT4003', locate(['spec', 'windows', 'cron']), `\`${cron}\` is no cron expression.`));
  }
  if (!isTimeZone(timeZone)) {
    mistakes.push(
      broken('VIRT4004', locate(['spec', 'windows', 'timeZone']), `There is no time zone \`${timeZone}\`.`),
    );
  }
  return mistakes;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false; // a RangeError is how Intl says that it does not know the name
  }
}
