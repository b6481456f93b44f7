/**
 * From `first` to `last` as `share` goes from 0 to 1, by equal factors. Without powers, which releases of Node compute to different last
 * bits; exponentials and logarithms are the same in all of them.
 */
export function geometric(first: number, last: number, share: number): number {
  return first * Math.exp(share * Math.log(last / first));
}
