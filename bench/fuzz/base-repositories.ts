import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { packageRoot } from '../../package-root.js';
import { kinds } from '../../schema/validate/kinds.js';
import { isDocumentPath } from '../../schema/validate/select.js';
import { everyField } from '../../test/generators/every-field.js';
import { readSchemas } from '../../tools/generate/read-schemas.js';

/** A file of a repository: its text, and the values of its documents. */
export interface BaseFile {
  path: string;
  text: string;
  documents: unknown[];
}

const root = packageRoot();

/** Valid repositories to begin with, and one with a document of each kind that has every field. */
export function baseRepositories(): BaseFile[][] {
  const policies = readdirSync(join(root, 'policies')).filter((name) => name.endsWith('.yaml'));
  const rules = policies
    .sort()
    .map((name) => fileOf(`policies/${name}`, warning(readFileSync(join(root, 'policies', name), 'utf8'))));
  const example = (name: string) => documentsBelow(join(root, 'examples', name));
  const fig14 = example('fig14');
  const branches = example('branches');
  const template = documentsBelow(join(root, 'templates', 'repository'));
  return [fig14, branches, template, [...fig14, ...rules], [...branches, ...rules], everyKind()];
}

/** A rule that denies would keep `plan` from being asked. */
const warning = (rule: string): string => rule.replace(/^( *action:) deny$/m, '$1 warn');

function documentsBelow(folder: string): BaseFile[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => path.replaceAll('\\', '/'));
  return paths
    .filter(isDocumentPath)
    .sort()
    .map((path) => fileOf(path, readFileSync(join(folder, path), 'utf8')));
}

function everyKind(): BaseFile[] {
  const schemas = readSchemas(join(root, 'schema'));
  return kinds.map((kind) => fileOf(`desired/${kind}.yaml`, `${JSON.stringify(everyField(schemas, kind), null, 1)}\n`));
}

function fileOf(path: string, text: string): BaseFile {
  return { path, text, documents: parseAllDocuments(text).map((document) => document.toJS() as unknown) };
}
