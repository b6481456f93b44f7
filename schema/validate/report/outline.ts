import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { Range } from '../../generated/types.js';
import { LineTable } from '../line-table.js';
import { parseYaml, type YamlDocument } from '../yaml-syntax.js';

/** Longer names are cut: a text of a document may be as long as its file. */
const maxNameLength = 64;

/** Where something stands in a file, told without line numbers: what is inserted above it does not change that. */
export interface Place {
  /** Number of the document within the file, from 0; undefined where the file has none that can be told apart. */
  index: number | undefined;
  /** For example `VMSet/web`; empty where there is no document. */
  document: string;
  /** For example `spec.members[vm-1].mac`, or the text of the line where there is no document; empty for a whole document. */
  field: string;
}

export interface OutlinedDocument {
  name: string;
  /** Line of its first field, from 1. */
  line: number;
}

/** The documents of a file by name, and what stands where in them, as far as the file can be read. */
export class Outline {
  readonly documents: OutlinedDocument[];
  readonly #nodes: Node[];
  readonly #lines: LineTable;
  readonly #text: string;

  constructor(path: string, text: string) {
    this.#text = text;
    this.#lines = new LineTable(path, text);
    const { documents } = parseYaml(text, this.#lines);
    this.#nodes = documents.flatMap(contentsOf);
    this.documents = this.#nodes.map((node) => ({
      name: documentName(node),
      line: this.#lines.range(startOf(node), startOf(node)).start.line,
    }));
  }

  /** The deepest field that contains a range. */
  placeOf({ start, end }: Range): Place {
    const from = this.#lines.offset(start) ?? this.#text.length;
    const to = this.#lines.offset(end) ?? this.#text.length;
    const index = this.#nodes.findLastIndex((node) => startOf(node) <= from);
    const node = this.#nodes[index];
    if (!node) return { index: undefined, document: '', field: cut(this.#lineAt(start.line)) };
    return { index, document: documentName(node), field: fieldOf(node, from, to) };
  }

  #lineAt(line: number): string {
    const from = this.#lines.offset({ line, column: 1 }) ?? this.#text.length;
    return this.#text
      .slice(from, from + 4 * maxNameLength)
      .split('\n', 1)
      .join('')
      .trim();
  }
}

/** What a document holds; nothing for one of comments alone. */
function contentsOf({ node }: YamlDocument): Node[] {
  const contents = node.contents as Node | null;
  return contents?.range && !(isScalar(contents) && contents.value === null) ? [contents] : [];
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function contains(node: Node, from: number, to: number): boolean {
  const [start, end] = node.range ?? [0, 0];
  return start <= from && to <= Math.max(end, start + 1);
}

function fieldOf(top: Node, from: number, to: number): string {
  let field = '';
  let node: Node | undefined = top;
  while (node) {
    const inner: { part: string; node: Node | undefined } | undefined = isMap(node)
      ? entryAt(node, from, to)
      : isSeq(node)
        ? itemAt(node.items as Node[], from, to)
        : undefined;
    field += inner?.part ?? '';
    node = inner?.node;
  }
  return field.replace(/^\./, '');
}

function entryAt(map: YAMLMap, from: number, to: number): { part: string; node: Node | undefined } | undefined {
  for (const pair of map.items) {
    const [key, value] = [pair.key as Node | null, pair.value as Node | null];
    const part = `.${isScalar(key) ? cut(String(key.value)) : '?'}`;
    if (value && contains(value, from, to)) return { part, node: value };
    if (key && contains(key, from, to)) return { part, node: undefined };
  }
  return undefined;
}

function itemAt(items: Node[], from: number, to: number): { part: string; node: Node } | undefined {
  const index = items.findIndex((item) => contains(item, from, to));
  const item = items[index];
  return item && { part: `[${entryName(item, index)}]`, node: item };
}

/** An entry of a list by its name, or by the first values in it: its number changes when others come before it. */
function entryName(item: Node, index: number): string {
  if (isScalar(item)) return cut(String(item.value));
  if (!isMap(item)) return `#${index}`;
  const name = textOf(item, 'name');
  if (name !== undefined) return name;
  const values = item.items.flatMap(({ key, value }) =>
    isScalar(key) && isScalar(value) ? [`${cut(String(key.value))}=${cut(String(value.value))}`] : [],
  );
  return values.length > 0 ? values.slice(0, 2).join(',') : `#${index}`;
}

function documentName(node: Node): string {
  if (!isMap(node)) return 'document';
  const metadata = node.get('metadata', true) as unknown;
  const name = isMap(metadata) ? textOf(metadata, 'name') : undefined;
  const kind = textOf(node, 'kind') ?? 'document';
  return name === undefined ? kind : `${kind}/${name}`;
}

function textOf(map: YAMLMap, key: string): string | undefined {
  const value: unknown = map.get(key, true);
  return isScalar(value) && value.value !== null ? cut(String(value.value)) : undefined;
}

function cut(text: string): string {
  return text.slice(0, maxNameLength);
}
