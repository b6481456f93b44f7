import type { RequestWorld } from './answer.js';

/**
 * Makes ordinary processes of those that nobody may schedule any more: their operators were withdrawn, or they are another user's by
 * now. Gives their numbers. As long as a user cannot be looked up, all stay.
 */
export async function releaseWithdrawn({ vsched, operators, processes, userId }: RequestWorld): Promise<number[]> {
  const tasks = (await vsched.backend?.tasks()) ?? [];
  const own = tasks.filter(({ vm }) => vm === undefined);
  if (own.length === 0) return [];
  const uids = new Set(await Promise.all(operators().map(({ user }) => userId(user))));
  if (uids.has(undefined)) return [];
  const released: number[] = [];
  for (const { process } of own) {
    const seen = processes.look(process.pid);
    if (seen === undefined || seen.process.startTicks !== process.startTicks || uids.has(seen.uid)) continue;
    const outcome = await vsched.backend?.release(process);
    if (outcome?.kind === 'released') released.push(process.pid);
  }
  return released;
}
