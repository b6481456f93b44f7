import type { Diagnostic } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import { isSuspendable, reconcileAnnotation, suspendableKinds } from '../suspension.js';
import type { Check } from './repository.js';

/** Whoever suspends something must not be mistaken in having done so. */
export const checkSuspensions: Check = ({ documents }) =>
  documents.flatMap(({ document, locate }): Diagnostic[] => {
    const value = document.metadata.annotations?.[reconcileAnnotation];
    if (value === undefined) return [];
    const range = locate(['metadata', 'annotations', reconcileAnnotation]);
    if (document.kind === 'Adaptation' || !isSuspendable(document.kind)) {
      const instead = document.kind === 'Adaptation' ? ' Here `spec.suspend: true` suspends all.' : '';
      const summary = `\`${reconcileAnnotation}\` means nothing on ${article(document.kind)} ${document.kind}.${instead}`;
      return [broken('VIRT3031', range, summary, `Remove it, or set it on one of ${suspendableKinds.join(', ')}.`)];
    }
    if (value === 'disabled') return [];
    return [broken('VIRT3030', range, `\`${reconcileAnnotation}\` cannot be ${JSON.stringify(value)}.`)];
  });

const article = (kind: string) => (/^[AEIOU]/.test(kind) ? 'an' : 'a');
