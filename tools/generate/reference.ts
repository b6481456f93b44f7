import { resolveRef, type SchemaFile, type SchemaNode } from './read-schemas.js';

export interface Page {
  name: string;
  text: string;
}

interface Row {
  path: string;
  required: boolean;
  type: string;
  description: string;
}

/** A Markdown page for each schema, and an index. Same schemas, same bytes. */
export function referencePages(files: SchemaFile[]): Page[] {
  const shown = files.filter((file) => file.schema.properties !== undefined || file.schema.oneOf !== undefined);
  const pages = shown.map((file) => ({ name: pageName(file), text: page(files, file) }));
  const line = (file: SchemaFile) => `- [${file.schema.title}](${pageName(file)}): ${file.schema.description}`;
  const written = shown.filter((file) => file.path.startsWith('v1alpha1/'));
  const carried = shown.filter((file) => !file.path.startsWith('v1alpha1/'));
  const index = [
    '# Reference',
    '',
    'Generated from the JSON Schemas in `schema/` by `npm run generate`.',
    '',
    '## What operators write',
    '',
    ...written.map(line),
    '',
    '## What Virtuoso writes and sends',
    '',
    ...carried.map(line),
    '',
  ].join('\n');
  return [{ name: 'README.md', text: index }, ...pages];
}

function pageName(file: SchemaFile): string {
  return `${file.path.replace(/^.*\//, '').replace('.schema.json', '')}.md`;
}

function page(files: SchemaFile[], file: SchemaFile): string {
  const parts = [
    `# ${file.schema.title}`,
    '',
    String(file.schema.description),
    '',
    `Schema: \`schema/${file.path}\`.`,
    '',
  ];
  if (file.schema.properties) parts.push(...table(rows(files, file, file.schema, '', 0)));
  for (const [key, node] of Object.entries(file.schema.$defs ?? {})) {
    if (node.properties === undefined && node.oneOf === undefined) continue;
    parts.push(`## ${key}`, '', String(node.description), '');
    if (node.properties) parts.push(...table(rows(files, file, node, '', 0)));
    if (node.oneOf) parts.push(...node.oneOf.map((item) => `- ${typeText(files, file, item)}`), '');
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

function table(list: Row[]): string[] {
  const cells = list.map(
    (row) => `| \`${row.path}\` | ${row.required ? 'yes' : ''} | ${row.type} | ${row.description} |`,
  );
  return ['| field | required | type | meaning |', '|---|---|---|---|', ...cells, ''];
}

function rows(files: SchemaFile[], file: SchemaFile, node: SchemaNode, prefix: string, depth: number): Row[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const path = `${prefix}${key}`;
    const own: Row = {
      path,
      required: node.required?.includes(key) ?? false,
      type: typeText(files, file, child),
      description: describe(child),
    };
    const inner = child.items ?? child;
    const suffix = child.items ? '[].' : '.';
    return inner.properties && depth < 6 ? [own, ...rows(files, file, inner, `${path}${suffix}`, depth + 1)] : [own];
  });
}

function describe(node: SchemaNode): string {
  const fallback =
    node.default === undefined ? '' : ` Default: \`${JSON.stringify(node.default).replaceAll('"', '')}\`.`;
  return `${node.description ?? ''}${fallback}`.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function typeText(files: SchemaFile[], file: SchemaFile, node: SchemaNode): string {
  if (node.$ref !== undefined) {
    const target = resolveRef(files, file, node.$ref);
    const named = target.node.properties !== undefined || target.node.oneOf !== undefined;
    if (!named) return target.node.enum ? typeText(files, target.file, target.node) : target.name;
    const here = target.file === file;
    const anchor = target.name === target.file.schema.title ? '' : `#${target.name.toLowerCase()}`;
    return `[${target.name}](${here ? '' : pageName(target.file)}${anchor})`;
  }
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.oneOf) return node.oneOf.map((item) => typeText(files, file, item)).join(' or ');
  if (node.items) return `list of ${typeText(files, file, node.items)}`;
  return [node.type ?? 'any'].flat().join(' or ');
}
