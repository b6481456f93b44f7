import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../package-root.js';

const builtRooms = /^(schema|wire|reconciler|agents|lab|cli)\/|^package-root/;

/**
 * Compiles a module of the benchmarks or tests into `dist`, with those of its kind that it imports: in a process of its own it then
 * runs what operators run, without a loader in its memory. Needs a build of the rooms.
 * @param source path of a .ts file below the package's root
 * @returns path of the .js file
 */
export function builtModule(source: string): string {
  const root = packageRoot();
  const built = new Map<string, string>();
  const build = (path: string): string => {
    const known = built.get(path);
    if (known !== undefined) return known;
    const target = join(root, 'dist', path.replace(/\.ts$/, '.js'));
    built.set(path, target);
    const text = readFileSync(join(root, path), 'utf8');
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true },
    });
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    for (const { fileName } of ts.preProcessFile(outputText).importedFiles) {
      const imported = join(dirname(path), fileName);
      if (fileName.startsWith('.') && !builtRooms.test(imported)) build(imported.replace(/\.js$/, '.ts'));
    }
    return target;
  };
  return build(relative(root, source));
}
