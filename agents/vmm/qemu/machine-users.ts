/**
 * First of the numbers that machines' users have: above those of people, of packages, and of containers, and never given to anybody by
 * the tools of a distribution.
 */
export const firstUser = 1_879_048_192;

/** The lowest number that no machine of this computer has. Each has one of its own, so that none can touch another's files or processes. */
export function freeUser(taken: Iterable<number>): number {
  const known = new Set(taken);
  for (let user = firstUser; ; user++) if (!known.has(user)) return user;
}
