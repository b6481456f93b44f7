import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { program } from '../cli/program.js';
import { cliPage } from './generate/cli-page.js';
import { diagnosticsSection } from './generate/diagnostics.js';
import { objectiveTermsSection } from './generate/objective-terms.js';
import { publishedSchemas } from './generate/published-schemas.js';
import { readSchemas } from './generate/read-schemas.js';
import { referencePages } from './generate/reference.js';
import { typesFile } from './generate/types-file.js';

/**
 * Writes everything that follows from the schemas, the rules for documents and the command line: `schema/generated/types.ts`,
 * `schema/generated/published/*.json` and `docs/reference/*.md`.
 */
const sections: Record<string, () => string> = {
  'diagnostics.md': diagnosticsSection,
  'objective.md': objectiveTermsSection,
};
const schemas = readSchemas('schema');
rmSync('schema/generated/published', { recursive: true, force: true });
mkdirSync('schema/generated/published', { recursive: true });
mkdirSync('docs/reference', { recursive: true });
writeFileSync('schema/generated/types.ts', await typesFile(schemas));
for (const { name, text } of publishedSchemas(schemas)) writeFileSync(`schema/generated/published/${name}`, text);
for (const { name, text } of referencePages(schemas)) {
  const section = sections[name]?.();
  writeFileSync(`docs/reference/${name}`, section === undefined ? text : `${text}\n${section}`);
}
writeFileSync('docs/reference/cli.md', cliPage(program));
