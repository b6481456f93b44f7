const allParts = ['grid', 'mixed', 'peers', 'overhead', 'step', 'beyond', 'shield', 'kills'] as const;
export type Part = (typeof allParts)[number];

/** What is measured and for how long; all may be set in the environment. */
export interface Options {
  parts: readonly Part[];
  /** Of grid, mixed and peers, sets whose names match; all if undefined. */
  only: RegExp | undefined;
  /** Of each measurement; longer where periods are long. */
  seconds: number;
  /** Repetitions where figures are medians. */
  rounds: number;
  kills: number;
  seed: number;
}

/** A look at whether everything runs, in about three minutes; its figures say little. */
const quickSets = /^(1 ms 80 %|10 ms 30 %|10 ms 90 %|100 ms 30 %|3 VMs a)/;

/**
 * `VSCHED_BENCH_QUICK=1`; `VSCHED_BENCH_PARTS` (of grid, mixed, peers, overhead, step, beyond, shield, kills; comma-separated),
 * `VSCHED_BENCH_ONLY` (a regular expression for the names of sets, as in `^10 ms`), `VSCHED_BENCH_SECONDS`, `VSCHED_BENCH_ROUNDS`,
 * `VSCHED_BENCH_KILLS`, `VSCHED_BENCH_SEED`.
 * @throws if one of them is not what it should be.
 */
export function readOptions(environment: NodeJS.ProcessEnv): Options {
  const quick = Boolean(environment.VSCHED_BENCH_QUICK);
  const parts = (environment.VSCHED_BENCH_PARTS ?? allParts.join()).split(/[,|]/);
  const unknown = parts.find((part) => !allParts.some((each) => each === part));
  if (unknown !== undefined) throw new Error(`VSCHED_BENCH_PARTS names ${unknown}: choose from ${allParts.join(', ')}`);
  const only = environment.VSCHED_BENCH_ONLY;
  return {
    parts: allParts.filter((each) => parts.includes(each)),
    only: only === undefined ? (quick ? quickSets : undefined) : new RegExp(only),
    seconds: whole(environment, 'SECONDS', quick ? 2 : 5),
    rounds: whole(environment, 'ROUNDS', quick ? 1 : 3),
    kills: whole(environment, 'KILLS', quick ? 30 : 1000),
    seed: whole(environment, 'SEED', 1),
  };
}

function whole(environment: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = environment[`VSCHED_BENCH_${name}`];
  if (text === undefined) return otherwise;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Error(`VSCHED_BENCH_${name} is ${text}: set a whole number above 0`);
  return Number(text);
}
