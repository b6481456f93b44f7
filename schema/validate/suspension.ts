import type { Kind, OperatorDocument } from './document.js';

/** The annotation that takes an object out of the reconciler's hands; `disabled` is its one value. */
export const reconcileAnnotation = 'virtuoso.dev/reconcile';

/** Kinds of documents whose objects a pass would change. */
export const suspendableKinds = ['Host', 'Site', 'VirtualNetwork', 'VMSet'] as const satisfies readonly Kind[];
export type SuspendableKind = (typeof suspendableKinds)[number];

export function isSuspendable(kind: Kind): kind is SuspendableKind {
  return (suspendableKinds as readonly Kind[]).includes(kind);
}

/** Whether a document of such a kind says that its object is to be left as it is. */
export function isSuspended({ metadata }: Pick<OperatorDocument, 'metadata'>): boolean {
  return metadata.annotations?.[reconcileAnnotation] === 'disabled';
}
