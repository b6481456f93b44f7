import type { Inputs } from '../../reconciler/pass/pose.js';
import type { Objective } from '../../schema/generated/types.js';

/** The same inputs, had the operator written another objective. */
export function withObjective(inputs: Inputs, spec: Objective['spec']): Inputs {
  const documents = inputs.documents.map((located) =>
    located.document.kind === 'Objective'
      ? ({ ...located, document: { ...located.document, spec } } as typeof located)
      : located,
  );
  return { ...inputs, documents };
}
