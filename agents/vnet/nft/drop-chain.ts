import type { DropCounter } from '../../../schema/generated/types.js';
import { hex } from './mark.js';
import type { Draft } from './rule-set.js';

/** What this core sees of drops; the others happen in the kernel before a frame comes to it. */
export const dropReasons = [
  'no-port',
  'spoofed-source',
  'no-rule',
  'hop-budget',
  'split-horizon',
  'encapsulation',
  'lan-filter',
] as const satisfies readonly DropCounter['reason'][];

export type DropReason = (typeof dropReasons)[number];

/** Key of a reason among the counters: smaller than that of any link. */
export function dropKey(reason: DropReason): number {
  return dropReasons.indexOf(reason) + 1;
}

/** The chain that counts a frame and decides nothing more: the policy of the base chain drops it. */
export function dropChain(draft: Draft, reason: DropReason): string {
  return draft.chain(`drop-${reason}`, () => [countDrop(reason)]);
}

export function countDrop(reason: DropReason): string {
  return `meta mark set ${hex(dropKey(reason))} update @counts { meta mark }`;
}
