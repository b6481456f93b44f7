import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageRoot } from '../package-root.js';
import { printable } from '../schema/validate/render.js';
import { exitCodes } from './exit-codes.js';
import { publishedSchema } from './schema.js';

export const ciSystems = ['github', 'gitlab'] as const;
export type CiSystem = (typeof ciSystems)[number];

const workflows: Record<CiSystem, string> = {
  github: '.github/workflows/virtuoso.yml',
  gitlab: '.gitlab-ci.yml',
};

/** Where the files of a new repository find the schema of documents. */
const schemaFile = '.schema/virtuoso.json';

interface NewFile {
  /** Relative to the new repository, `/` between its parts. */
  path: string;
  text: string;
}

/** Makes a repository of documents to begin with; exit code 1, and nothing written, where anything is in the way. */
export async function init(directory: string, ci: CiSystem | undefined): Promise<number> {
  const files = await newFiles(ci);
  const inTheWay = await obstacles(directory, files);
  if (inTheWay.length > 0) {
    const names = inTheWay.map((path) => `  ${printable(path)}\n`).join('');
    process.stderr.write(`error: nothing was written, because this is in the way:\n${names}`);
    process.stderr.write('Move it away, or name another directory.\n');
    return exitCodes.error;
  }
  for (const { path, text } of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text, { flag: 'wx' });
  }
  process.stdout.write(files.map(({ path }) => `${printable(join(directory, path))}\n`).join(''));
  process.stderr.write(nextSteps(directory));
  return exitCodes.ok;
}

async function newFiles(ci: CiSystem | undefined): Promise<NewFile[]> {
  const templates = join(packageRoot(), 'templates');
  const entries = await readdir(join(templates, 'repository'), { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(join(templates, 'repository').length + 1));
  const files: NewFile[] = [{ path: schemaFile, text: await publishedSchema() }];
  for (const source of sources) {
    // Names that begin with a dot would count for the folder of the templates itself.
    const path = source.replaceAll('\\', '/').replace(/^dot-/, '.');
    files.push({ path, text: await readFile(join(templates, 'repository', source), 'utf8') });
  }
  if (ci) files.push({ path: workflows[ci], text: await readFile(join(templates, 'ci', `${ci}.yml`), 'utf8') });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What keeps files from being made: files of the same name, and whatever is no folder where one is needed. */
async function obstacles(directory: string, files: readonly NewFile[]): Promise<string[]> {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  const found: string[] = [];
  if (await isObstacle(directory, true)) return [directory];
  for (const folder of folders)
    if (await isObstacle(join(directory, folder), true)) found.push(join(directory, folder));
  for (const { path } of files) {
    const isBehind = foldersOf(path).some((folder) => found.includes(join(directory, folder)));
    if (!isBehind && (await isObstacle(join(directory, path), false))) found.push(join(directory, path));
  }
  return found.sort();
}

/** Folders above a file, the outermost first. */
function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, count) => parts.slice(0, count + 1).join('/'));
}

async function isObstacle(path: string, mayBeFolder: boolean): Promise<boolean> {
  try {
    const entry = await lstat(path);
    return !(mayBeFolder && entry.isDirectory());
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false;
    throw error;
  }
}

function nextSteps(directory: string): string {
  const place = printable(directory);
  return [
    'Replace the sites, hosts and VMs in it by yours. Then:',
    `  virtuoso validate ${place}`,
    `  virtuoso plan ${place}`,
    'README.md there tells more.',
    '',
  ].join('\n');
}
