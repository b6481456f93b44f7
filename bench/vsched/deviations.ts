import type { Figure } from '../figure.js';
import { atMost, info } from '../vnet/figures.js';
import type { Measured } from './measure-set.js';
import { errorPoints, largest, missedPercent, seenPercent, toldPercent } from './summary.js';

/** What the project promises of every admitted set. */
export function promises(name: string, measured: readonly Measured[]): Figure[] {
  return [
    atMost(`${name}: share off by, at most`, largest(measured.map(errorPoints)), 0.5, 'points'),
    below(`${name}: periods missed, at most`, largest(measured.map(missedPercent)), 1, '%'),
  ];
}

export function below(name: string, value: number, target: number, unit: string): Figure {
  return { name, value, unit, target: `< ${target}`, ok: value < target };
}

/** How much was left out, and how far who tells of the same agree. */
export function caveats(name: string, measured: readonly Measured[]): Figure[] {
  const all = measured.reduce((sum, { verdict }) => sum + verdict.periods + verdict.setApart, 0);
  const apart = measured.reduce((sum, { verdict }) => sum + verdict.setApart, 0);
  const seen = measured.map(({ verdict }) => (verdict.share - verdict.seenShare) * 100);
  const told = measured.map((each) => Math.abs(toldPercent(each) - seenPercent(each)));
  return [
    info(`${name}: periods judged`, all - apart, ''),
    info(`${name}: periods set apart because of steal`, (apart / all) * 100, '%'),
    info(`${name}: share by the kernel's clock above what the process saw, at most`, largest(seen), 'points'),
    info(
      `${name}: short periods by the core's account and as seen from outside differ by, at most`,
      largest(told),
      '% of periods',
    ),
  ];
}
