import { stringify } from 'yaml';
import { type Draw, drawFrom, pick } from '../../test/generators/draw.js';
import type { BaseFile } from './base-repositories.js';
import { mutateBytes, mutateText, mutateValue } from './mutate.js';

/** A repository that may be wrong in any way. */
export interface DrawnRepository {
  /** Contents by path. */
  files: Map<string, Uint8Array>;
  /** What was done to it, for whoever looks for the cause. */
  ways: string[];
}

interface WorkFile {
  path: string;
  /** Null once its documents have changed. */
  text: string | null;
  documents: unknown[];
}

/** Quantities at the ends of what can be written, and beyond. */
const extremes: readonly unknown[] = [
  ...[0, -1, 1, 0.5, -0.5, 2 ** 31, 2 ** 53, 1e15, -1e15, 1e308, -1e-320],
  ...[
    '0',
    '1',
    '-1',
    '1e300',
    '0Mbps',
    '1Kbps',
    '999999999Gbps',
    '1ms',
    '0s',
    '999999h',
    '1Ki',
    '999999Ti',
    '1m',
    '999999999',
  ],
];
/** Names that mean something to JavaScript, to YAML, or to a terminal. */
const names = [
  ...[
    'constructor',
    'valueof',
    'tostring',
    '__proto__',
    'hasownproperty',
    'null',
    'true',
    '0',
    '1e3',
    'a',
    'x'.repeat(63),
    'any',
  ],
  ...[
    'none',
    'not-any',
    'group',
    '',
    ' ',
    '-',
    '../x',
    'a/b',
    '\u001b[31m',
    '\u202e',
    'é',
    'e\u0301',
    '\ud800',
    'a\nb',
    '*',
    '~',
  ],
];

type Way = (draw: Draw, files: WorkFile[]) => void;

/** Changes of documents as values. */
const ways: Record<string, Way> = {
  change: (draw, files) => withDocument(draw, files, (value) => mutateValue(draw, value)),
  extreme: (draw, files) => setLeaf(draw, files, isQuantity, () => pick(draw, extremes)),
  swap: (draw, files) => {
    const others = leavesOf(files);
    if (others.length > 0)
      setLeaf(
        draw,
        files,
        () => true,
        () => pick(draw, others).value,
      );
  },
  rename: (draw, files) => {
    const texts = leavesOf(files).filter(({ key, value }) => key === 'name' && typeof value === 'string');
    if (texts.length === 0) return;
    const before = pick(draw, texts).value;
    const after = pick(draw, names);
    for (const file of files) {
      file.documents = file.documents.map((document) => replaced(document, before, after));
      file.text = null;
    }
  },
  lose: (draw, files) => withFile(draw, files, (file) => file.documents.splice(draw(file.documents.length), 1)),
  double: (draw, files) =>
    withFile(draw, files, (file) => file.documents.push(structuredClone(pick(draw, file.documents)))),
  many: (draw, files) => {
    const lists = listsOf(files);
    if (lists.length === 0) return;
    const list = pick(draw, lists);
    const item = pick(draw, list);
    for (let left = draw(200); left > 0; left--) list.push(structuredClone(item));
    for (const file of files) file.text = null;
  },
  move: (draw, files) => withFile(draw, files, (file) => (file.path = `${pick(draw, folders)}/${draw(3)}-moved.yaml`)),
};

/** Ways that often leave a repository valid. */
const mild = ['extreme', 'lose', 'swap', 'many', 'rename', 'double'];
const folders = ['inventory', 'desired', 'policies', 'desired/deep/er', 'desired/.hidden', 'other'];

/** A repository made of one of `bases`; the same for the same seed. */
export function drawRepository(seed: number, bases: readonly BaseFile[][]): DrawnRepository {
  const draw = drawFrom(seed);
  const files: WorkFile[] = structuredClone(pick(draw, bases)) as WorkFile[];
  const done: string[] = [];
  const mode = draw(4);
  // Most mistakes keep `plan` from being asked: half of all repositories have one mild change, or two.
  const [most, choice] = mode < 2 ? [2, mild] : [5, Object.keys(ways)];
  for (let left = 1 + draw(most); left > 0; left--) {
    const way = pick(draw, choice);
    done.push(way);
    ways[way]?.(draw, files);
  }
  const written = new Map(files.map((file) => [file.path, Buffer.from(textOf(draw, file)) as Uint8Array]));
  const damages = mode === 3 ? 1 + draw(3) : 0;
  for (let left = damages; left > 0; left--) damage(draw, written, done);
  return { files: written, ways: done };
}

function damage(draw: Draw, files: Map<string, Uint8Array>, done: string[]): void {
  const path = pick(draw, [...files.keys()]);
  const content = Buffer.from(files.get(path) ?? []);
  const way = draw(3);
  done.push(['text', 'bytes', 'noise'][way] ?? '');
  if (way === 0) files.set(path, Buffer.from(mutateText(draw, content.toString('utf8'))));
  else if (way === 1) files.set(path, mutateBytes(draw, content));
  else
    files.set(
      `desired/noise-${draw(3)}.yaml`,
      Uint8Array.from({ length: draw(400) }, () => draw(256)),
    );
}

function textOf(draw: Draw, { text, documents }: WorkFile): string {
  if (text !== null) return text;
  const form = draw(4);
  if (form === 0) return documents.map((document) => `${JSON.stringify(document)}\n`).join('---\n');
  return documents.map((document) => stringify(document, { version: form === 1 ? '1.1' : '1.2' })).join('---\n');
}

function withFile(draw: Draw, files: WorkFile[], change: (file: WorkFile) => void): void {
  const filled = files.filter(({ documents }) => documents.length > 0);
  if (filled.length === 0) return;
  const file = pick(draw, filled);
  change(file);
  file.text = null;
}

function withDocument(draw: Draw, files: WorkFile[], change: (document: unknown) => unknown): void {
  withFile(draw, files, (file) => {
    const at = draw(file.documents.length);
    file.documents[at] = change(file.documents[at]);
  });
}

interface Leaf {
  parent: Record<string, unknown>;
  key: string;
  value: unknown;
}

function setLeaf(draw: Draw, files: WorkFile[], fits: (leaf: Leaf) => boolean, made: () => unknown): void {
  withFile(draw, files, (file) => {
    const leaves = leavesOf([file]).filter(fits);
    if (leaves.length === 0) return;
    const { parent, key } = pick(draw, leaves);
    parent[key] = made();
  });
}

const isQuantity = ({ value }: Leaf): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^-?\d/.test(value));

function leavesOf(files: readonly WorkFile[]): Leaf[] {
  const leaves: Leaf[] = [];
  for (const { documents } of files)
    visit(documents, (parent, key, value) => {
      if (value === null || typeof value !== 'object') leaves.push({ parent, key, value });
    });
  return leaves;
}

function listsOf(files: readonly WorkFile[]): unknown[][] {
  const lists: unknown[][] = [];
  for (const { documents } of files)
    visit(documents, (_parent, _key, value) => {
      if (Array.isArray(value) && value.length > 0) lists.push(value);
    });
  return lists;
}

function visit(value: unknown, look: (parent: Record<string, unknown>, key: string, value: unknown) => void): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, inner] of Object.entries(value)) {
    look(value as Record<string, unknown>, key, inner);
    visit(inner, look);
  }
}

function replaced(value: unknown, before: unknown, after: string): unknown {
  if (value === before) return after;
  if (Array.isArray(value)) return value.map((each) => replaced(each, before, after));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replaced(inner, before, after)]));
}
