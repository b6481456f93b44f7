import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { renderJunit } from '../../../../schema/validate/report/junit.js';
import { mistakesOf } from '../../../../schema/validate/report/report.js';
import { anyReport, sampleReport } from './sample-reports.js';

const schema = readFileSync(new URL('../../../fixtures/reports/junit.xsd', import.meta.url), 'utf8');

/** What is wrong with documents by the XML Schema, or as XML at all. */
async function wrong(documents: readonly string[]): Promise<string[]> {
  const { errors } = await validateXML({
    xml: documents.map((contents, index) => ({ fileName: `report-${index}.xml`, contents })),
    schema: [{ fileName: 'junit.xsd', contents: schema }],
  });
  return errors.map(({ message }) => message);
}

it('writes a test suite for each file', async () => {
  const report = renderJunit(sampleReport());
  await expect(report).toMatchFileSnapshot('../../../golden/validate-junit.xml');
  expect(await wrong([report])).toEqual([]);
});

it('writes XML that fits the schema, of any mistakes', async () => {
  const reports = fc.sample(anyReport, { seed: 7, numRuns: 150 });
  const documents = reports.map(renderJunit);
  expect(await wrong(documents)).toEqual([]);
  reports.forEach((report, index) => {
    const errors = mistakesOf(report).filter(({ diagnostic }) => diagnostic.severity === 'error');
    expect(documents[index]?.match(/<failure /g) ?? []).toHaveLength(errors.length);
    expect(documents[index]).toMatch(new RegExp(`<testsuites [^>]* failures="${errors.length}"`));
  });
});

it('is held against a schema that finds faults', async () => {
  const report = renderJunit(sampleReport());
  expect(await wrong([report.replace('<failure type', '<failure kind')])).not.toEqual([]);
  expect(await wrong([report.replace('</testcase>', '\u0001</testcase>')])).not.toEqual([]);
});
