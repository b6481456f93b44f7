import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderGithub } from '../../../../schema/validate/report/github.js';
import { mistakesOf } from '../../../../schema/validate/report/report.js';
import { anyReport, manyMistakes, sampleReport } from './sample-reports.js';

/** One command, as GitHub's runner reads it. */
function read(line: string): { name: string; properties: Record<string, string>; message: string } {
  const [, name = '', list = '', message = ''] = /^::([a-z]+) ([^:]*)::(.*)$/s.exec(line) ?? [];
  const properties = list.split(',').map((entry) => {
    const [, key = '', value = ''] = /^(\w+)=(.*)$/s.exec(entry) ?? [];
    return [key, unescaped(value.replaceAll('%3A', ':').replaceAll('%2C', ','))];
  });
  return { name, properties: Object.fromEntries(properties), message: unescaped(message) };
}

const unescaped = (text: string) => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

it('writes a command for each mistake', async () => {
  await expect(renderGithub(sampleReport())).toMatchFileSnapshot('../../../golden/validate-github.txt');
});

it('writes one line for each mistake, whatever its text, and each reads back', () => {
  const property = fc.property(anyReport, (report) => {
    const lines = renderGithub(report).split('\n').slice(0, -1);
    const mistakes = mistakesOf(report);
    expect(lines.filter((line) => !line.startsWith('::notice '))).toHaveLength(mistakes.length);
    mistakes.forEach(({ diagnostic }, index) => {
      const { name, properties, message } = read(lines[index] ?? '');
      expect([name, properties.line]).toEqual([diagnostic.severity, String(diagnostic.range.start.line)]);
      expect(properties.title).toContain(diagnostic.id);
      expect(message.split('\n')).toHaveLength(2);
      expect(lines[index]).not.toMatch(/\p{Cc}/u);
      if ('col' in properties) expect(properties.endLine).toBe(properties.line);
    });
  });
  fc.assert(property, { seed: 7, numRuns: 300 });
});

it('says how many are not shown, and where those are', () => {
  expect(renderGithub(manyMistakes(10))).not.toContain('::notice');
  const lines = renderGithub(manyMistakes(13)).split('\n').slice(0, -1);
  expect(lines).toHaveLength(14);
  expect(read(lines[9] ?? '').message).toBe('It is there.\nRename it.');
  expect(read(lines[10] ?? '').message).toBe('a.yaml:4:9: It is there.\nRename it.');
  expect(lines[13]).toMatch(/^::notice title=[^:]*::3 errors more are not shown .* -o sarif reports all\.$/);
});

it('writes nothing for nothing', () => {
  expect(renderGithub(manyMistakes(0))).toBe('');
});
