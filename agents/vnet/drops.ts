import type { DropCounter } from '../../schema/generated/types.js';

/** Reasons in the order of `enum drop_reason` in agents/native/vnet.h. */
export const dropReasons = [
  'no-port',
  'spoofed-source',
  'no-rule',
  'hop-budget',
  'short-frame',
  'split-horizon',
  'encapsulation',
  'lan-filter',
  'too-big',
  'unknown-network',
] as const satisfies readonly DropCounter['reason'][];
