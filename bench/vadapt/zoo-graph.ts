import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';

/** An operator's network: nodes by number, and between which of them there are how many lines. */
export interface ZooGraph {
  nodes: number;
  /** Undirected, each pair once. */
  lines: { a: number; b: number; count: number }[];
}

/** The largest connected part of a graph of the Internet Topology Zoo (GraphML). */
export function readZooGraph(path: string): ZooGraph {
  const names: string[] = [];
  const pairs = new Map<string, number>();
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const { id = '', source = '', target = '' } = attributes as Record<string, string>;
    if (name === 'node') names.push(id);
    if (name !== 'edge' || source === target) return;
    const pair = [source, target].sort().join(' ');
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  });
  parser.write(readFileSync(path, 'utf8')).close();
  return largestPart(names, pairs);
}

function largestPart(names: readonly string[], pairs: ReadonlyMap<string, number>): ZooGraph {
  const near = new Map(names.map((name) => [name, [] as string[]]));
  for (const pair of pairs.keys()) {
    const [a = '', b = ''] = pair.split(' ');
    near.get(a)?.push(b);
    near.get(b)?.push(a);
  }
  const seen = new Set<string>();
  let largest: string[] = [];
  for (const name of names) {
    const part = seen.has(name) ? [] : [name];
    for (const each of part) {
      seen.add(each);
      for (const next of near.get(each) ?? []) if (!seen.has(next) && !part.includes(next)) part.push(next);
    }
    if (part.length > largest.length) largest = part;
  }
  const numbers = new Map(largest.map((name, place) => [name, place]));
  const lines = [...pairs].flatMap(([pair, count]) => {
    const [a = '', b = ''] = pair.split(' ').map((name) => numbers.get(name));
    return typeof a === 'number' && typeof b === 'number' ? [{ a, b, count }] : [];
  });
  return { nodes: largest.length, lines };
}
