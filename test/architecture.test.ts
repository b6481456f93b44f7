import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inspectImports } from '../tools/imports.js';
import { rooms, sourceFiles } from '../tools/source-files.js';
import { type Breach, emptyNames, impurities, isPure, oversize, unfinished } from './architecture/source-rules.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const violating = join(root, 'test/fixtures/architecture');

type ImportRules = { forbidden: { name: string }[] };
const importRules: ImportRules = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

type Rule = (path: string, text: string) => Breach[];
const breaches = (base: string, paths: string[], rule: Rule): Breach[] =>
  paths.flatMap((path) => rule(path, readFileSync(join(base, path), 'utf8')));

describe('imports', () => {
  it('keep to the directions between the rooms, in every source file', async () => {
    const { sources, cruised, violations } = await inspectImports();
    expect(sources.length).toBeGreaterThan(0);
    expect(cruised).toEqual(sources);
    expect(violations).toEqual([]);
  });

  it('are really checked: each rule finds its violation in a package made for it', async () => {
    const { violations } = await inspectImports(violating);
    const found = new Set(violations.map((line) => line.slice(0, line.indexOf(':'))));
    expect([...found].sort()).toEqual(importRules.forbidden.map((rule) => rule.name).sort());
  });
});

describe('sources', () => {
  const running = sourceFiles(root);
  const all = sourceFiles(root, [...rooms, 'bench', 'tools', 'test']).filter(
    (path) => !path.startsWith('test/fixtures/'),
  );

  it('of the pure rooms use no clock, randomness, timer or process', () => {
    expect(breaches(root, running.filter(isPure), impurities)).toEqual([]);
  });

  it('have at most 400 lines', () => {
    expect(breaches(root, all, oversize)).toEqual([]);
  });

  it('are named in terms of the field', () => {
    expect(breaches(root, all, emptyNames)).toEqual([]);
  });

  it('silence no check and postpone nothing', () => {
    expect(
      breaches(
        root,
        all.filter((path) => !path.startsWith('test/architecture')),
        unfinished,
      ),
    ).toEqual([]);
  });
});

describe('the source rules', () => {
  it('find clock, randomness, timers and process', () => {
    const found = breaches(violating, ['reconciler/vttif/matrix.ts'], impurities);
    const expected = ['setTimeout', 'Date.now', 'new Date()', 'Math.random', 'performance', 'process'];
    expect(found.map((line) => line.split(/: | in a/)[1])).toEqual(expected);
  });

  it('allow a given time, a type called Date, and a member that shares its name with a global', () => {
    const text = 'const at = (d: Date) => new Date(0) < d;\nexport const plan = { process: 1, at }.process;\n';
    expect(impurities('reconciler/plan/x.ts', text)).toEqual([]);
  });

  it('allow createHash alone of node:crypto', () => {
    expect(impurities('a.ts', "import { createHash } from 'node:crypto';")).toEqual([]);
    expect(impurities('a.ts', "import { createHash, randomBytes } from 'node:crypto';")).toHaveLength(1);
    expect(impurities('a.ts', "import * as crypto from 'node:crypto';")).toHaveLength(1);
  });

  it('find order that depends on the language of the machine', () => {
    expect(impurities('a.ts', 'names.sort((a, b) => a.localeCompare(b));')).toHaveLength(1);
  });

  it('find empty names of files and declarations, and no others', () => {
    expect(breaches(violating, ['reconciler/vadapt/greedy.ts'], emptyNames)).toHaveLength(1);
    expect(breaches(violating, ['reconciler/plan/plan-utils.ts'], emptyNames)).toHaveLength(1);
    expect(emptyNames('reconciler/vadapt/utilisation.ts', 'export const utilisation = 1;')).toEqual([]);
  });

  it('find long files and postponed work', () => {
    expect(oversize('a.ts', 'x;\n'.repeat(400))).toEqual([]);
    expect(oversize('a.ts', 'x;\n'.repeat(401))).toHaveLength(1);
    expect(unfinished('a.ts', '// @ts-ignore\nx;\n// TODO more\n')).toHaveLength(2);
  });
});
