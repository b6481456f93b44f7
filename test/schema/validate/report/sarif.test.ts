import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mistakesOf } from '../../../../schema/validate/report/report.js';
import { renderSarif } from '../../../../schema/validate/report/sarif.js';
import { anyReport, manyMistakes, sampleReport } from './sample-reports.js';

const schemaFile = new URL('../../../fixtures/reports/sarif-2.1.0-used.schema.json', import.meta.url);
const ajv = new Ajv({ allErrors: true });
formats.default(ajv);
const fits = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

/** What is wrong with a log by the schema. */
function wrong(log: unknown): unknown {
  return fits(log) ? [] : fits.errors;
}

it('writes a SARIF log', async () => {
  await expect(renderSarif(sampleReport(), '0.1.0')).toMatchFileSnapshot('../../../golden/validate.sarif');
});

it('writes a log that fits the schema, of any mistakes', () => {
  const property = fc.property(anyReport, (report) => {
    const log = JSON.parse(renderSarif(report, '0.1.0'));
    expect(wrong(log)).toEqual([]);
    const [run] = log.runs;
    mistakesOf(report).forEach(({ diagnostic: { id, range } }, index) => {
      const { ruleId, ruleIndex, locations } = run.results[index];
      expect([ruleId, run.tool.driver.rules[ruleIndex].id]).toEqual([id, id]);
      const { artifactLocation, region } = locations[0].physicalLocation;
      expect(decodeURIComponent(artifactLocation.uri)).toBe(range.filename.replace(/\p{Surrogate}/gu, '\ufffd'));
      expect([region.startLine, region.startColumn]).toEqual([range.start.line, range.start.column]);
    });
  });
  fc.assert(property, { seed: 7, numRuns: 300 });
});

it('is held against a schema that finds faults', () => {
  const log = JSON.parse(renderSarif(sampleReport(), '0.1.0'));
  delete log.runs[0].tool.driver.name;
  log.runs[0].results[0].locations[0].physicalLocation.region.snippet = {};
  expect(wrong(log)).toHaveLength(2);
});

it('leaves out what is more than a log may hold, and says so', () => {
  const { results, invocations } = JSON.parse(renderSarif(manyMistakes(25_002), '0.1.0')).runs[0];
  expect(results).toHaveLength(25_000);
  expect(invocations[0].toolExecutionNotifications).toEqual([
    { level: 'warning', message: { text: expect.stringMatching(/^2 more mistakes are not in this log/) } },
  ]);
  expect(JSON.parse(renderSarif(sampleReport(), '0.1.0')).runs[0].invocations[0].toolExecutionNotifications).toEqual(
    [],
  );
});
