import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.js';
import type { Figure } from '../figure.js';

/** Where public data lies that is no part of the project; null if it does not. `VADAPT_BENCH_DATA` names another place. */
export function dataFolder(name: string): string | null {
  const folder = join(process.env.VADAPT_BENCH_DATA ?? join(packageRoot(), '..', 'shared', 'data'), name);
  return existsSync(folder) ? folder : null;
}

export function withoutData(name: string): Figure[] {
  const what = `${name}: SKIPPED, its data is not there: name the folder that holds ${name}/ in VADAPT_BENCH_DATA`;
  console.error(`WARNING: ${what}`);
  return [{ name: what, value: 0, unit: '', target: '', ok: true }];
}
