/** A unit as powers of the two base units, Mb/s and ms. */
export interface Unit {
  readonly rate: number;
  readonly time: number;
}

export const noUnit: Unit = { rate: 0, time: 0 };
export const rateUnit: Unit = { rate: 1, time: 0 };
export const timeUnit: Unit = { rate: 0, time: 1 };

/** Units that numbers may carry, with what one of each is in base units. */
export const unitNames = {
  bps: { unit: rateUnit, factor: 1e-6 },
  kbps: { unit: rateUnit, factor: 1e-3 },
  Mbps: { unit: rateUnit, factor: 1 },
  Gbps: { unit: rateUnit, factor: 1e3 },
  Tbps: { unit: rateUnit, factor: 1e6 },
  us: { unit: timeUnit, factor: 1e-3 },
  ms: { unit: timeUnit, factor: 1 },
  s: { unit: timeUnit, factor: 1e3 },
  m: { unit: timeUnit, factor: 60e3 },
  h: { unit: timeUnit, factor: 3600e3 },
} as const satisfies Record<string, { unit: Unit; factor: number }>;

export type UnitName = keyof typeof unitNames;

export function isUnitName(name: string): name is UnitName {
  return Object.hasOwn(unitNames, name);
}

export function isSameUnit(a: Unit, b: Unit): boolean {
  return a.rate === b.rate && a.time === b.time;
}

/** Unit of a product, or with `sign` -1 of a quotient. */
export function combinedUnit(a: Unit, b: Unit, sign: 1 | -1 = 1): Unit {
  return { rate: a.rate + sign * b.rate, time: a.time + sign * b.time };
}

/** `Mb/s`, `Mb/s per ms`, `ms^2`; `no unit` for a plain number. */
export function unitText(unit: Unit): string {
  const powers = [
    { name: 'Mb/s', power: unit.rate },
    { name: 'ms', power: unit.time },
  ];
  const text = (sign: number) =>
    powers
      .filter(({ power }) => power * sign > 0)
      .map(({ name, power }) => (Math.abs(power) === 1 ? name : `${name}^${Math.abs(power)}`))
      .join(' ');
  const [above, below] = [text(1), text(-1)];
  if (below === '') return above === '' ? 'no unit' : above;
  return `${above === '' ? '1' : above} per ${below}`;
}

/** What a number in a unit carries behind it; undefined for products and quotients of units. */
export function suffixOf(unit: Unit): '' | UnitName | undefined {
  if (isSameUnit(unit, noUnit)) return '';
  if (isSameUnit(unit, rateUnit)) return 'Mbps';
  return isSameUnit(unit, timeUnit) ? 'ms' : undefined;
}
