const allParts = ['cells', 'step', 'probes', 'cost'] as const;
export type Part = (typeof allParts)[number];

/** What is measured and for how long; all may be set in the environment. */
export interface Options {
  parts: readonly Part[];
  /** Of the matrix, cells whose names match; all if undefined. */
  only: RegExp | undefined;
  /** Application traffic in each cell; at 10 Mb/s half as much again. */
  seconds: number;
  seed: number;
  /** File that takes what every cell has told each second, as lines of JSON. */
  record: string | undefined;
  /** Folder that takes a trace of each cell, for `virtuoso wren analyse`, and the truth of each second beside it. */
  traces: string | undefined;
}

/** A look at whether everything runs, in about five minutes; its figures say little. */
const quickParts: readonly Part[] = ['cells', 'probes', 'cost'];
const quickCells = /^(10M none 0ms|50M poisson 30% 20ms|100M constant 60% 0ms|200M poisson 30% 20ms) .* cubic$/;

/**
 * `WREN_BENCH_QUICK=1`; `WREN_BENCH_PARTS` (of cells, step, probes, cost; comma-separated), `WREN_BENCH_ONLY` (a regular expression
 * for the names of cells, as in `^100M .* cubic$`), `WREN_BENCH_SECONDS`, `WREN_BENCH_SEED`, `WREN_BENCH_RECORD` (a file),
 * `WREN_BENCH_TRACES` (a folder).
 * @throws if one of them is not what it should be.
 */
export function readOptions(environment: NodeJS.ProcessEnv): Options {
  const quick = Boolean(environment.WREN_BENCH_QUICK);
  const parts = (environment.WREN_BENCH_PARTS ?? (quick ? quickParts : allParts).join()).split(',');
  const unknown = parts.find((part) => !allParts.some((each) => each === part));
  if (unknown !== undefined) throw new Error(`WREN_BENCH_PARTS names ${unknown}: choose from ${allParts.join(', ')}`);
  const only = environment.WREN_BENCH_ONLY;
  return {
    parts: allParts.filter((each) => parts.includes(each)),
    only: only === undefined ? (quick ? quickCells : undefined) : new RegExp(only),
    seconds: whole(environment, 'SECONDS', quick ? 10 : 14),
    seed: whole(environment, 'SEED', 1),
    record: environment.WREN_BENCH_RECORD,
    traces: environment.WREN_BENCH_TRACES,
  };
}

function whole(environment: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const text = environment[`WREN_BENCH_${name}`];
  if (text === undefined) return otherwise;
  if (!/^[1-9][0-9]{0,5}$/.test(text)) throw new Error(`WREN_BENCH_${name} is ${text}: set a whole number above 0`);
  return Number(text);
}
