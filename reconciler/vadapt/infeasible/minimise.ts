export type Verdict = 'fails' | 'holds' | 'unknown';

/**
 * The least of some items that still fails, by leaving out ever smaller runs of them: those at the front go first where there is a
 * choice. `verdict` must be monotone: what holds does so with fewer items too.
 * @returns what is left, and whether leaving out any of it is known to hold
 */
export function minimise<T>(
  items: readonly T[],
  verdict: (items: readonly T[]) => Verdict,
): { left: readonly T[]; isMinimal: boolean } {
  let left = items;
  let isMinimal = true;
  for (let run = Math.ceil(items.length / 2); run >= 1; run = run === 1 ? 0 : Math.ceil(run / 2)) {
    let place = 0;
    while (place < left.length) {
      const rest = [...left.slice(0, place), ...left.slice(place + run)];
      const found = verdict(rest);
      if (found === 'fails') left = rest;
      else place += run;
      if (run === 1 && found === 'unknown') isMinimal = false;
    }
  }
  return { left, isMinimal };
}
