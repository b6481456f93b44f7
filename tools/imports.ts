import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { rooms, sourceFiles } from './source-files.js';

const root = fileURLToPath(new URL('..', import.meta.url));

export type ImportReport = {
  /** Source files there are, and those of them that dependency-cruiser read. Unequal means that it did not look. */
  sources: string[];
  cruised: string[];
  /** One line for each broken rule: `rule: importer -> imported`. */
  violations: string[];
};

/** Holds the rooms under `base` to the import rules of .dependency-cruiser.cjs. */
export async function inspectImports(base: string = root): Promise<ImportReport> {
  const folders = rooms.filter((room) => existsSync(join(base, room)));
  const options = await extractDepcruiseOptions(join(root, '.dependency-cruiser.cjs'));
  const tsConfig = extractTSConfig(join(root, 'tsconfig.json'));
  const { output } = await cruise([...folders], { ...options, baseDir: base, validate: true }, {}, { tsConfig });
  if (typeof output === 'string') throw new Error('dependency-cruiser answered with text instead of a result');
  const sources = sourceFiles(base);
  const read = new Set(output.modules.map((module) => module.source));
  return { sources, cruised: sources.filter((path) => read.has(path)), violations: lines(output) };
}

function lines(result: ICruiseResult): string[] {
  return result.summary.violations
    .map(({ rule, from, to, cycle }) => {
      const trail = cycle ? cycle.map((step) => step.name) : [to];
      return `${rule.name}: ${[from, ...trail.filter((name) => name !== from)].join(' -> ')}`;
    })
    .sort();
}
