// Everything that must hold before a change lands, in one run; all of it runs even if some of it fails.
// `--no-tests` leaves out the tests, for whoever has just run them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const generated = [':(glob)**/generated/**', 'docs/reference'];

/** Whether `command args` succeeds; its output is shown. */
function succeeds(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) console.error(`cannot run ${command}: ${error.message}`);
  return status === 0;
}

const exampleFolders = () => readdirSync(join(root, 'examples')).map((name) => join('examples', name));

const tool = (name, ...args) => succeeds(join(root, 'node_modules', '.bin', name), ...args);

/** What the generator writes is what is committed: neither edited by hand nor forgotten. */
function generatedIsCurrent() {
  if (!tool('tsx', join('tools', 'generate.ts'))) return false;
  const { status, stdout } = spawnSync('git', ['status', '--porcelain', '--untracked-files=all', '--', ...generated], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0 && stdout === '') return true;
  succeeds('git', '--no-pager', 'diff', '--stat', '--', ...generated);
  console.error(`Generated files are not those committed; commit what npm run generate wrote:\n${stdout}`);
  return false;
}

const steps = [
  ['Generated types and reference are current', generatedIsCurrent],
  ['Types', () => tool('tsc', '--noEmit', '-p', '.')],
  ['Types of the dashboard', () => tool('tsc', '--noEmit', '-p', 'web')],
  ['Format and lint', () => tool('biome', 'check', '--error-on-warnings', '.')],
  ['Import directions', () => tool('tsx', join('tools', 'check-imports.ts'))],
  ['Unused code and dependencies', () => tool('knip')],
  ['Package contents', () => tool('publint', '--strict')],
  ['Tests', () => tool('vitest', 'run')],
  [
    'Form of the examples',
    () => succeeds(process.execPath, join('dist', 'cli', 'main.js'), 'fmt', '--check', ...exampleFolders()),
  ],
  ['Examples', () => succeeds(process.execPath, join('dist', 'cli', 'main.js'), 'validate', ...exampleFolders())],
];

const chosen = process.argv.includes('--no-tests') ? steps.filter(([name]) => name !== 'Tests') : steps;
const failed = [];
for (const [name, holds] of chosen) {
  console.log(`\n== ${name}`);
  if (!holds()) failed.push(name);
}
console.log(failed.length === 0 ? `\nAll ${chosen.length} checks hold.` : `\nFAILED: ${failed.join('; ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
