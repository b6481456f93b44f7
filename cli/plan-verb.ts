import { InvalidArgumentError } from 'commander';
import { durationMs } from '../schema/quantities.js';
import { exitCodes } from './exit-codes.js';
import { type PlanOptions, plan } from './plan.js';
import { planChange } from './plan-change.js';

/** Options of `virtuoso plan` as they are parsed. */
interface Asked extends PlanOptions {
  base?: string;
  head?: string;
  comment?: string;
  subdirectory?: string;
  maxAge?: number;
}

const dayMs = 86_400_000;

/** A plan of a directory, or with `--base` a comparison of two commits. */
export function planned(options: Asked): Promise<number> {
  const { base, head, comment, subdirectory, maxAge, ...rest } = options;
  if (base !== undefined) {
    const where = { subdirectory: subdirectory ?? '', maxAgeMs: maxAge ?? dayMs, ...(comment ? { comment } : {}) };
    return planChange({ ...rest, ...where, base, head: head ?? 'HEAD' });
  }
  const lost = Object.entries({
    '--head': head,
    '--comment': comment,
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
