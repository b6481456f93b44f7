import { chmodSync, closeSync, ftruncateSync, openSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writeFiles } from '../reconciler/adapters/git-fixture.js';
import { commitMany, GitObjects } from './git-objects.js';

/** What a hostile commit does to a working copy whose newest commit is good. */
export interface Trap {
  /** Changes files. */
  lay?(work: string, canary: string): void;
  /** Or makes a commit that no working copy could hold, on top of the good one, and gives its id. */
  forge?(work: string, good: Good): string;
}

export interface Good {
  commit: string;
  /** Of its top folder. */
  tree: string;
}

const yaml = (text: string) => ({ lay: (work: string) => writeFiles(work, { 'desired/trap.yaml': text }) });
const bytes = (...content: number[]) => ({
  lay: (work: string) => writeFiles(work, { 'desired/trap.yaml': Buffer.from(content) }),
});
const link = (target: string, path: string) => ({
  lay: (work: string) => {
    rmSync(join(work, path), { recursive: true, force: true });
    symlinkSync(target, join(work, path));
  },
});
const site = (name: string, rest = '') =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata:\n  name: ${name}\n${rest}spec: {}\n`;
const rule = (expression: string) =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: AdmissionRule\nmetadata: {name: trap}\nspec:\n  match: {documents: {kinds: [Site]}}\n` +
  `  action: deny\n  validations:\n  - expression: ${JSON.stringify(expression)}\n    message: Not so.\n` +
  '  tests:\n  - {name: any, document: {}, expect: allow}\n';
const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('');
const bomb = many(30, (i) => (i === 0 ? 'a0: &a0 [x, x]\n' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]\n`));

/** What has to be refused, by name. */
export const refusedTraps: Record<string, Trap> = {
  'a link to a file of the machine': link('/etc/passwd', 'desired/trap.yaml'),
  'a link to a folder of the machine': link('/etc', 'desired/trap'),
  'a folder of documents that is a link': link('/etc', 'policies'),
  "a link into git's folder": link('../.git/config', 'desired/trap.yaml'),
  'a link out of the repository': link('../../../../../../etc/hostname', 'desired/trap.yaml'),
  'a chain of links': {
    lay: (work) => {
      symlinkSync('/etc/passwd', join(work, 'desired/c.yaml'));
      symlinkSync('c.yaml', join(work, 'desired/b.yaml'));
      symlinkSync('b.yaml', join(work, 'desired/a.yaml'));
    },
  },
  'a link to itself': link('trap', 'desired/trap'),
  'a submodule at a file:// address': {
    forge: (work, good) => {
      const objects = new GitObjects(work);
      const modules = objects.blob(
        '[submodule "x"]\n\tpath = desired/x\n\turl = file:///etc\n\tupdate = !touch /tmp/virtuoso-canary\n',
      );
      const desired = objects.tree([{ mode: '160000', name: 'x', id: good.commit }]);
      return forged(objects, good, [
        { mode: '100644', name: '.gitmodules', id: modules },
        { mode: '40000', name: 'desired', id: desired },
      ]);
    },
  },
  'aliases without end': yaml(bomb),
  'an alias inside what it stands for': yaml('a: &a [*a]\n'),
  'a pattern that grows without end': yaml(rule('object.metadata.name.matches("((x{100}){100}){100}")')),
  'a file of 1 GiB': {
    lay: (work) => {
      const file = openSync(join(work, 'desired/trap.yaml'), 'w');
      ftruncateSync(file, 2 ** 30);
      closeSync(file);
    },
  },
  '100,000 documents': { forge: (work, good) => commitMany(work, good.commit, 100_000) },
  'documents of 20 MiB together': {
    lay: (work) =>
      writeFiles(
        work,
        Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`desired/${i}.yaml`, '#'.repeat(2 ** 20)])),
      ),
  },
  'two dense MiB': {
    lay: (work) =>
      writeFiles(
        work,
        Object.fromEntries(Array.from({ length: 2 }, (_, i) => [`desired/${i}.yaml`, many(2 ** 17, () => '- a: b\n')])),
      ),
  },
  'trees that name each other': {
    forge: (work, good) => {
      const objects = new GitObjects(work);
      const blob = objects.blob('a: 1\n');
      const names = Array.from({ length: 10 }, (_, i) => `${i}`);
      let id = objects.tree(names.map((name) => ({ mode: '100644', name: `${name}.yaml`, id: blob })));
      for (let level = 0; level < 12; level++) {
        const below = id;
        id = objects.tree(names.map((name) => ({ mode: '40000', name, id: below })));
      }
      return forged(objects, good, [{ mode: '40000', name: 'desired', id }]);
    },
  },
  'overlong UTF-8': bytes(0x61, 0x3a, 0x20, 0xc0, 0xaf, 0x0a),
  'a surrogate in UTF-8': bytes(0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80, 0x0a),
  'UTF-16': bytes(0xff, 0xfe, 0x61, 0x00, 0x3a, 0x00),
  'a NUL': yaml(`${site('north')}# \0\n`),
  'text that is not read as it is shown': yaml(`${site('north')}# \u202e}{ deny \u2066\n`),
  'half a character as a name': yaml(site('"\\ud800"')),
  'a name in two forms': {
    lay: (work) =>
      writeFiles(work, { 'desired/caf\u00e9.yaml': site('caf\u00e9'), 'desired/cafe\u0301.yaml': site('cafe\u0301') }),
  },
  'a line feed and an escape in a path': {
    lay: (work) => writeFiles(work, { 'desired/a\n\u001b[31m::error::.yaml': site('North') }),
  },
  'a path that looks like an option': {
    lay: (work, canary) =>
      writeFiles(work, { [`desired/--upload-pack=touch ${canary.replaceAll('/', '%')};.yaml`]: site('North') }),
  },
  'a path that is no UTF-8': {
    forge: (work, good) => {
      const objects = new GitObjects(work);
      const name = Buffer.from([0xff, 0xc0, 0x2e, 0x79, 0x61, 0x6d, 0x6c]);
      const desired = objects.tree([{ mode: '100644', name, id: objects.blob(site('North')) }]);
      return forged(objects, good, [{ mode: '40000', name: 'desired', id: desired }]);
    },
  },
  'paths that lead out, into .GIT, and twice to one file': {
    forge: (work, good) => {
      const objects = new GitObjects(work);
      const id = objects.blob(site('North'));
      const inner = objects.tree([{ mode: '100644', name: 'passwd.yaml', id }]);
      const hooks = objects.tree([{ mode: '100755', name: 'post-checkout', id: objects.blob('#!/bin/sh\nfalse\n') }]);
      const git = objects.tree([{ mode: '40000', name: 'hooks', id: hooks }]);
      return forged(objects, good, [
        { mode: '40000', name: '.GIT', id: git },
        { mode: '40000', name: '.git', id: git },
        { mode: '40000', name: '..', id: inner },
        { mode: '100644', name: 'desired/../../etc/trap.yaml', id },
        { mode: '100644', name: 'desired/trap.yaml', id },
        { mode: '100644', name: 'desired/trap.yaml', id },
      ]);
    },
  },
  'a device among files': {
    forge: (work, good) => {
      const objects = new GitObjects(work);
      const desired = objects.tree([{ mode: '20644', name: 'trap.yaml', id: objects.blob(site('North')) }]);
      return forged(objects, good, [{ mode: '40000', name: 'desired', id: desired }]);
    },
  },
  'folders 3,000 deep': {
    forge: (work, good) => {
      const objects = new GitObjects(work);
      let id = objects.tree([{ mode: '100644', name: 'trap.yaml', id: objects.blob(site('North')) }]);
      for (let level = 0; level < 3000; level++) id = objects.tree([{ mode: '40000', name: 'a', id }]);
      return forged(objects, good, [{ mode: '40000', name: 'desired', id }]);
    },
  },
  '100,000 levels of YAML': yaml('- '.repeat(100_000)),
  '100,000 levels of JSON': yaml('{"a":'.repeat(100_000)),
  'an enormous text': yaml(site('north', `  annotations: {a: ${'x'.repeat(1_000_000)}}\n`)),
  'a tag that makes a function': yaml(
    'a: !!js/function \'function () { require("fs").writeFileSync("canary", "") }\'\n',
  ),
  'a name of the prototype': yaml(site('__proto__', '  __proto__: {polluted: true}\n')),
  'a key 300,000 times': yaml(many(300_000, () => 'a:\n')),
  '200,000 members': yaml(
    `apiVersion: virtuoso.dev/v1alpha1\nkind: VMSet\nspec: {members: [${'a,'.repeat(200_000)}]}\n`,
  ),
};

