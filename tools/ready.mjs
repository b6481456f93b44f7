// Makes a work tree ready to run: installs the locked dependencies and builds dist, each only when something changed.
// Plain JavaScript without dependencies, because it runs before there are any. Progress goes to stderr, so that the
// command that follows owns stdout. `--force` builds from nothing.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './set-up-lock.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const stampFile = join(dist, '.built-from');
const rooms = ['schema', 'wire', 'reconciler', 'agents', 'lab', 'cli'];
const buildInputs = ['package-root.ts', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];

class SetUpFailure extends Error {}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const oldest = { 20: 19, 22: 13 }[major] ?? 0;
  if (major < 20 || major === 21 || major === 23 || minor < oldest) {
    throw new SetUpFailure(
      `Node ${process.versions.node} cannot run Virtuoso: install Node 20.19 or later, 22.13 or later, or 24.`,
    );
  }
}

/** The installed packages are the locked ones (npm keeps its own record of what it installed). */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const { '': _self, ...locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const same = (path) => installed[path]?.version === locked[path]?.version;
  // Optional packages are those of other platforms: they are locked and rightly not installed.
  const wanted = Object.keys(locked).filter((path) => !locked[path].optional || installed[path]);
  return wanted.every(same) && Object.keys(installed).every(same);
}

function* filesIn(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

/** Changes whenever a file that the build reads is added, removed or written. */
function fingerprint() {
  const sources = rooms.flatMap((room) => [...filesIn(join(root, room))]).filter((path) => /\.(ts|json)$/.test(path));
  const inputs = [...sources, ...buildInputs.map((name) => join(root, name))].sort();
  const hash = createHash('sha256');
  for (const path of inputs) {
    const file = statSync(path, { throwIfNoEntry: false }); // an editor may just be replacing it
    hash.update(`${relative(root, path)} ${file?.mtimeMs} ${file?.size}\n`);
  }
  return hash.digest('hex');
}

function isBuilt() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint();
}

function run(what, remedy, command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: command === 'npm' && process.platform === 'win32', // npm is a script there
    });
    child.stdout.pipe(process.stderr);
    child.on('error', (error) => reject(new SetUpFailure(`${what}: cannot start ${command} (${error.message}).`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new SetUpFailure(`${what} failed (${signal ?? `exit code ${code}`}), as told above. ${remedy}`));
    });
  });
}

async function install() {
  progress('installing dependencies (once; under a minute) ...');
  await run(
    'Installing dependencies with npm ci',
    'It needs an npm registry that answers and package-lock.json as it is committed.',
    'npm',
    ['ci', '--no-progress', '--loglevel=error'],
  );
}

async function build() {
  progress('building ...');
  const before = fingerprint();
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(root, 'tsconfig.build.json');
  await run('Compiling the sources', 'Correct the files named there.', process.execPath, [compiler, '-p', project]);
  removeOrphans();
  mkdirSync(dist, { recursive: true });
  writeFileSync(stampFile, before); // a file written meanwhile makes the next call build again
}

/** The compiler leaves the output of sources that are gone: a renamed verb would go on working. */
function removeOrphans() {
  for (const path of filesIn(dist)) {
    const source = join(root, relative(dist, path)).replace(/\.js(\.map)?$/, '.ts');
    if (/\.(js|js\.map|json)$/.test(path) && !existsSync(source)) rmSync(path);
  }
}

function progress(text) {
  process.stderr.write(`virtuoso: ${text}\n`);
}

async function setUp(forced) {
  if (!isInstalled()) await install();
  if (forced) rmSync(dist, { recursive: true, force: true });
  if (!isBuilt()) await build();
}

async function main() {
  requireNode();
  const forced = process.argv.includes('--force');
  if (!forced && isInstalled() && isBuilt()) return;
  mkdirSync(join(root, '.virtuoso'), { recursive: true });
  await withLock(
    join(root, '.virtuoso', 'set-up.lock'),
    () => setUp(forced),
    (pid) => progress(`waiting for process ${pid}, which is setting up this folder ...`),
  );
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetUpFailure)) throw error;
  progress(error.message);
  process.exitCode = 1;
}
