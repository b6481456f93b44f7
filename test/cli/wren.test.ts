import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TraceWriter } from '../../agents/wren/trace-file.js';
import { build, cli, stackLines } from './run-cli.js';

const directory = mkdtempSync(join(tmpdir(), 'virtuoso-wren-'));
const trace = join(directory, 'berlin.trace');

beforeAll(() => {
  const writer = new TraceWriter({ names: true });
  const path = writer.path({ peer: 'berlin', direction: 'from-peer', method: 'two-sided' });
  for (let k = 0; k < 6000; k += 1) {
    // Bursts of 40 packets at 20 a second, through a link of 100 Mb/s.
    const departureNs = Math.floor(k / 40) * 5e7;
    const arrivalNs = departureNs + 1e7 + ((k % 40) + 1) * 120_000;
    writer.packet(path, { departureNs, arrivalNs, bytes: 1500, isAfterGap: k === 0 });
  }
  writeFileSync(trace, writer.take());
  return build();
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

it('shows what a trace tells, as a table and as JSON', async () => {
  const [text, json] = await Promise.all([cli('wren', 'analyse', trace), cli('wren', 'analyse', '-o', 'json', trace)]);
  expect(text).toMatchObject({ code: 0, stderr: '' });
  expect(text.stdout).toContain('from berlin, two-sided, 6000 packets\n');
  expect(text.stdout).toMatch(/at s +available Mb\/s +95 % interval +capacity Mb\/s +delay ms/);
  expect(text.stdout).toMatch(/ 100\.0 +10\.000 /);
  const { paths } = JSON.parse(json.stdout);
  expect(paths[0]).toMatchObject({ peer: 'berlin', packets: 6000 });
  expect(paths[0].windows.at(-1).estimate.capacityMbps).toBeCloseTo(100, 0);
});

it('says where a file ends to be a trace, or that there is none', async () => {
  writeFileSync(join(directory, 'bad.trace'), '{"packets": []}');
  const [bad, missing] = await Promise.all([
    cli('wren', 'analyse', join(directory, 'bad.trace')),
    cli('wren', 'analyse', join(directory, 'none.trace')),
  ]);
  expect(bad.code).toBe(1);
  expect(bad.stderr).toMatch(/bad\.trace, byte 0: This is not a trace: it does not begin with VWRENTRC\./);
  expect(missing.code).toBe(1);
  expect(missing.stderr).toMatch(/none\.trace cannot be read: ENOENT/);
  expect([...stackLines(bad), ...stackLines(missing)]).toEqual([]);
});
