import type { LocatedDocument } from '../../schema/validate/document.js';
import { ofKind } from './documents-by-kind.js';
import { adaptationParameters } from './parameters.js';

const hourMs = 3600e3;

/** How far back migrations matter to any limit of the documents, in ms. */
export function memoryOfMoves(documents: readonly LocatedDocument[]): number {
  const { cooldownMs, returns } = adaptationParameters(ofKind(documents, 'Adaptation')[0]);
  const isHourly = ofKind(documents, 'ChangeLimit').some(
    ({ spec }) =>
      spec.maxMovesPerHour !== undefined ||
      spec.maxMovesOfVmPerHour !== undefined ||
      spec.maxMovedSharePerHour !== undefined,
  );
  return Math.max(cooldownMs, returns.windowMs, isHourly ? hourMs : 0);
}
