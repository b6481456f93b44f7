import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceFile } from '../../../schema/validate/source-file.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { exampleFiles } from '../../examples.js';

const example = exampleFiles('fig14');

/** Texts that mean something to YAML, or to those who read it carelessly. */
const fragments = [
  ...[
    '\t',
    '\n',
    '\r\n',
    ': ',
    '- ',
    '---\n',
    '...\n',
    '&a ',
    '*a',
    '!!binary ',
    '<<: ',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    '|\n',
    '>\n',
  ],
  ...[
    '#',
    '? ',
    '%YAML 1.1\n',
    '\u0000',
    '\ufeff',
    '__proto__: ',
    'constructor: ',
    'null',
    '~',
    '.nan',
    '.inf',
    '-1',
    '1e999',
  ],
];

interface Mutation {
  file: number;
  at: number;
  removed: number;
  inserted: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  file: fc.nat({ max: example.length - 1 }),
  at: fc.nat({ max: 2000 }),
  removed: fc.nat({ max: 30 }),
  inserted: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 8, unit: 'grapheme' }), fc.constant('')),
});

function mutated(mutations: readonly Mutation[]) {
  const files = example.map((file) => ({ ...file }));
  for (const { file, at, removed, inserted } of mutations) {
    const target = files[file];
    if (!target) continue;
    const start = at % (target.text.length + 1);
    target.text = target.text.slice(0, start) + inserted + target.text.slice(start + removed);
  }
  return files;
}

describe('documents that were damaged', () => {
  it('never make reading them throw, and every diagnostic points into its file', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
        const files = mutated(mutations);
        for (const { range, detail } of validateFiles(files).diagnostics) {
          const lines = files.find(({ path }) => path === range.filename)?.text.split('\n') ?? [];
          expect(range.start.line).toBeLessThanOrEqual(lines.length);
          expect(range.start.column).toBeLessThanOrEqual((lines[range.start.line - 1] ?? '').length + 1);
          expect(detail).not.toBe('');
        }
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  it.each([
    [
      'metadata',
      'apiVersion: virtuoso.dev/v1alpha1\nkind: CostConstraint\nmetadata:\n- name: few\nspec:\n  fastPathLinks:\n    count: 8\n',
    ],
    ['spec', 'apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata:\n  name: here\nspec:\n- description: text\n'],
    [
      'vttif',
      'apiVersion: virtuoso.dev/v1alpha1\nkind: Adaptation\nmetadata:\n  name: quick\nspec:\n  vttif:\n  - settle: 2s\n',
    ],
  ])('tell of a list where fields belong: %s', (_part, text) => {
    const { diagnostics } = validateFiles([{ path: 'desired/list.yaml', text }]);
    expect(diagnostics.map(({ severity }) => severity)).toContain('error');
  });

  it.each([
    ['CostConstraint', 'metadata: &a {name: few}\nspec: *a\n'],
    ['Host', 'metadata: &a {site: north, interfaces: [], compute: 4, memory: 8Gi}\nspec: *a\n'],
    [
      'AdmissionRule',
      'metadata: &a {match: {documents: {kinds: [Site]}}, action: deny, validations: [], tests: []}\nspec: *a\n',
    ],
  ])('tell of one alias in two places that it does not fit both: %s', (kind, rest) => {
    const text = `apiVersion: virtuoso.dev/v1alpha1\nkind: ${kind}\n${rest}`;
    const { documents, diagnostics } = validateFiles([{ path: 'desired/alias.yaml', text }]);
    expect(documents).toEqual([]);
    expect(diagnostics.map(({ severity }) => severity)).toContain('error');
  });

  it('give text or a refusal whatever bytes a file holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const file = sourceFile('desired/any.yaml', bytes);
        const lossless = Buffer.compare(Buffer.from(Buffer.from(bytes).toString('utf8')), bytes) === 0;
        expect('text' in file).toBe(lossless);
        validateFiles([file]);
      }),
      { seed: 21, numRuns: 500 },
    );
  });
});

describe('documents made to be costly', () => {
  const many = (count: number, line: (index: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join('\n');
  const head = 'apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata:\n  name: costly\n';
  // Each took minutes, or the stack, before there were limits: quadratic checks would exceed the time limit of a test.
  const costly: Record<string, string> = {
    'a map of many keys': `${head}${many(30_000, (i) => `k${i}: 1`)}`,
    'many labels': `${head}  labels:\n${many(30_000, (i) => `    k${i}: v`)}\nspec: {}`,
    'many aliases': `${head}a: &a 1\nb: [${many(100_000, () => '*a,')}]`,
    'nested aliases': many(30, (i) => (i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`)),
    'an alias inside its own anchor': `${head}spec: &a [*a]`,
    'deep block sequences': '- '.repeat(200_000),
    'deep explicit keys': '? '.repeat(200_000),
    'deep flow maps': '{a: '.repeat(100_000),
    'many unclosed brackets': many(20_000, () => '- [a,'),
    'many tags': many(30_000, (i) => `k${i}: !t${i} 1`),
    'many anchors on one node': 'a: &x '.repeat(20_000),
    'a long line': `a: ${'x'.repeat(900_000)}`,
    'one key again and again': many(300_000, () => 'a:'),
    'many members of what cannot be used': `kind: VMSet\nspec: {members: [${'a,'.repeat(200_000)}]}`,
    'many aliases of nothing': `a: [${'*b,'.repeat(200_000)}]`,
  };

  it.each(Object.entries(costly))('are read or refused: %s', (_name, text) => {
    const { documents, diagnostics } = validateFiles([{ path: 'desired/costly.yaml', text }]);
    expect(documents.length + diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.length).toBeLessThanOrEqual(101);
  });

  it('keep keys like __proto__ as keys', () => {
    const text = `${head}  labels: {__proto__: polluted, constructor: x}\nspec: {}\n`;
    const { documents, diagnostics } = validateFiles([{ path: 'inventory/site.yaml', text }]);
    expect(diagnostics).toEqual([]);
    expect(Object.keys(documents[0]?.document.metadata.labels ?? {})).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('characters that mislead', () => {
  const read = (text: string) =>
    validateFiles([{ path: 'desired/a.yaml', text }]).diagnostics.map(({ id, summary, range: { start } }) => {
      return `${start.line}:${start.column} ${id} ${summary}`;
    });
  const site = 'apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata: {name: north}\nspec: {}\n';

  it.each([
    ['\u0000', 'U+0000 is no part of YAML.'],
    ['\u009b', 'U+009B is no part of YAML.'],
    ['\u202e', 'U+202E shows what follows in another order than it is read.'],
    ['\u2067', 'U+2067 shows what follows in another order than it is read.'],
  ])('are refused where they stand: %j', (character, why) => {
    expect(read(`${site}# ${character}\n`)).toEqual([`5:3 VIRT1008 The control character ${why}`]);
  });

  it('are told by their number where a document quotes them', () => {
    const [told] = read(site.replace('north', '"\\u202e\\e[31m"'));
    expect(told).toContain('the text `\\u{202e}\\u{1b}[31m`');
  });

  it.each(['\u200f', '\u0645\u0631\u062d\u0628\u0627', '\u{1f468}\u200d\u{1f469}', '\u0085'])(
    'are not all that is foreign: %j',
    (text) => {
      expect(read(`${site}# ${text}\n`)).toEqual([]);
    },
  );
});
