/** Lists of numbers as one: those of `of` from `first[of]` to before `first[of + 1]`. */
export interface Lists {
  all: Int32Array;
  first: Int32Array;
}

export function listsOf(lists: readonly (readonly number[])[]): Lists {
  const first = new Int32Array(lists.length + 1);
  lists.forEach((list, place) => {
    first[place + 1] = (first[place] as number) + list.length;
  });
  const all = new Int32Array(first[lists.length] as number);
  lists.forEach((list, place) => {
    all.set(list, first[place]);
  });
  return { all, first };
}

/** The places of each value of `valueAt`, which are below `values`; ascending. */
export function placesByValue(valueAt: Int32Array, values: number): Lists {
  const first = new Int32Array(values + 1);
  for (const value of valueAt) (first[value + 1] as number)++;
  for (let value = 0; value < values; value++) (first[value + 1] as number) += first[value] as number;
  const all = new Int32Array(valueAt.length);
  const next = first.slice();
  valueAt.forEach((value, place) => {
    all[(next[value] as number)++] = place;
  });
  return { all, first };
}
