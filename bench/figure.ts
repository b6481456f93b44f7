/** One measured value and what it must be. */
export type Figure = {
  name: string;
  value: number;
  unit: string;
  /** What counts as reached, for people: `>= 10`. Empty if the figure is told without a target. */
  target: string;
  ok: boolean;
};

/** What a file `bench/NAME.bench.ts` exports. */
export type Bench = { run: () => Promise<Figure[]> };
