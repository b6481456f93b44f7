import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { formatText } from '../../../schema/format/format-text.js';
import { exampleFiles, exampleNames } from '../../examples.js';
import { writtenYaml } from '../../generators/written-yaml.js';

function formatted(text: string): string {
  const done = formatText('a.yaml', text);
  if (done.kind !== 'formatted') throw new Error(JSON.stringify(done));
  return done.text;
}

/** Values as another reading of the same text gives them, whatever the order of fields. */
const values = (text: string) =>
  parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent', stringKeys: true }).map((document) =>
    document.toJS(),
  );

describe('the canonical form', () => {
  it('has the fields of a document in their order, with what stands above the first on top', () => {
    const text = `# About all of it.
spec: {}
# About the kind.
kind: Site
metadata:
    labels:
        a: b
    name: x # its name
apiVersion: virtuoso.dev/v1alpha1
other: 1
`;
    expect(formatted(text)).toBe(`# About all of it.
apiVersion: virtuoso.dev/v1alpha1
# About the kind.
kind: Site
metadata:
  name: x # its name
  labels:
    a: b
spec: {}
other: 1
`);
  });

  it('keeps fields where they are if an alias would stand before its anchor', () => {
    const text = 'kind: &a Site\napiVersion: *a\n';
    expect(formatted(text)).toBe(text);
    const twice = 'spec: &a 1\nmetadata: *a\nkind: &a 2\n';
    expect(formatted(twice)).toBe(twice);
  });

  it('indents by two, also lists, and ends lines with one newline', () => {
    expect(formatted('spec:\r\n    a:\r\n    - b:   1\r\n      c: 2   \r\n\r\n\r\n\r\n    d: 3')).toBe(
      'spec:\n  a:\n    - b: 1\n      c: 2\n\n  d: 3\n',
    );
  });

  it('separates documents, without a separator before the first or empty documents', () => {
    expect(formatted('---\na: 1\n...\n---\n---\n\nb: 2\n---\n# c\nd: 3\n...\n')).toBe(
      'a: 1\n---\nb: 2\n---\n# c\nd: 3\n',
    );
  });

  it('keeps a directive, and what ends the document before it', () => {
    expect(formatted('a: 1\n...\n%YAML 1.2\n---\nb: 2\n')).toBe('a: 1\n...\n%YAML 1.2\n---\nb: 2\n');
  });

  it.each([
    ['"text"', 'text'],
    ["'a b'", 'a b'],
    ['"yes"', '"yes"'],
    ['yes', '"yes"'],
    ["'no'", '"no"'],
    ['"0x10"', '"0x10"'],
    ['0x1F', '0x1F'],
    ['1e3', '1e3'],
    ["'1e3'", '"1e3"'],
    ['"010"', '"010"'],
    ['010', '010'],
    ['1.50', '1.50'],
    ['+12', '+12'],
    ['12345678901234567890', '12345678901234567890'],
    ['"null"', '"null"'],
    ['~', '~'],
    ['True', 'True'],
    ["'a: b'", '"a: b"'],
    ['"say \\"so\\": now"', '\'say "so": now\''],
    ['"2026-01-01"', '"2026-01-01"'],
    ["'02:56:00:00:00:01'", '"02:56:00:00:00:01"'],
    ['"a\\tb"', '"a\\tb"'],
    ['"\\u200b\\u2028"', '"\\u200b\\u2028"'],
    ["'@daily'", '"@daily"'],
    ["'*/5 * * * *'", '"*/5 * * * *"'],
    ['"0 3 * * 1-5"', '0 3 * * 1-5'],
    ['sha256:AAA/+A=', 'sha256:AAA/+A='],
    ['[ a,b ]', '[a, b]'],
    ['{a: 1,  b: [ x ]}', '{ a: 1, b: [x] }'],
    ['[]', '[]'],
    [`"${'word '.repeat(40)}end"`, `${'word '.repeat(40)}end`],
    ['# comment\n  text', '\n  # comment\n  text'],
  ])('of %s is %s', (written, wanted) => {
    expect(formatted(`key: ${written}\n`)).toBe(`key:${wanted.startsWith('\n') ? '' : ' '}${wanted}\n`);
  });

  it('writes what is in brackets over several lines, or does not fit in one, as a block', () => {
    expect(formatted('a: [\n  b, # one\n  c\n]\n')).toBe('a:\n  - b # one\n  - c\n');
    const long = Array.from({ length: 20 }, (_, index) => `name-${index}`);
    expect(formatted(`a: [${long.join(', ')}]\n`)).toBe(`a:\n${long.map((name) => `  - ${name}\n`).join('')}`);
  });

  it('keeps comments where they are: above, beside, at the end, alone', () => {
    const text = `# yaml-language-server: $schema=../.schema/virtuoso.json

# About the document.
kind: Host
spec: # beside a name
  # above
  a: 1 # beside

  # after an empty line
  b: # beside a list
    - x # item
    # before an item
    - name: y
      z: 2
      # at the end of an item
  c: 3

  # at the end of a group
# at the very end
`;
    const once = formatted(text);
    for (const line of text.split('\n').filter((each) => each.includes('#'))) expect(once).toContain(line);
    expect(formatted('# nothing but this\n\n\n\n# and this  \n')).toBe('# nothing but this\n\n# and this\n');
    expect(formatted('')).toBe('');
  });

  it('keeps a comment with what it is about, also behind a deeper level', () => {
    const text = `members:
  - name: a
    # pin: host-1
  # about the second
  - name: b

    # pin: host-2

  # about the third
  # and more

  - name: c
    schedule:
      class: batch
      # at the end of the schedule
    # at the end of the member
  # at the end of the list
# about what is next
other: 1
`;
    expect(formatted(text)).toBe(text);
    expect(formatted(text.replaceAll(/^ +/gm, (indent) => `${indent}  `))).toBe(text);
  });

  it('puts a comment that goes on below a value above its name', () => {
    expect(formatted('a: 4   # cores,\n       # in all\nb: 1\n')).toBe('# cores,\n# in all\na: 4\nb: 1\n');
  });

  it('keeps the lines of folded and literal blocks', () => {
    const text = 'a:\n  b: >-\n    one\n    two\n\n    three\n  c: |\n    x\n     y\n  d: > # why\n    z\n';
    expect(formatted(text)).toBe(text);
    expect(formatted(text.replaceAll('  ', '    ').replace('     y', '      y'))).toContain(
      '  b: >-\n    one\n    two\n\n    three\n',
    );
  });

  it.each(exampleNames())('is that of the example %s', (name) => {
    for (const { path, text } of exampleFiles(name))
      expect(formatText(path, text)).toEqual({ kind: 'formatted', text });
  });
});

