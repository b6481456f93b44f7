import fc from 'fast-check';
import type { Diagnostic } from '../../../../schema/generated/types.js';
import { type JudgedDirectory, type Report, reportOf } from '../../../../schema/validate/report/report.js';
import { rules } from '../../../../schema/validate/rules.js';
import { validateFiles } from '../../../../schema/validate/validate-files.js';

const head = 'apiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata:\n';

/** A directory with a sound document, mistakes of several kinds, a file that is no YAML, and a warning. */
export function sampleDirectory(prefix = 'fleets/north sea'): JudgedDirectory {
  const files = [
    { path: 'desired/line.yaml', text: 'kind: "Si\\e[31mte, 100%:\\n::error::"\n' },
    {
      path: 'inventory/sites.yaml',
      text: `${head}  name: east\nspec: {}\n---\n${head}  name: west\nspec:\n  descripton: misspelt\n`,
    },
    { path: 'inventory/tab.yaml', text: `${head}\tname: south\nspec: {}\n` },
    { path: 'policies/link.yaml', refused: 'symlink' as const, bytes: 0 },
  ];
  const range = { filename: 'inventory/sites.yaml', start: { line: 4, column: 9 }, end: { line: 5, column: 1 } };
  const warning: Diagnostic = {
    ...{ id: 'VIRT2009', severity: 'warning', range },
    ...{ summary: '`metadata.name` is <short> & "plain".', detail: 'Write a longer one.' },
  };
  return { prefix, files, diagnostics: [...validateFiles(files).diagnostics, warning] };
}

export const sampleReport = (): Report => reportOf([sampleDirectory()]);

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), hostileText());

function hostileText(): fc.Arbitrary<string> {
  const parts = ['\r\n::error::', '##[x]', '%0A', ']]>', '<!--', '&', '"', "'", '\u0000', '\ud800', '\uffff', '\u0085'];
  return fc.array(fc.constantFrom(...parts)).map((some) => some.join(''));
}

const position = fc.record({ line: fc.integer({ min: 1, max: 12 }), column: fc.integer({ min: 1, max: 40 }) });

const anyDiagnostic = (filenames: readonly string[]): fc.Arbitrary<Diagnostic> =>
  fc.record({
    id: fc.constantFrom(...Object.keys(rules)),
    severity: fc.constantFrom('error', 'warning'),
    summary: anyText,
    detail: anyText,
    range: fc
      .record({ filename: fc.constantFrom(...filenames), start: position, length: fc.nat(30), lines: fc.nat(2) })
      .map(({ filename, start, length, lines }) => ({
        ...{ filename, start },
        end: { line: start.line + lines, column: lines === 0 ? start.column + length + 1 : length + 1 },
      })),
  });

/** Reports of any diagnostics in files of any name and content. */
export const anyReport: fc.Arbitrary<Report> = fc
  .tuple(fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 3 }), anyText)
  .chain(([files, prefix]) => {
    const named = files.map(([path, text], index) => ({ path: `desired/${path}${index}.yaml`, text }));
    const filenames = named.map(({ path }) => path);
    return fc
      .array(anyDiagnostic(filenames), { maxLength: 12 })
      .map((diagnostics) => reportOf([{ prefix, files: named, diagnostics }]));
  });

/** A report of equal mistakes in one file. */
export function manyMistakes(count: number): Report {
  const text = `${head}  name: east\nspec: {}\n`;
  const diagnostics = Array.from({ length: count }, (): Diagnostic => {
    const range = { filename: 'a.yaml', start: { line: 4, column: 9 }, end: { line: 4, column: 13 } };
    return { id: 'VIRT3001', severity: 'error', summary: 'It is there.', detail: 'Rename it.', range };
  });
  return reportOf([{ prefix: '', files: [{ path: 'a.yaml', text }], diagnostics }]);
}
