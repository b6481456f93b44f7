import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { program } from '../cli/program.js';
import { rooms } from '../tools/source-files.js';
import { type Block, blocks, calls, headings, links, scripts } from './docs/markdown.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
].sort();
const text = (page: string) => readFileSync(join(root, page), 'utf8');

describe('links', () => {
  it.each(pages)('of %s lead to files and headings that exist', (page) => {
    const broken = links(text(page)).filter((link) => {
      if (/^[a-z]+:/.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(root, page) : resolve(root, dirname(page), path);
      if (relative(root, target).startsWith('..') || !existsSync(target)) return true;
      return anchor !== undefined && !headings(readFileSync(target, 'utf8')).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('are found, with their anchors', () => {
    expect(links('[a](b.md#c) and ![d](e.svg)\n```\n[not](me.md)\n```\n`[nor](me.md)`')).toEqual(['b.md#c', 'e.svg']);
    expect(headings('# One `two`\n## A, b (c)\n```\n# not\n```\n## A, b (c)\n')).toEqual([
      'one-two',
      'a-b-c',
      'a-b-c-1',
    ]);
  });

  it('lead from the map of the documentation to every page of it', () => {
    const map = links(text('docs/README.md')).map((link) => join('docs', link.split('#')[0] ?? ''));
    const written = pages.filter((page) => page.startsWith('docs') && !page.startsWith(join('docs', 'reference')));
    expect(written.filter((page) => page !== join('docs', 'README.md') && !map.includes(page))).toEqual([]);
  });
});

/** What is wrong with a call of `virtuoso`; nothing, if it is a verb with flags of its own. */
function misuse(words: readonly string[]): string | null {
  let command: Command = program;
  for (const word of words) {
    const below: Command | undefined = command.commands.find((each) => each.name() === word);
    if (below) command = below;
    else if (command.commands.length > 0 && !word.startsWith('-')) return `no verb ${word}`;
    else if (command.commands.length > 0) break;
  }
  const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0]);
  const known = ['--help', '--version', ...command.options.flatMap(({ long, short }) => [long, short])];
  const unknown = flags.find((flag) => !known.includes(flag));
  return unknown === undefined ? null : `no flag ${unknown}`;
}

describe('commands', () => {
  it.each(pages)('in %s exist, with the flags they are given', (page) => {
    const wrong = calls(text(page)).flatMap((words) => {
      const found = misuse(words);
      return found === null ? [] : [`virtuoso ${words.join(' ')}: ${found}`];
    });
    expect(wrong).toEqual([]);
  });

  it.each(pages)('in %s that npm runs are scripts of this package', (page) => {
    const { scripts: known } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    expect(scripts(text(page)).filter((name) => !(name in known))).toEqual([]);
  });

  it('are found, and told apart from those that do not exist', () => {
    expect(calls('Use `virtuoso plan -o json`.\n```sh\nvirtuoso lab down # all\nnpm run lab -- fig14\n```\n')).toEqual([
      ['plan', '-o', 'json'],
      ['lab', 'down'],
      ['lab', 'run', 'fig14'],
    ]);
    expect(scripts('`npm run lab -- x` and npm start, npm test, npm ci')).toEqual(['lab', 'start', 'test']);
    expect(misuse(['plan', '.', '-o', 'json', '--journal', '.'])).toBeNull();
    expect(misuse(['lab', 'down', '--name', 'x'])).toBeNull();
    expect(misuse(['levitate'])).toBe('no verb levitate');
    expect(misuse(['lab', 'sideways'])).toBe('no verb sideways');
    expect(misuse(['plan', '--dry'])).toBe('no flag --dry');
  });
});

describe('blocks that say so', () => {
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-docs-'));
  writeFileSync(
    join(folder, 'virtuoso'),
    `#!/bin/sh\nexec '${join(root, 'node_modules/.bin/tsx')}' '${join(root, 'cli/main.ts')}' "$@"\n`,
  );
  chmodSync(join(folder, 'virtuoso'), 0o755);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const runnable = pages.flatMap((page) => blocks(text(page)).flatMap((block) => (block.run ? [{ page, block }] : [])));

  it('exist', () => {
    expect(runnable.length).toBeGreaterThan(0);
  });

  it.each(runnable)('$page:$block.line run, and show what is printed below them', ({ page, block }) => {
    const { status, stdout, stderr } = spawnSync('sh', ['-eu', '-c', block.text], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, NO_COLOR: '1' },
    });
    expect(stderr + stdout).not.toContain('error:');
    expect(status).toBe(0);
    const printed = (stdout + stderr).split('\n').map((line) => line.trim());
    const missing = shownBelow(page, block).filter((line) => !printed.includes(line.trim()));
    expect(missing).toEqual([]);
  });

  /** Lines of the text block that follows, without those that are cut short. */
  function shownBelow(page: string, block: Block): string[] {
    const all = blocks(text(page));
    const next = all[all.findIndex(({ line }) => line === block.line) + 1];
    if (next?.language !== 'text') return [];
    return next.text.split('\n').filter((line) => line.trim() !== '' && !line.includes('...'));
  }
});

describe('what to do when paged', () => {
  it('names every reason that a condition can have', () => {
    const source = ['conditions', 'vnet-conditions']
      .map((name) => readFileSync(join(root, `reconciler/${name}.ts`), 'utf8'))
      .join('\n');
    const reasons = [...source.matchAll(/reason: ([^,;}]*)/g)].flatMap(
      ([, list = '']) => list.match(/[A-Z]\w+/g) ?? [],
    );
    const page = text('docs/how-to/when-paged.md');
    expect(reasons.length).toBeGreaterThan(10);
    expect([...new Set(reasons)].filter((reason) => !page.includes(`\`${reason}\``))).toEqual([]);
  });
});

describe('the drawing of the rooms', () => {
  it('shows every folder of what runs', () => {
    const drawing = text('docs/architecture.md');
    const inside = (folder: string) =>
      readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? [entry.name] : [],
      );
    const folders = [...rooms, 'web', ...inside('reconciler'), ...inside('agents')];
    expect(folders.filter((name) => !drawing.includes(`${name}/`))).toEqual([]);
  });
});
