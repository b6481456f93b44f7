/** The application topology: entries of at least `threshold` times the largest, which is what normalising compares. */
export function prune<Entry extends { rateMbps: number }>(matrix: readonly Entry[], threshold: number): Entry[] {
  const largest = matrix.reduce((most, { rateMbps }) => Math.max(most, rateMbps), 0);
  return matrix.filter(({ rateMbps }) => rateMbps > 0 && rateMbps >= threshold * largest);
}