/** What must have no effect, and is no reason to refuse a commit. */
export const harmlessTraps: Record<string, Trap> = {
  'attributes, filters, hooks and settings': {
    lay: (work, canary) => {
      const run = `touch ${canary}`;
      writeFiles(work, {
        '.gitattributes': '* filter=trap diff=trap merge=trap text eol=crlf ident working-tree-encoding=UTF-16\n',
        // The one who lays the trap is not caught in it.
        '.git/info/attributes': '* !filter !diff !merge -text !eol !ident !working-tree-encoding\n',
        '.lfsconfig': `[lfs]\n\turl = file:///etc\n\tstandalonetransferagent = trap\n[lfs "customtransfer.trap"]\n\tpath = ${run}\n`,
        '.gitconfig': `[filter "trap"]\n\tsmudge = ${run}\n\tclean = ${run}\n[core]\n\tfsmonitor = ${run}\n`,
        '.envrc': `${run}\n`,
        'hooks/post-checkout': `#!/bin/sh\n${run}\n`,
        '.husky/post-merge': `#!/bin/sh\n${run}\n`,
        'package.json': JSON.stringify({ scripts: { preinstall: run } }),
      });
      chmodSync(join(work, 'hooks/post-checkout'), 0o755);
    },
  },
  'a message of 20 MiB': {
    forge: (work, good) => new GitObjects(work).commit(good.tree, good.commit, `\u001b[31m${'x'.repeat(20 * 2 ** 20)}`),
  },
  'keys of the prototype, and a byte order mark': {
    lay: (work) =>
      writeFiles(work, {
        'inventory/trap.yaml': `\ufeff${site('constructor', '  labels: {__proto__: polluted, constructor: x, toString: x}\n')}`,
      }),
  },
};

/** The good commit's files, with some in the place of its own. */
function forged(objects: GitObjects, good: Good, entries: Parameters<GitObjects['tree']>[0]): string {
  return objects.commit(objects.tree(entries), good.commit);
}
