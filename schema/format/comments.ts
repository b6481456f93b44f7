import {
  type Document,
  isCollection,
  isNode,
  isPair,
  isScalar,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** What is above a node: the document, and the lists, groups and their entries in it, the outermost first. */
export type Ancestors = readonly (Document | Node | Pair)[];

/** The library moves a comment behind a name to the line below. */
export function keepBesideName({ key, value }: Pair, text: string): void {
  if (!isScalar(key) || !isCollection(value) || value.flow || value.anchor !== undefined) return;
  if (!value.commentBefore || key.comment) return;
  const [besideKey = ''] = text.slice(key.range?.[1], value.range?.[0]).split('\n');
  if (!/\s#/.test(besideKey)) return;
  const [comment = '', ...below] = value.commentBefore.split('\n');
  key.comment = comment;
  value.commentBefore = below.join('\n') || null;
}

/** The library forgets the empty line above a comment at the end of a list or group. */
export function keepBlankLine(node: YAMLMap | YAMLSeq, text: string): void {
  if (!node.comment || node.comment.startsWith('\n') || !node.range) return;
  const [first] = commentPlaces(text, node.range[1], node.range[2]);
  if (first !== undefined && isBlankAbove(text, first)) node.comment = `\n${node.comment}`;
}

export function tidy(node: Node | Document): void {
  if (node.comment) node.comment = tidied(node.comment);
  if (node.commentBefore) node.commentBefore = tidied(node.commentBefore);
}

/** Without blanks at the ends of lines, and with at most one empty line between two others. */
function tidied(comment: string): string {
  const lines = comment.split('\n').map((line) => line.trimEnd() || (line === '' ? '' : ' '));
  return lines.join('\n').replace(/\n{3,}/g, '\n\n');
}

/** A comment that begins behind a value and goes on below it would come apart: all of it stands above the name then. */
export function putAbove({ key, value }: Pair): void {
  if (!isScalar(key) || !isScalar(value) || !value.comment?.includes('\n')) return;
  key.commentBefore = joined(key.commentBefore, value.comment);
  value.comment = null;
}

/**
 * The library gives all comments behind a list or group to it, also those that are indented like what comes next, and so are about
 * that.
 */
export function sendOut(node: YAMLMap | YAMLSeq, path: Ancestors, text: string): void {
  if (!node.comment || !node.range) return;
  const [begin, end, commentsEnd] = node.range;
  const places = commentPlaces(text, end, commentsEnd);
  const [own, ...others] = blocksOf(
    node.comment,
    columnAt(text, begin),
    places.map((at) => columnAt(text, at)),
  );
  if (own === undefined || others.length === 0) return;
  const isFirstApart = own.lines.length === 0 ? isBlankAbove(text, places[0] ?? 0) : own.lines.at(-1) === '';
  node.comment = own.lines.join('\n').trimEnd() === '' ? null : own.lines.join('\n').replace(/\n+$/, '');
  // The last first, as each is put before what is there.
  for (const [place, block] of [...others.entries()].reverse()) {
    const isApart = place === 0 ? isFirstApart : others[place - 1]?.lines.at(-1) === '';
    receive([...path, node], block, isApart, text);
  }
}

/** Lines of a comment that belong to one level. */
interface Block {
  column: number;
  lines: string[];
}

/** The first block has what is indented at least like `column`, and may be empty; each further one stands more to the left. */
function blocksOf(comment: string, column: number, columns: readonly number[]): Block[] {
  let block: Block = { column, lines: [] };
  const blocks = [block];
  let seen = 0;
  for (const line of comment.split('\n')) {
    const at = line === '' ? block.column : (columns[seen++] ?? block.column);
    if (at < block.column) {
      block = { column: at, lines: [] };
      blocks.push(block);
    }
    block.lines.push(line);
  }
  return blocks;
}

/** Gives a block to the end of the level that it is indented like, or to what comes next if that is before. */
function receive(path: Ancestors, { column, lines }: Block, isApart: boolean, text: string): void {
  const own = lines.join('\n').replace(/\n+$/, '');
  for (let place = path.length - 2; place >= 0; place--) {
    const [level, branch] = [path[place], path[place + 1]];
    if (!isCollection(level)) continue;
    const items: readonly unknown[] = level.items;
    const next = items[items.indexOf(branch) + 1];
    const taker = isPair(next) ? next.key : next;
    if (isNode(taker)) {
      const isGap = taker.spaceBefore || lines.at(-1) === '';
      taker.commentBefore = `${own}${isGap ? '\n' : ''}${taker.commentBefore ? `\n${taker.commentBefore}` : ''}`;
      taker.spaceBefore = isApart;
      return;
    }
    if (place > 1 && columnAt(text, level.range?.[0] ?? 0) > column) continue;
    level.comment = joined(isApart ? `\n${own}` : own, level.comment);
    return;
  }
}

/** Where the comments begin that have a line of their own. */
function commentPlaces(text: string, start: number, end: number): number[] {
  const begin = text.lastIndexOf('\n', start - 1) + 1;
  return [...text.slice(begin, end).matchAll(/^[ \t]*#/gm)].map(
    ({ index, 0: { length } }) => begin + index + length - 1,
  );
}

function columnAt(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

function isBlankAbove(text: string, offset: number): boolean {
  const line = text.lastIndexOf('\n', offset - 1);
  return line > 0 && text.slice(text.lastIndexOf('\n', line - 1) + 1, line).trim() === '';
}

function joined(above: string | null | undefined, below: string | null | undefined): string {
  return [above, below].filter((part) => part !== null && part !== undefined && part !== '').join('\n');
}
