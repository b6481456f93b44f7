import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Diagnostic, Range } from '../generated/types.js';
import { broken, maxDiagnostics } from './diagnostic.js';
import type { FieldPath, TextPart } from './document.js';
import type { LineTable } from './line-table.js';
import { writtenOffsets } from './written-offsets.js';

/** Nodes that all aliases of a document may stand for together. */
const maxAliasedNodes = 10_000;

interface Converted {
  value: unknown;
  /** Nodes that it would be without aliases. */
  size: number;
}

/** The plain value of a YAML document, and where each part of it is written. */
export class YamlValue {
  readonly value: unknown;
  readonly diagnostics: Diagnostic[] = [];
  /** False when an alias could not be resolved: the value then lacks what it stands for. */
  isWhole = true;
  readonly #contents: Node | null;
  readonly #lines: LineTable;
  readonly #anchors = new Map<string, { node: Node; converted?: Converted }>();
  readonly #targets = new Map<Alias, Node>();
  #aliased = 0;

  constructor(document: Document, lines: LineTable) {
    this.#lines = lines;
    this.#contents = document.contents as Node | null;
    this.value = this.#contents ? this.#convert(this.#contents).value : null;
  }

  /** Where the value of a field is written, or of the nearest field above it; of a text, perhaps only a part. */
  locate(field: FieldPath, part?: TextPart): Range {
    const { node, range } = this.#find(field);
    return (part && node && this.#rangeWithin(node, part)) ?? range;
  }

  /** The value of a field, and where it is written. */
  #find(field: FieldPath): { node: Node | null; range: Range } {
    let node = this.#contents;
    let range = this.#rangeOf(node);
    for (const part of field) {
      const pair = this.#pair(node, part);
      const child = pair ? (pair.value as Node | null) : this.#item(node, part);
      if (!child && !pair) break;
      range = child && !isEmpty(child) ? this.#rangeOf(this.#target(child)) : this.#rangeOf(pair?.key as Node);
      node = child ? this.#target(child) : null;
    }
    return { node, range };
  }

  #rangeWithin(node: Node, { start, end }: TextPart): Range | undefined {
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
    const [first, last] = node.range;
    const offsets = writtenOffsets(this.#lines.slice(first, last), node.value, node.type);
    const from = offsets[start] ?? 0;
    return this.#lines.range(first + from, first + (end > start ? (offsets[end - 1] ?? from) + 1 : from));
  }

  /** Where the key of a field is written; for an entry of a list, where it begins. */
  locateKey(field: FieldPath): Range {
    const last = field.at(-1);
    if (last === undefined) return this.locate(field);
    let node = this.#contents;
    for (const part of field.slice(0, -1))
      node = (this.#pair(node, part)?.value as Node) ?? this.#item(node, part) ?? null;
    const pair = this.#pair(node, last);
    return pair ? this.#rangeOf(pair.key as Node) : this.locate(field);
  }

  #convert(node: Node): Converted {
    if (isAlias(node)) return this.#expand(node);
    const anchor = 'anchor' in node && node.anchor !== undefined ? { node } : undefined;
    if (anchor && 'anchor' in node && node.anchor) this.#anchors.set(node.anchor, anchor);
    const converted = this.#convertPlain(node);
    if (anchor) Object.assign(anchor, { converted });
    return converted;
  }

  #convertPlain(node: Node): Converted {
    if (isScalar(node)) return { value: node.value, size: 1 };
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#convert(item as Node));
      return { value: items.map((item) => item.value), size: total(items) };
    }
    if (isMap(node)) return this.#convertMap(node);
    return { value: null, size: 1 };
  }

  #convertMap(node: YAMLMap): Converted {
    const entries = new Map<string, Converted>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      if (entries.has(name) && this.diagnostics.length <= maxDiagnostics) {
        this.diagnostics.push(broken('VIRT1003', this.#rangeOf(key as Node), `The key \`${name}\` is there twice.`));
      }
      entries.set(name, value ? this.#convert(value as Node) : { value: null, size: 1 });
    }
    // Object.fromEntries defines properties, so that a key `__proto__` is a key like any other.
    const value = Object.fromEntries([...entries].map(([name, converted]) => [name, converted.value]));
    return { value, size: total([...entries.values()]) };
  }

  #expand(alias: Alias): Converted {
    const anchor = this.#anchors.get(alias.source);
    if (!anchor?.converted) {
      const summary = anchor
        ? `The alias \`*${alias.source}\` is inside what it stands for.`
        : `No anchor \`&${alias.source}\` is above the alias \`*${alias.source}\`.`;
      if (this.diagnostics.length <= maxDiagnostics)
        this.diagnostics.push(broken('VIRT1012', this.#rangeOf(alias), summary));
      this.isWhole = false;
      return { value: null, size: 1 };
    }
    const before = this.#aliased;
    this.#aliased += anchor.converted.size;
    if (this.#aliased > maxAliasedNodes) {
      this.isWhole = false;
      if (before <= maxAliasedNodes) {
        const summary = `With this alias, aliases stand for more than ${maxAliasedNodes} values.`;
        this.diagnostics.push(broken('VIRT1011', this.#rangeOf(alias), summary));
      }
      return { value: null, size: 1 };
    }
    this.#targets.set(alias, anchor.node);
    return anchor.converted;
  }

  #target(node: Node | null): Node | null {
    return node && isAlias(node) ? (this.#targets.get(node) ?? node) : node;
  }

  #pair(node: Node | null, key: string | number): Pair | undefined {
    const map = this.#target(node);
    // The last of several equal keys is the one whose value counts.
    return isMap(map) ? map.items.findLast((pair) => isScalar(pair.key) && pair.key.value === String(key)) : undefined;
  }

  #item(node: Node | null, index: string | number): Node | undefined {
    const list = this.#target(node);
    return isSeq(list) ? (list.items[Number(index)] as Node | undefined) : undefined;
  }

  #rangeOf(node: Node | null | undefined): Range {
    const [start, end] = node?.range ?? [0, 0];
    return this.#lines.range(start, end);
  }
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1];
}

function total(parts: Converted[]): number {
  return parts.reduce((sum, { size }) => sum + size, 1);
}
