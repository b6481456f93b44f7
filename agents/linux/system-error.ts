import { getSystemErrorMap } from 'node:util';

/** The kernel's answer in words, for a (positive or negative) errno: `EPERM (operation not permitted)`. */
export function describeErrno(errno: number): string {
  const known = getSystemErrorMap().get(-Math.abs(errno));
  return known ? `${known[0]} (${known[1]})` : `errno ${Math.abs(errno)}`;
}
