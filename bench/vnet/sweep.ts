import { existsSync, readdirSync } from 'node:fs';
import { down } from '../../lab/down.js';

/** Of the labs that this benchmark makes; its process and the design follow. */
export const labPrefix = 'bench-';

/** Takes down the labs of all benchmarks for whose process `wanted` holds. */
export async function sweep(wanted: (pid: number) => boolean): Promise<void> {
  const names = ['/run/netns', '/run/virtuoso/lab'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder) : [],
  );
  const labs = names.flatMap((name) => {
    const lab = name.split('.')[0] ?? '';
    const pid = new RegExp(`^${labPrefix}(\\d+)-`).exec(lab)?.[1];
    return pid !== undefined && wanted(Number(pid)) ? [lab] : [];
  });
  for (const lab of new Set(labs)) await down(lab);
}

/** Whether a process with this id runs. */
export const runs = (pid: number): boolean => existsSync(`/proc/${pid}`);
