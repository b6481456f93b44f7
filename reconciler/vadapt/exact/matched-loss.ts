/** Smaller losses are rounding. */
const leastLoss = 1e-9;

/**
 * What a number of demands cannot have together of what each can have alone: of disjoint pairs, what the two lack, added up. Pairs are
 * matched greedily, those that lack most first.
 * @param most of the demands at two places, what both can have together; minus infinity if they exclude each other
 */
export function matchedLoss(alone: readonly number[], most: (a: number, b: number) => number): number {
  const losses: { loss: number; a: number; b: number }[] = [];
  for (let a = 0; a < alone.length; a++) {
    for (let b = a + 1; b < alone.length; b++) {
      const loss = (alone[a] as number) + (alone[b] as number) - most(a, b);
      if (loss > leastLoss) losses.push({ loss, a, b });
    }
  }
  losses.sort((x, y) => (x.loss === y.loss ? 0 : y.loss - x.loss));
  const isMatched = new Uint8Array(alone.length);
  let total = 0;
  for (const { loss, a, b } of losses) {
    if (isMatched[a] === 1 || isMatched[b] === 1) continue;
    isMatched[a] = 1;
    isMatched[b] = 1;
    total += loss;
  }
  return total;
}
