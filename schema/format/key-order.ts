import { type Alias, type Document, isMap, isScalar, type Node, type Pair, visit, type YAMLMap } from 'yaml';

const documentKeys = ['apiVersion', 'kind', 'metadata', 'spec'];
const metadataKeys = ['name'];

/**
 * Puts the fields of a document in their order: what it is, its name, what it says. Fields without a place come behind, as they were
 * written. Nothing is moved where an alias would then stand for something else.
 */
export function orderKeys(document: Document): void {
  const { contents } = document;
  if (!isMap(contents)) return;
  const metadata = contents.items.find((pair) => nameOf(pair) === 'metadata')?.value;
  const maps = isMap(metadata) ? [contents, metadata] : [contents];
  const written = maps.map((map) => [...map.items]);
  const first = contents.items[0];
  const before = targetsOf(document);
  arrange(contents, documentKeys);
  if (isMap(metadata)) arrange(metadata, metadataKeys);
  const after = targetsOf(document);
  if ([...before].every(([alias, target]) => after.get(alias) === target)) moveHeading(first, contents.items[0]);
  else for (const [place, map] of maps.entries()) map.items = written[place] ?? map.items;
}

function arrange(map: YAMLMap, order: readonly string[]): void {
  const rank = (pair: Pair) => {
    const place = order.indexOf(nameOf(pair));
    return place < 0 ? order.length : place;
  };
  map.items = map.items.toSorted((a, b) => rank(a) - rank(b));
}

/** What stands above the first field is about the whole document. */
function moveHeading(from: Pair | undefined, to: Pair | undefined): void {
  if (from === to || !isScalar(from?.key) || !isScalar(to?.key) || !from.key.commentBefore) return;
  to.key.commentBefore = [from.key.commentBefore, to.key.commentBefore].filter(Boolean).join('\n');
  from.key.commentBefore = null;
}

/** What each alias stands for: the last node above it with its anchor. */
function targetsOf(document: Document): Map<Alias, Node | undefined> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  visit(document, {
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias: (_key, alias) => {
      targets.set(alias, anchors.get(alias.source));
    },
  });
  return targets;
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}
