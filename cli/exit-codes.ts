/** What a verb's exit code tells a script. */
export const exitCodes = { ok: 0, error: 1, changes: 2, denied: 3, infeasible: 4, stale: 5 } as const;
