import ts from 'typescript';

/** Where a rule is broken: `path:line: what`. */
export type Breach = string;

/** The rooms whose result may depend on their arguments alone. */
export const isPure = (path: string): boolean =>
  /^(schema|reconciler\/(model|admission|trust|merge|vttif|wren|vsched|vadapt|vreserve|plan))\/|^reconciler\/pass(\.ts$|\/)/.test(
    path,
  );

const impureMembers: Record<string, readonly string[]> = {
  Date: ['now'],
  Math: ['random'],
};
const impureNames = new Set([
  ...['process', 'performance', 'console', 'fetch', 'crypto', 'globalThis'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
]);
const localeMembers = /^(localeCompare|toLocale\w+)$/;

/** Uses of clock, randomness, timers, process or the machine's language in code that must be pure. */
export function impurities(path: string, text: string): Breach[] {
  const breaches: Breach[] = [];
  walk(path, text, (node, breach) => {
    const what = impurity(node);
    if (what !== undefined) breaches.push(breach(`${what} in a pure room: take it as an argument`));
  });
  return breaches;
}

function impurity(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) {
    const owner = ts.isIdentifier(node.expression) ? node.expression.text : '';
    if (impureMembers[owner]?.includes(node.name.text)) return `${owner}.${node.name.text}`;
    if (localeMembers.test(node.name.text)) return node.name.text;
  }
  const isDate = (made: ts.Expression) => ts.isIdentifier(made) && made.text === 'Date';
  if (ts.isNewExpression(node) && isDate(node.expression) && !node.arguments?.length) return 'new Date()';
  if (ts.isCallExpression(node) && isDate(node.expression)) return 'Date()';
  if (ts.isIdentifier(node) && impureNames.has(node.text) && isValue(node)) return node.text;
  if (ts.isImportDeclaration(node)) return impureImport(node);
  return undefined;
}

/** Of Node only createHash may be imported: other exports of node:crypto are random. */
function impureImport(node: ts.ImportDeclaration): string | undefined {
  const source = (node.moduleSpecifier as ts.StringLiteral).text;
  if (source !== 'node:crypto') return undefined;
  const bindings = node.importClause?.namedBindings;
  const names = bindings && ts.isNamedImports(bindings) ? bindings.elements.map((each) => each.name.text) : ['*'];
  return names.every((name) => name === 'createHash' || name === 'Hash')
    ? undefined
    : `node:crypto ${names.join(', ')}`;
}

/** Whether the identifier reads a variable, rather than naming a member, a property or a declaration. */
function isValue(node: ts.Identifier): boolean {
  const parent = node.parent as { name?: ts.Node; propertyName?: ts.Node };
  return ts.isShorthandPropertyAssignment(node.parent) || (parent.name !== node && parent.propertyName !== node);
}

const emptyWords = /^(managers?|helpers?|utils?|utilities|services?)$/;
const words = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
const isEmpty = (name: string): boolean => words(name).some((word) => emptyWords.test(word));

/** Files and declarations whose names say nothing about what they are. */
export function emptyNames(path: string, text: string): Breach[] {
  const breaches: Breach[] = path.split('/').some(isEmpty) ? [`${path}:1: file name says nothing`] : [];
  walk(path, text, (node, breach) => {
    const name = (node as Partial<ts.NamedDeclaration>).name;
    if (name === undefined || !ts.isIdentifier(name) || ts.isPropertyAccessExpression(node)) return;
    if (ts.isImportSpecifier(node) || ts.isImportClause(node)) return; // others' names
    if (isEmpty(name.text)) breaches.push(breach(`the name ${name.text} says nothing: use a term of the field`));
  });
  return breaches;
}

const longestFile = 400;

/** Files over the limit. */
export function oversize(path: string, text: string): Breach[] {
  const lines = text.trimEnd().split('\n').length;
  return lines > longestFile ? [`${path}:${longestFile}: ${lines} lines, at most ${longestFile}: split it`] : [];
}

const leftovers = /biome-ignore|@ts-(ignore|expect-error|nocheck)|\b(TODO|FIXME)\b/;

/** Promises to do it later, and silenced checks. */
export function unfinished(path: string, text: string): Breach[] {
  return text.split('\n').flatMap((line, index) => {
    const found = leftovers.exec(line);
    return found ? [`${path}:${index + 1}: ${found[0]} left in the source`] : [];
  });
}

type Visit = (node: ts.Node, breach: (what: string) => Breach) => void;

function walk(path: string, text: string, visit: Visit): void {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const step = (node: ts.Node): void => {
    visit(node, (what) => `${path}:${file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1}: ${what}`);
    ts.forEachChild(node, step);
  };
  step(file);
}
