import type { Range } from '../generated/types.js';
import type { FieldPath, TextPart } from '../validate/document.js';
import type { LineTable } from '../validate/line-table.js';
import { writtenOffsets } from '../validate/written-offsets.js';
import { afterBlanks, afterString, afterValue } from './json-scan.js';

/** Where an entry of an object or a list is written; a list's have no key. */
interface Entry {
  key?: { start: number; end: number };
  start: number;
  end: number;
}

type Entries = ReadonlyMap<string, Entry>;

/** The value of a JSON text, and where each part of it is written. Places are looked for when they are asked for. */
export class JsonValue {
  readonly value: unknown;
  readonly #text: string;
  readonly #lines: LineTable;
  /** By position of an object or a list. */
  readonly #known = new Map<number, Entries>();

  /** `text` is JSON. */
  constructor(text: string, lines: LineTable) {
    this.value = JSON.parse(text);
    this.#text = text;
    this.#lines = lines;
  }

  /** Where the value of a field is written, or of the nearest field above it; of a text, perhaps only a part. */
  locate(field: FieldPath, part?: TextPart): Range {
    const { start, end } = this.#find(field);
    if (part === undefined || this.#text.charAt(start) !== '"') return this.#lines.range(start, end);
    const source = this.#text.slice(start, end);
    const offsets = writtenOffsets(source, JSON.parse(source) as string, 'QUOTE_DOUBLE');
    const from = offsets[part.start] ?? 0;
    const to = part.end > part.start ? (offsets[part.end - 1] ?? from) + 1 : from;
    return this.#lines.range(start + from, start + to);
  }

  /** Where the key of a field is written; for an entry of a list, where it begins. */
  locateKey(field: FieldPath): Range {
    const { key, start, end } = this.#find(field);
    return key ? this.#lines.range(key.start, key.end) : this.#lines.range(start, field.length > 0 ? end : start + 1);
  }

  #find(field: FieldPath): Entry {
    const start = afterBlanks(this.#text, 0);
    let entry: Entry = { start, end: afterValue(this.#text, start) };
    for (const part of field) {
      const inner = this.#entriesOf(entry.start).get(String(part));
      if (inner === undefined) return entry;
      entry = inner;
    }
    return entry;
  }

  #entriesOf(at: number): Entries {
    const known = this.#known.get(at) ?? this.#readEntries(at);
    this.#known.set(at, known);
    return known;
  }

  #readEntries(at: number): Entries {
    const text = this.#text;
    const entries = new Map<string, Entry>();
    const isList = text.charAt(at) === '[';
    if (!isList && text.charAt(at) !== '{') return entries;
    let place = afterBlanks(text, at + 1);
    while (text.charAt(place) !== '}' && text.charAt(place) !== ']') {
      const keyEnd = isList ? place : afterString(text, place);
      const start = isList ? place : afterBlanks(text, afterBlanks(text, keyEnd) + 1);
      const end = afterValue(text, start);
      if (isList) entries.set(String(entries.size), { start, end });
      else
        entries.set(JSON.parse(text.slice(place, keyEnd)) as string, {
          key: { start: place, end: keyEnd },
          start,
          end,
        });
      place = afterBlanks(text, end);
      if (text.charAt(place) === ',') place = afterBlanks(text, place + 1);
    }
    return entries;
  }
}
