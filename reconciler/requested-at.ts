import type { OperatorDocument } from '../schema/validate/document.js';

/** The annotation by which people ask for a pass: a new time in it, on any document. */
export const requestedAtAnnotation = 'virtuoso.dev/requestedAt';

/** The newest time at which documents ask for a pass; null when none does. Values that are no time ask for nothing. */
export function requestedAt(documents: readonly Pick<OperatorDocument, 'metadata'>[]): string | null {
  let newest: string | null = null;
  for (const { metadata } of documents) {
    const value = metadata.annotations?.[requestedAtAnnotation];
    const atMs = value === undefined ? Number.NaN : Date.parse(value);
    if (value !== undefined && !Number.isNaN(atMs) && (newest === null || atMs > Date.parse(newest))) newest = value;
  }
  return newest;
}
