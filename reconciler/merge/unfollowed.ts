import type { Diagnostic } from '../../schema/generated/types.js';
import { presets } from '../../schema/objective/read-objective.js';
import { broken } from '../../schema/validate/diagnostic.js';
import type { Located, LocatedDocument } from '../../schema/validate/document.js';

/**
 * Expressions of objectives that are read and checked, but that solvers do not strive for yet. A plan that passed them over in silence
 * would be worse than none.
 */
export function unfollowedExpressions(documents: readonly LocatedDocument[]): Diagnostic[] {
  return documents.flatMap((located) => {
    if (located.document.kind !== 'Objective') return [];
    const { document, locate } = located as Located<'Objective'>;
    const { level, expression = presets[level], tieBreaks = [] } = document.spec;
    const summary = (what: string) => `The ${what} is understood, but nothing strives for it yet.`;
    return [
      ...(expression === presets[level]
        ? []
        : [broken('VIRT5011', locate(['spec', 'expression']), summary('expression'))]),
      ...(tieBreaks.length === 0 ? [] : [broken('VIRT5011', locate(['spec', 'tieBreaks']), summary('tie-break'))]),
    ];
  });
}
