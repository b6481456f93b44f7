/** From values of one level to one value of the level above. Of nothing, a product is 1 and all others are 0. */
export const aggregators = {
  sum: 'Sum.',
  min: 'Least value.',
  max: 'Greatest value.',
  mean: 'Mean.',
  deviation: 'Standard deviation, of all values rather than of a sample.',
  product: 'Product of values between 0 and 1.',
} as const;

export type Aggregator = keyof typeof aggregators;

export function isAggregator(name: string): name is Aggregator {
  return Object.hasOwn(aggregators, name);
}

/** From values at one level to a value at the same level. */
export const rowFunctions = {
  min: 'The least of two values or more.',
  max: 'The greatest of two values or more.',
  abs: 'The value without its sign.',
} as const;

export type RowFunctionName = keyof typeof rowFunctions;

export function isRowFunction(name: string): name is RowFunctionName {
  return Object.hasOwn(rowFunctions, name);
}

/** With one argument these aggregate, with more they do not. */
export function takesMany(name: Aggregator | RowFunctionName): boolean {
  return name === 'min' || name === 'max';
}

export const functionNames: readonly string[] = [
  ...new Set([...Object.keys(aggregators), ...Object.keys(rowFunctions)]),
];
