import { type Document, isMap, isScalar, type Pair, parseAllDocuments, type Scalar, type YAMLMap } from 'yaml';
import type { Periodic } from '../schema/adjusted-schedule.js';

/** Text of a file with another period and slice in the schedule of a VMSet; all else stays as it was written. Null: it has no such set. */
export function withSchedule(text: string, set: string, { periodUs, sliceUs }: Periodic): string | null | Error {
  const document = parseAllDocuments(text).find((each) => isSet(each, set));
  if (document === undefined) return null;
  const schedule = document.getIn(['spec', 'schedule'], true);
  if (!isMap(schedule)) return new Error(`the schedule of VMSet ${set} is not written out: write it there`);
  const splices = [
    ...put(text, schedule, 'period', ['period'], durationText(periodUs)),
    ...put(text, schedule, 'slice', ['slice', 'utilisation'], durationText(sliceUs)),
  ];
  // From the end, so that places before stay what they are; of two at one place the first comes first.
  return splices
    .map((splice, order) => ({ ...splice, order }))
    .sort((a, b) => b.start - a.start || b.order - a.order)
    .reduce((so, { start, end, by }) => so.slice(0, start) + by + so.slice(end), text);
}

interface Splice {
  start: number;
  end: number;
  by: string;
}

function isSet(document: Document.Parsed | Document, set: string): boolean {
  return document.get('kind') === 'VMSet' && document.getIn(['metadata', 'name']) === set;
}

/** Writes a field in place of whichever of `instead` is there, or behind the class. */
function put(text: string, schedule: YAMLMap, field: string, instead: readonly string[], value: string): Splice[] {
  const pairs = schedule.items.filter(isPlain);
  const there = pairs.find(({ key }) => instead.includes(String(key.value)));
  if (there !== undefined) return [{ ...extent(there), by: `${field}: ${value}` }];
  const behind = pairs.find(({ key }) => key.value === 'class');
  if (behind === undefined) return [];
  const { start, end } = extent(behind);
  if (schedule.flow) return [{ start: end, end, by: `, ${field}: ${value}` }];
  const newline = text.indexOf('\n', end);
  const at = newline < 0 ? text.length : newline;
  const indentation = ' '.repeat(start - (text.lastIndexOf('\n', start) + 1));
  return [{ start: at, end: at, by: `\n${indentation}${field}: ${value}` }];
}

type Plain = Pair<Scalar, Scalar>;

function isPlain(pair: Pair): pair is Plain {
  return isScalar(pair.key) && isScalar(pair.value);
}

/** From the beginning of the field's name to the end of its value. */
function extent({ key, value }: Plain): { start: number; end: number } {
  return { start: key.range?.[0] ?? 0, end: value?.range?.[1] ?? 0 };
}

const units = [
  [3_600_000_000, 'h'],
  [60_000_000, 'm'],
  [1_000_000, 's'],
  [1000, 'ms'],
] as const;

/** As documents write it, exactly: in the largest unit of which it has at most three decimals. */
function durationText(us: number): string {
  const [factor, unit] = units.find(([size]) => us >= size && Number.isInteger((us / size) * 1000)) ?? [1, 'us'];
  return `${us / factor}${unit}`;
}
