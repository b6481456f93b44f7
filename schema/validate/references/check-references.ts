import type { Diagnostic } from '../../generated/types.js';
import { sorted } from '../diagnostic.js';
import type { LocatedDocument } from '../document.js';
import { checkAdaptation } from './adaptation.js';
import { checkAddresses } from './addresses.js';
import { checkAdmissionRules } from './admission-rules.js';
import { checkCapacity } from './capacity.js';
import { checkCarriages } from './carriages.js';
import { checkChangeLimits } from './change-limits.js';
import { checkDemands } from './demands.js';
import { checkLans } from './lans.js';
import { checkLinkPolicies } from './link-policies.js';
import { checkMachines } from './machines.js';
import { checkNames } from './names.js';
import { checkObjectives } from './objectives.js';
import { checkPaths } from './paths.js';
import { checkPlacement } from './placement.js';
import { type Check, Repository, type UnusableNames } from './repository.js';
import { checkSchedules } from './schedules.js';
import { checkSuspensions } from './suspensions.js';
import { checkTargets } from './targets.js';
import { checkZeros } from './zeros.js';

const checks: Check[] = [
  checkNames,
  checkTargets,
  checkAddresses,
  checkPaths,
  checkCarriages,
  checkLans,
  checkPlacement,
  checkDemands,
  checkCapacity,
  checkSchedules,
  checkMachines,
  checkZeros,
  checkAdaptation,
  checkObjectives,
  checkAdmissionRules,
  checkLinkPolicies,
  checkChangeLimits,
  checkSuspensions,
];

const nothingUnusable: UnusableNames = { names: new Set(), kinds: new Set() };

/**
 * What documents that each fit their schema say against one another, or against what is possible; by file, then position.
 * @param unusable documents that exist but do not fit their schema
 */
export function checkReferences(
  documents: readonly LocatedDocument[],
  unusable: UnusableNames = nothingUnusable,
): Diagnostic[] {
  const repository = new Repository(documents, unusable);
  return sorted(checks.flatMap((check) => check(repository)));
}
