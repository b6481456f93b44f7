import { type Level, type TermName, terms } from '../../../schema/objective/terms.js';

/** Values of each term: by edge, path, host or VM; those of the whole configuration in a column of one. Units are those of the terms. */
export type Columns = Readonly<Record<TermName, Float64Array>>;

export type RowCounts = Readonly<Record<Exclude<Level, 'whole'>, number>>;

/** Columns of zeros. `wanted` are the terms that an objective has; all others get columns without rows. */
export function emptyColumns(counts: RowCounts, wanted: readonly TermName[]): Columns {
  const names = Object.keys(terms) as TermName[];
  const lengthOf = (name: TermName) => {
    const { level } = terms[name];
    if (!wanted.includes(name)) return 0;
    return level === 'whole' ? 1 : counts[level];
  };
  return Object.fromEntries(names.map((name) => [name, new Float64Array(lengthOf(name))])) as Record<
    TermName,
    Float64Array
  >;
}
