/** The item at a place that must exist. Throws a `RangeError` elsewhere: that would be a bug. */
export function at<T>(list: readonly T[], place: number): T {
  const item = list[place];
  if (item === undefined) throw new RangeError(`no item ${place} in a list of ${list.length}`);
  return item;
}
