/** Least to most. A dot is nothing, a space where row and column are the same. */
const steps = ':-=+*#%@';
const maxNames = 48;
const maxNameWidth = 20;
/** Up to so many columns there is room for a space between them. */
const roomyColumns = 24;

export interface HeatMatrix {
  /** Rows, which are the columns as well, in their order. */
  names: readonly string[];
  /** Cells that hold something, once each, by the places of their names. */
  cells: readonly { row: number; column: number; value: number }[];
  unit: string;
}

/**
 * A square matrix drawn with one character a cell, each step an eighth of the largest value; at most 80 columns wide. Of more than
 * 48 names, those with the largest sums are shown.
 */
export function heatMatrix({ names, cells, unit }: HeatMatrix): string[] {
  const shown = heaviest(names.length, cells);
  const values = new Map(cells.map(({ row, column, value }) => [row * names.length + column, value]));
  const largest = cells.reduce((most, { value }) => Math.max(most, value), 0);
  const numbers = String(shown.length).length;
  const labels = shown.map((index, place) => `${String(place + 1).padStart(numbers)} ${cut(names[index] ?? '')}`);
  const width = Math.max(...labels.map((label) => label.length));
  const gap = shown.length > roomyColumns ? '' : ' ';
  const heads = Array.from({ length: numbers }, (_, digit) => {
    const digits = shown.map((_index, place) =>
      String(place + 1)
        .padStart(numbers)
        .charAt(digit),
    );
    return `  ${' '.repeat(width)}  ${digits.join(gap)}`.trimEnd();
  });
  const rows = labels.map((label, place) => {
    const characters = shown.map((column) => {
      const row = shown[place] ?? 0;
      return row === column ? ' ' : character(values.get(row * names.length + column), largest);
    });
    return `  ${label.padEnd(width)}  ${characters.join(gap)}`.trimEnd();
  });
  const hidden = names.length - shown.length;
  return [
    ...heads,
    ...rows,
    `  From row to column: . none  ${[...steps].join(' ')} up to ${largest.toFixed(1)} ${unit}, an eighth of it each.`,
    ...(hidden > 0 ? [`  The ${hidden} with the smallest sums are left out: -o json has all.`] : []),
  ];
}

function heaviest(count: number, cells: HeatMatrix['cells']): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  if (count <= maxNames) return all;
  const sums = new Float64Array(count);
  for (const { row, column, value } of cells) {
    sums[row] = (sums[row] ?? 0) + value;
    sums[column] = (sums[column] ?? 0) + value;
  }
  const order = [...all].sort((a, b) => (sums[b] ?? 0) - (sums[a] ?? 0) || a - b);
  return order.slice(0, maxNames).sort((a, b) => a - b);
}

function character(value: number | undefined, largest: number): string {
  if (value === undefined || value <= 0) return '.';
  return steps.charAt(Math.min(steps.length - 1, Math.ceil((value / largest) * steps.length) - 1));
}

function cut(name: string): string {
  return name.length > maxNameWidth ? `${name.slice(0, maxNameWidth - 1)}~` : name;
}
