/** Least to most. A dot is nothing, a space where row and column are the same. */
const steps = ':-=+*#%@';
const maxRows = 48;
const maxLabelWidth = 20;
/** Up to so many columns there is room for a space between them. */
const roomyColumns = 24;

export interface HeatMatrix {
  /** Rows, which are the columns as well, in their order. */
  names: readonly string[];
  /** Cells that hold something, once each, by the places of their names. */
  cells: readonly { row: number; column: number; value: number }[];
  /** What a row or column stands for, in the plural. */
  what: string;
  unit: string;
  /** Neighbours share a row when there are too many: what their cell then holds of two. */
  fold: { name: string; of(a: number, b: number): number };
}

/** A square matrix drawn with one character a cell, each step an eighth of the largest value; at most 80 columns wide. */
export function heatMatrix({ names, cells, what, unit, fold }: HeatMatrix): string[] {
  const each = Math.max(1, Math.ceil(names.length / maxRows));
  const count = Math.ceil(names.length / each);
  const folded = new Map<number, number>();
  for (const { row, column, value } of cells) {
    const place = Math.floor(row / each) * count + Math.floor(column / each);
    const known = folded.get(place);
    folded.set(place, known === undefined ? value : fold.of(known, value));
  }
  const largest = [...folded.values()].reduce((most, value) => Math.max(most, value), 0);
  const places = Array.from({ length: count }, (_, place) => place);
  const digits = String(count).length;
  const number = (place: number) => String(place + 1).padStart(digits);
  const labels = places.map((place) => `${number(place)} ${label(names.slice(place * each, (place + 1) * each))}`);
  const width = Math.max(...labels.map((text) => text.length));
  const gap = count > roomyColumns ? '' : ' ';
  const line = (text: string, characters: string[]) => `  ${text.padEnd(width)}  ${characters.join(gap)}`.trimEnd();
  const heads = Array.from({ length: digits }, (_, digit) => {
    const characters = places.map((place) => number(place).charAt(digit));
    return line('', characters);
  });
  const rows = places.map((row) => {
    const characters = places.map((column) => {
      const value = folded.get(row * count + column);
      return value === undefined && row === column ? ' ' : character(value, largest);
    });
    return line(labels[row] ?? '', characters);
  });
  return [
    ...heads,
    ...rows,
    `  From row to column: . none  ${[...steps].join(' ')} in eighths of ${largest.toFixed(1)} ${unit}`,
    ...(each > 1
      ? [`  A row or column stands for ${each} ${what}, a cell for their ${fold.name}: -o json has each.`]
      : []),
  ];
}

function label([first = '', ...more]: readonly string[]): string {
  const rest = more.length === 0 ? '' : ` +${more.length}`;
  const room = maxLabelWidth - rest.length;
  return `${first.length > room ? `${first.slice(0, room - 1)}~` : first}${rest}`;
}

function character(value: number | undefined, largest: number): string {
  if (value === undefined || value <= 0) return '.';
  return steps.charAt(Math.min(steps.length - 1, Math.ceil((value / largest) * steps.length) - 1));
}
