import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of this package, found by walking up to its package.json, so that files which are not compiled
 * (`agents/native`, `web`, `examples`) are found alike from the sources, from `dist` and from an installed copy.
 * @throws if no folder above this module is the package: the installation is broken.
 */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name === 'virtuoso') return folder;
    if (dirname(folder) === folder) {
      throw new Error(`no package.json of virtuoso in ${start} or above it: install the package again`);
    }
  }
}
