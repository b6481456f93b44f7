import type { VschedTask } from '../../../schema/generated/types.js';
import type { ScheduledTask } from '../scheduler-backend.js';
import { printable } from './printable.js';

/** As the schema allows. */
const longestTrouble = 2000;

/** What a task got, as clients are told it. */
export function accountWithTrouble({
  account,
  trouble,
}: ScheduledTask): Pick<VschedTask, 'deliveredUs' | 'periods' | 'short' | 'missed' | 'trouble'> {
  return { ...account, ...(trouble === undefined ? {} : { trouble: printable(trouble, longestTrouble) }) };
}