describe('formatting', () => {
  it('changes no value, loses no comment, and does nothing the second time', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { text, comments } = writtenYaml(seed);
        const done = formatText('a.yaml', text);
        if (done.kind !== 'formatted') expect([text, done]).toBe('formatted');
        else {
          expect(values(done.text)).toEqual(values(text));
          for (const comment of comments) expect(done.text.split(comment), comment).toHaveLength(2);
          expect(formatText('a.yaml', done.text)).toEqual(done);
          expect(done.text).not.toMatch(/\r|[ \t]\n.*#|\n\n\n\n|[^\n]$/);
        }
      }),
      { numRuns: 250 },
    );
  });

  it('leaves a text with mistakes alone, and tells where they are', () => {
    const places = (text: string) => {
      const done = formatText('a.yaml', text);
      if (done.kind !== 'unreadable') throw new Error(done.kind);
      return done.diagnostics.map(({ id, range }) => `${range.start.line}:${range.start.column} ${id}`);
    };
    expect(places('a: 1\nb: [\n')).toEqual(['2:4 VIRT1004']);
    expect(places('a:\n\tb: 1\n')).toEqual(['2:1 VIRT1002']);
    expect(places('a: 1\r\na: 2\r\n')).toEqual(['2:1 VIRT1003']);
    expect(places('a: *b\n')).toEqual(['1:4 VIRT1012']);
    expect(places('a: !x 1\n')).toEqual(['1:4 VIRT1013']);
  });

  it('never throws, and never says that it formatted what it changed', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'\n\t #:-[]{},&*!|>\'"%@`?~x\r'))),
        (seed, edits) => {
          let { text } = writtenYaml(seed);
          for (const [at, character] of edits)
            text = text.slice(0, at % (text.length + 1)) + character + text.slice(at % (text.length + 1));
          const done = formatText('a.yaml', text);
          if (done.kind === 'formatted') expect(formatText('a.yaml', done.text)).toEqual(done);
        },
      ),
      { numRuns: 200 },
    );
  });
});
