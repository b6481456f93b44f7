import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderGitlab } from '../../../../schema/validate/report/gitlab.js';
import { mistakesOf } from '../../../../schema/validate/report/report.js';
import { anyReport, manyMistakes, sampleReport } from './sample-reports.js';

it('writes a Code Quality report', async () => {
  await expect(renderGitlab(sampleReport())).toMatchFileSnapshot('../../../golden/validate-gitlab.json');
});

it('writes the documented fields for any mistakes, each with a fingerprint of its own', () => {
  const property = fc.property(anyReport, (report) => {
    const findings = JSON.parse(renderGitlab(report)) as Record<string, unknown>[];
    const mistakes = mistakesOf(report);
    expect(findings).toEqual(
      mistakes.map(({ diagnostic: { id, severity, summary, detail, range } }) => ({
        ...{
          description: `${summary} ${detail}`,
          check_name: id,
          fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
        severity: severity === 'error' ? 'critical' : 'minor',
        location: { path: range.filename, lines: { begin: range.start.line } },
      })),
    );
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
  });
  fc.assert(property, { seed: 7, numRuns: 300 });
});

it('writes an empty list for nothing', () => {
  expect(renderGitlab(manyMistakes(0))).toBe('[]\n');
});
