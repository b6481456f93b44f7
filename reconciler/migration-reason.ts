import type { Plan } from '../schema/generated/types.js';
import { keepsConstraints } from './pass/pull-levers.js';

/** Why VMs are moved: they may not stay, or somewhere else is better, perhaps where they were before. */
export type MigrationReason = 'constraints' | 'gain' | 'return';

/** Why a plan moves VMs, by the lever that was pulled. */
export function migrationReason({ decision }: Pick<Plan, 'decision'>): MigrationReason {
  const pulled = decision.levers?.find(({ outcome }) => outcome === 'pulled');
  if (pulled === undefined || pulled.reason === keepsConstraints) return 'constraints';
  return pulled.lever === 'return' ? 'return' : 'gain';
}
