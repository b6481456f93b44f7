import { type Document, isCollection, isMap, isNode, isPair, isScalar, visit, YAMLMap, YAMLSeq } from 'yaml';
import { type Ancestors, keepBesideName, keepBlankLine, putAbove, sendOut, tidy } from './comments.js';
import { orderKeys } from './key-order.js';
import { lineWidth, ScalarStyles } from './scalar-styles.js';

/** Gives a document that was read from `text` its canonical form. The document is changed; its values are not. */
export function canonicalise(document: Document, text: string): void {
  const styles = new ScalarStyles(text);
  document.schema = styles.schema;
  tidy(document);
  visit(document, {
    Pair: (_key, pair) => {
      keepBesideName(pair, text);
      putAbove(pair);
    },
    Alias: (_key, alias) => tidy(alias),
    Scalar: (_key, scalar) => {
      tidy(scalar);
      styles.settle(scalar);
    },
    Collection: (_key, node, path) => {
      tidy(node);
      settleCollection(node, path, text);
    },
  });
  orderKeys(document);
  const { contents } = document;
  if (isNode(contents)) contents.spaceBefore = false;
  const [first] = isMap(contents) ? contents.items : [];
  if (isNode(first?.key)) first.key.spaceBefore = false;
}

function settleCollection(node: YAMLMap | YAMLSeq, path: Ancestors, text: string): void {
  const parent = path.at(-1);
  if (isPair(parent)) node.spaceBefore = false; // no empty line between a name and what it names
  const isInFlow = path.some((each) => isCollection(each) && each.flow);
  if (node.flow && !isInFlow) node.flow = isShort(node, columnOf(path), text);
  if (node.flow) pad(node);
  else {
    sendOut(node, path, text);
    keepBlankLine(node, text);
  }
}

/** Whether what is in brackets was written on one line, and fits there. */
function isShort({ range, items }: YAMLMap | YAMLSeq, column: number, text: string): boolean {
  const written = text.slice(range?.[0], range?.[1]);
  return items.length === 0 || (!written.includes('\n') && column + written.length <= lineWidth);
}

/** Characters before a value on its line, once each level is indented by two. */
function columnOf(path: Ancestors): number {
  const parent = path.at(-1);
  const indentation = 2 * Math.max(0, path.filter((each) => isCollection(each)).length - 1);
  const name = isPair(parent) && isScalar(parent.key) ? String(parent.key.value) : '';
  return indentation + name.length + 2;
}

/** `[a, b]`, but `{ a: b }`. */
function pad(node: YAMLMap | YAMLSeq): void {
  const flowCollectionPadding = node instanceof YAMLSeq ? '' : ' ';
  const write = node instanceof YAMLSeq ? YAMLSeq.prototype.toString : YAMLMap.prototype.toString;
  node.toString = (context, ...callbacks) =>
    write.call(node, context && { ...context, flowCollectionPadding }, ...callbacks);
}
