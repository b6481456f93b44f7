import { InvalidArgumentError } from 'commander';
import { durationMs } from '../schema/quantities.js';
import { exitCodes } from './exit-codes.js';
import { type PlanOptions, plan } from './plan.js';
import { planChange } from './plan-change.js';
import type { Moment } from './simulate.js';

/** Options of `virtuoso plan` as they are parsed. */
interface Asked extends PlanOptions {
  base?: string;
  head?: string;
  comment?: string;
  annotations?: string;
  subdirectory?: string;
  maxAge?: number;
}

const dayMs = 86_400_000;

/** A plan of a directory, or with `--base` a comparison of two commits. */
export function planned(options: Asked): Promise<number> {
  const { base, head, comment, annotations, subdirectory, maxAge, ...rest } = options;
  if (base !== undefined) {
    const where = { subdirectory: subdirectory ?? '', maxAgeMs: maxAge ?? dayMs };
    const written = { ...(comment ? { comment } : {}), ...(annotations ? { annotations } : {}) };
    return planChange({ ...rest, ...where, ...written, base, head: head ?? 'HEAD' });
  }
  const lost = Object.entries({
    '--head': head,
    '--comment': comment,
    '--annotations': annotations,
    '--subdirectory': subdirectory,
    '--max-age': maxAge,
  });
  const [flag] = lost.find(([, value]) => value !== undefined) ?? [];
  if (flag === undefined) return plan(rest);
  process.stderr.write(`error: ${flag} needs --base: say what to compare with, such as --base main.\n`);
  return Promise.resolve(exitCodes.error);
}

/** `90m`, `24h` or `7d` in milliseconds. */
export function ageOf(text: string): number {
  if (!/^[0-9]{1,6}(s|m|h|d)$/.test(text)) throw new InvalidArgumentError('Write a time such as 90m, 24h or 7d.');
  return text.endsWith('d') ? Number(text.slice(0, -1)) * dayMs : durationMs(text);
}

/** A time such as 2026-03-01T12:00:00Z, or an age such as 7d. */
export function momentOf(text: string): Moment {
  if (/^[0-9]{1,6}(s|m|h|d)$/.test(text)) return { beforeMs: ageOf(text) };
  const atMs = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(atMs))
    throw new InvalidArgumentError(
      'Write a time such as 2026-03-01T12:00:00Z, a day such as 2026-03-01, or an age such as 7d.',
    );
  return { atMs };
}
