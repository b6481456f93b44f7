import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { packageRoot } from '../../package-root.js';
import { build } from './run-cli.js';

const world = mkdtempSync(join(tmpdir(), 'virtuoso-push-test-'));
const server = join(world, 'it’s a server', 'fleet.git');
const clone = join(world, 'clone');
const scratch = join(world, 'scratch');
const programs = join(world, 'bin');

const settings = {
  ...{ GIT_CONFIG_GLOBAL: join(world, 'gitconfig'), GIT_CONFIG_NOSYSTEM: '1', TMPDIR: scratch, LC_ALL: 'C' },
  ...{
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  },
};

function git(cwd: string, args: string[], { path = `${programs}:${process.env.PATH}`, input = '' } = {}) {
  return spawnSync('git', args, { cwd, encoding: 'utf8', input, env: { ...process.env, ...settings, PATH: path } });
}

/** A git command that has to succeed; what it prints. */
function must(cwd: string, ...args: string[]): string {
  const { status, stdout, stderr } = git(cwd, args);
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

beforeAll(async () => {
  await build();
  for (const folder of [scratch, programs, dirname(server)]) mkdirSync(folder);
  writeFileSync(settings.GIT_CONFIG_GLOBAL, '');
  const main = join(packageRoot(), 'dist', 'cli', 'main.js');
  writeFileSync(join(programs, 'virtuoso'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`);
  chmodSync(join(programs, 'virtuoso'), 0o755);
}, 120_000);
afterAll(() => rmSync(world, { recursive: true, force: true }));

beforeEach(() => {
  for (const folder of [server, clone]) rmSync(folder, { recursive: true, force: true });
  must(world, 'init', '--quiet', '--bare', '--initial-branch=main', server);
  const hook = join(server, 'hooks', 'pre-receive');
  mkdirSync(dirname(hook), { recursive: true });
  copyFileSync(join(packageRoot(), 'docs', 'how-to', 'ci', 'pre-receive'), hook);
  chmodSync(hook, 0o755);
  must(world, 'init', '--quiet', '--initial-branch=main', clone);
  cpSync(join(packageRoot(), 'examples', 'fig14'), clone, { recursive: true });
});

afterEach(() => expect(readdirSync(scratch)).toEqual([])); // nothing is left behind

function write(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
}

function commit(): void {
  must(clone, 'add', '--all', '--force');
  must(clone, 'commit', '--quiet', '--message=Change the fleet');
}

function push(refspec = 'HEAD:refs/heads/main', path?: string): SpawnSyncReturns<string> {
  return git(clone, ['push', server, refspec], path === undefined ? {} : { path });
}

const tip = (ref = 'refs/heads/main') => git(server, ['rev-parse', '--verify', '--quiet', ref]).stdout.trim();

function plant(folder = ''): void {
  const path = join(clone, folder, 'desired/vms.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace('compute: 1', 'compute: one'));
}

/** Expects that a push changes nothing, and that the pusher hears why. */
function expectRefusal({ status, stderr }: SpawnSyncReturns<string>, why: string): void {
  expect(stderr).toContain(why);
  expect(status).not.toBe(0);
  expect(tip()).toBe('');
}

it('takes a push that validates', () => {
  commit();
  const { status, stderr } = push();
  expect(stderr).toContain('valid: 15 documents in 9 files');
  expect(status).toBe(0);
  expect(tip()).toBe(must(clone, 'rev-parse', 'HEAD'));
});

it('refuses a push with a mistake, says where it is, and takes it when it is corrected', () => {
  plant();
  commit();
  const refused = push();
  expectRefusal(refused, 'desired/vms.yaml:9:12: error VIRT2007');
  expect(refused.stderr).toContain('refs/heads/main stays as it is');
  cpSync(join(packageRoot(), 'examples', 'fig14'), clone, { recursive: true });
  commit();
  expect(push().status).toBe(0);
});

it('judges the branch that is followed alone, and lets it be deleted', () => {
  commit();
  must(clone, 'push', '--quiet', server, 'HEAD:refs/heads/main');
  must(server, 'config', 'receive.denyDeleteCurrent', 'ignore');
  plant();
  commit();
  expect(push('HEAD:refs/heads/draft').status).toBe(0);
  expect(push().status).not.toBe(0);
  expect(push(':refs/heads/main').status).toBe(0);
  expect(tip()).toBe('');
});

it('reads the branch and the folder that are set', () => {
  must(server, 'config', 'virtuoso.ref', 'refs/heads/live');
  must(server, 'config', 'virtuoso.subdirectory', 'fleets/north sea/');
  const folder = 'fleets/north sea';
  cpSync(join(packageRoot(), 'examples', 'fig14'), join(clone, folder), { recursive: true });
  write('desired/vms.yaml', 'not: [a document');
  commit();
  expect(push('HEAD:refs/heads/live').status).toBe(0);
  plant(folder);
  commit();
  expect(push('HEAD:refs/heads/live').stderr).toContain('desired/vms.yaml:9:12: error VIRT2007');
});

it.each(['export-ignore', 'export-subst', 'working-tree-encoding=UTF-16', 'ident', 'filter=x', 'text eol=crlf'])(
  'sees documents as they are in the commit, whatever .gitattributes says: %s',
  (attribute) => {
    commit();
    const [sound] = [must(clone, 'rev-parse', 'HEAD')];
    plant();
    commit();
    // Made of objects, so that the attributes do not change what the clone itself reads.
    const attributes = git(clone, ['hash-object', '-w', '--stdin'], { input: `*.yaml ${attribute}\n` }).stdout.trim();
    must(clone, 'update-index', '--add', '--cacheinfo', `100644,${attributes},.gitattributes`);
    const hidden = must(clone, 'commit-tree', must(clone, 'write-tree'), '-m', 'Hide it');
    expectRefusal(push(`${hidden}:refs/heads/main`), 'desired/vms.yaml:9:12: error VIRT2007');
    must(clone, 'read-tree', sound);
    must(clone, 'update-index', '--add', '--cacheinfo', `100644,${attributes},.gitattributes`);
    const fine = must(clone, 'commit-tree', must(clone, 'write-tree'), '-m', 'Hide nothing');
    expect(push(`${fine}:refs/heads/main`).stderr).toContain('valid: 15 documents in 9 files');
  },
);

it('follows no link, neither of a file nor of a folder', () => {
  write('elsewhere.yaml', 'kind: Site\n');
  symlinkSync(join(world, 'gitconfig'), join(clone, 'desired', 'more.yaml'));
  symlinkSync('..', join(clone, 'inventory', 'up'));
  commit();
  const refused = push();
  expectRefusal(refused, 'desired/more.yaml:1:1: error VIRT1009');
  expect(refused.stderr).toContain('inventory/up:1:1: error VIRT1009');
});

it('writes nothing outside of its folder for a tree that holds a link and a folder of one name', () => {
  const outside = join(world, 'outside');
  mkdirSync(outside);
  const id = (args: string[], input: string) => git(clone, args, { input }).stdout.trim();
  const blob = id(['hash-object', '-w', '--stdin'], 'kind: Site\n');
  const link = id(['hash-object', '-w', '--stdin'], outside);
  const inner = id(['mktree'], `100644 blob ${blob}\tx.yaml\n`);
  const desired = id(['mktree'], `120000 blob ${link}\tsub\n040000 tree ${inner}\tsub\n`);
  const top = id(['mktree'], `040000 tree ${desired}\tdesired\n`);
  const made = must(clone, 'commit-tree', top, '-m', 'Two of a name');
  expectRefusal(push(`${made}:refs/heads/main`), 'stays as it is');
  expect(readdirSync(outside)).toEqual([]);
});

it('refuses submodules among the documents', () => {
  commit();
  const head = must(clone, 'rev-parse', 'HEAD');
  must(clone, 'update-index', '--add', '--cacheinfo', `160000,${head},vendor`);
  must(clone, 'update-index', '--add', '--cacheinfo', `160000,${head},inventory/more`);
  must(clone, 'commit', '--quiet', '--message=Take in another repository');
  const refused = push();
  expectRefusal(refused, 'These are submodules');
  expect(refused.stderr).toContain('inventory/more');
  expect(refused.stderr).not.toContain('vendor');
});

it('refuses a repository without documents', () => {
  for (const folder of ['desired', 'inventory', 'policies']) rmSync(join(clone, folder), { recursive: true });
  commit();
  expectRefusal(push(), 'none of the folders inventory, desired and policies');
});

it('takes names of files as names', () => {
  const names = ['$(touch pwned).yaml', '-rf.yaml', 'it\'s "one"\n two.yaml', '`id`;.yaml'];
  for (const name of names) write(`desired/${name}`, '# nothing\n');
  commit();
  const { status, stderr } = push();
  expect(stderr).toContain('valid: 15 documents in 13 files');
  expect(status).toBe(0);
});

it('refuses all pushes to the branch while virtuoso is not there', () => {
  commit();
  const bare = process.env.PATH?.split(':').filter((folder) => !readable(folder).includes('virtuoso')) ?? [];
  expectRefusal(push(undefined, bare.join(':')), 'virtuoso is not installed here');
});

function readable(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // a PATH may name folders that do not exist
  }
}
