/** What is known of each pair, in columns; see `PairIndex`. A plain value. Lists are never changed in place. */
export interface PairTable {
  /** By `pairName`. */
  names: readonly string[];
  /** When it last sent, within a minute; `never` also when that is forgotten. */
  seenAtMs: readonly number[];
  /** Rate when nothing held the pair back; `unknown` if that was never so. */
  freeMbps: readonly number[];
  /** A rate that becomes `freeMbps` if nothing holds the pair back for a whole window from then on; `unknown` if there is none. */
  candidateMbps: readonly number[];
  candidateAtMs: readonly number[];
  /** When its path was last seen saturated, since the window began. */
  heldBackAtMs: readonly number[];
  /** Factor by which the demand of a pair that is held back is presumed to exceed what is seen. */
  growth: readonly number[];
  /** When `growth` last changed; `never` while it is not in use. */
  grownAtMs: readonly number[];
}

/** Before all times. */
export const never = -Number.MAX_VALUE;
/** No rate. */
export const unknown = -1;

/** What the columns hold of a pair of which nothing is known. */
const nothing: Readonly<Record<Column, number>> = {
  seenAtMs: never,
  freeMbps: unknown,
  candidateMbps: unknown,
  candidateAtMs: never,
  heldBackAtMs: never,
  growth: 1,
  grownAtMs: never,
};

type Column = Exclude<keyof PairTable, 'names'>;

/** A table of no pair yet. */
export function emptyTable(): PairTable {
  return tableOf([], () => []);
}

/** The table with rows for all of `names`, which begin with those that it has. */
export function withNames(pairs: PairTable, names: readonly string[]): PairTable {
  if (names === pairs.names) return pairs;
  const more = names.length - pairs.names.length;
  return tableOf(names, (column) => pairs[column].concat(new Array<number>(more).fill(nothing[column])));
}

/** What is still known after a change of topology or mapping: also rates at which nothing had held a pair back since `untilMs`. */
export function interrupted(pairs: PairTable, untilMs: number): PairTable {
  const cleared = (column: Column) => pairs[column].map(() => nothing[column]);
  const isProven = (row: number) =>
    pairs.candidateMbps[row] !== unknown && (pairs.candidateAtMs[row] ?? Number.POSITIVE_INFINITY) <= untilMs;
  return {
    ...pairs,
    freeMbps: pairs.freeMbps.map((free, row) => (isProven(row) ? (pairs.candidateMbps[row] ?? unknown) : free)),
    candidateMbps: cleared('candidateMbps'),
    candidateAtMs: cleared('candidateAtMs'),
    heldBackAtMs: cleared('heldBackAtMs'),
  };
}

/** How long a pair may be quiet before what is known of it is forgotten. */
export const memoryMs = 600_000;

/** What is still worth knowing. */
export function remembered(pairs: PairTable, nowMs: number): PairTable {
  const isOld = (seenAtMs: number | undefined = never) => seenAtMs !== never && nowMs - seenAtMs > memoryMs;
  if (!pairs.seenAtMs.some(isOld)) return pairs;
  return tableOf(pairs.names, (column) =>
    pairs[column].map((value, row) => (isOld(pairs.seenAtMs[row]) ? nothing[column] : value)),
  );
}

/** A column that is copied when something in it changes for the first time. */
class ColumnDraft {
  values: readonly number[];
  #copy: number[] | null = null;

  constructor(values: readonly number[]) {
    this.values = values;
  }

  of(row: number): number {
    return this.values[row] ?? Number.NaN;
  }

  set(row: number, value: number): void {
    if (this.values[row] === value) return;
    this.#copy ??= this.values.slice();
    this.values = this.#copy;
    this.#copy[row] = value;
  }
}

/** A table that is about to be replaced. */
export class TableDraft {
  readonly seenAtMs: ColumnDraft;
  readonly freeMbps: ColumnDraft;
  readonly candidateMbps: ColumnDraft;
  readonly candidateAtMs: ColumnDraft;
  readonly heldBackAtMs: ColumnDraft;
  readonly growth: ColumnDraft;
  readonly grownAtMs: ColumnDraft;
  readonly #names: readonly string[];

  constructor(before: PairTable) {
    this.#names = before.names;
    this.seenAtMs = new ColumnDraft(before.seenAtMs);
    this.freeMbps = new ColumnDraft(before.freeMbps);
    this.candidateMbps = new ColumnDraft(before.candidateMbps);
    this.candidateAtMs = new ColumnDraft(before.candidateAtMs);
    this.heldBackAtMs = new ColumnDraft(before.heldBackAtMs);
    this.growth = new ColumnDraft(before.growth);
    this.grownAtMs = new ColumnDraft(before.grownAtMs);
  }

  get value(): PairTable {
    return tableOf(this.#names, (column) => this[column].values);
  }
}

function tableOf(names: readonly string[], valuesOf: (column: Column) => readonly number[]): PairTable {
  return {
    names,
    seenAtMs: valuesOf('seenAtMs'),
    freeMbps: valuesOf('freeMbps'),
    candidateMbps: valuesOf('candidateMbps'),
    candidateAtMs: valuesOf('candidateAtMs'),
    heldBackAtMs: valuesOf('heldBackAtMs'),
    growth: valuesOf('growth'),
    grownAtMs: valuesOf('grownAtMs'),
  };
}
