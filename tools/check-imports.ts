// Prints the broken import rules and fails on any. A checker that read nothing is not a clean result but a failure.
import { inspectImports } from './imports.js';

const fewestModules = 40;

const { sources, cruised, violations } = await inspectImports();
const unread = sources.filter((path) => !cruised.includes(path));
for (const line of violations) console.error(line);
for (const path of unread) console.error(`not-cruised: ${path}`);
if (cruised.length < fewestModules) {
  console.error(
    `only ${cruised.length} modules cruised, expected at least ${fewestModules}: the checker is not looking`,
  );
}
if (violations.length > 0 || unread.length > 0 || cruised.length < fewestModules) process.exitCode = 1;
else console.log(`${cruised.length} modules cruised, no import rule broken`);
