import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { renderDiagnostics } from '../../../schema/validate/render.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';

const { diagnostics } = validateFiles([{ path: 'desired/a.yaml', text: 'kind: "Si\\e[31mte"\n' }]);

it('renders text as editors and people find it, and passes no escape sequence on', () => {
  const text = renderDiagnostics(diagnostics, 'text');
  expect(text).toContain('desired/a.yaml:1:7: error VIRT2003: There is no kind `Si\\u{1b}[31mte`.\n    ');
  expect(text).not.toContain('\u001b');
});

it('renders JSON that fits its schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../../../schema/diagnostics.schema.json', import.meta.url), 'utf8'));
  const report = JSON.parse(renderDiagnostics(diagnostics, 'json'));
  expect(report).toEqual({ format_version: '1', diagnostics });
  expect(new Ajv2020().validate(schema, report)).toBe(true);
});

it('renders nothing for nothing', () => {
  expect(renderDiagnostics([], 'text')).toBe('');
  expect(JSON.parse(renderDiagnostics([], 'json'))).toEqual({ format_version: '1', diagnostics: [] });
});
