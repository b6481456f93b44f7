import { beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../schema/generated/types.js';
import { rules } from '../../schema/validate/rules.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { madeContent, madeLink, planted, plantedFiles } from './planted-mistakes.js';

const at = ({ id, range: { filename, start } }: Diagnostic) => `${filename}:${start.line}:${start.column} ${id}`;

describe('a repository full of mistakes', () => {
  let diagnostics: Diagnostic[] = [];
  beforeAll(() => {
    diagnostics = validateFiles(plantedFiles()).diagnostics;
  });

  it('has each mistake told in one run, at its place, and nothing else', () => {
    expect(new Set(planted).size).toBe(planted.length);
    expect(diagnostics.map(at).sort()).toEqual([...planted].sort());
  });

  it('has each mistake marked in its line, by its rule', () => {
    const unmarked = [...Object.keys(madeContent), madeLink];
    const marks = plantedFiles().flatMap((file) =>
      ('text' in file ? file.text : '').split('\n').flatMap((line, index) => {
        const marked = / # (VIRT\d{4}(?: VIRT\d{4})*)$/.exec(line)?.[1]?.split(' ') ?? [];
        return marked.map((id) => `${file.path}:${index + 1} ${id}`);
      }),
    );
    const isMarked = (place: string) => !unmarked.includes(place.split(':')[0] ?? '');
    const expected = planted.filter(isMarked).map((place) => place.replace(/:\d+ /, ' '));
    expect(expected.length).toBeGreaterThan(40);
    expect(marks.sort()).toEqual(expected.sort());
  });

  it('breaks many different rules', () => {
    expect(new Set(diagnostics.map(({ id }) => id)).size).toBeGreaterThanOrEqual(40);
  });

  it('says for each mistake what is wrong and what to do, in sentences', () => {
    for (const { summary, detail, id } of diagnostics) {
      expect(summary, id).toMatch(/^[A-Z`0-9].*\.$/s);
      expect(detail, id).toMatch(/^[A-Z].*[.`]$/s);
      expect(`${summary} ${detail}`, id).not.toMatch(/undefined|NaN|\[object|must NOT|schema path|instancePath/);
    }
  });

  it('keeps to its own list of rules', () => {
    for (const { id } of diagnostics) expect(Object.keys(rules)).toContain(id);
  });

  it('tells the same however the files are ordered', () => {
    expect(validateFiles(plantedFiles().reverse()).diagnostics).toEqual(diagnostics);
  });
});
