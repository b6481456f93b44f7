import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type TraceLimits, TraceStore } from '../../../reconciler/adapters/trace-store.js';
import type { Trace } from '../../../schema/generated/types.js';
import { temporaryDirectory } from './git-fixture.js';

const begunAtMs = Date.UTC(2026, 10, 23, 3, 7, 2, 45);
const name = 'oslo-20261123T030702.045Z.trace';

const piece = (offset: number, text: string, more: Partial<Trace> = {}): Trace => ({
  kind: 'trace',
  peer: 'oslo',
  begunAtMs,
  offset,
  data: Buffer.from(text).toString('base64'),
  ...more,
});

function store(limits: Partial<TraceLimits> = {}) {
  const directory = temporaryDirectory();
  const warnings: string[] = [];
  const opened = new TraceStore(directory, (message) => warnings.push(message), limits);
  const take = async (...pieces: Trace[]) => {
    for (const each of pieces) opened.take('berlin', each);
    await opened.settled();
  };
  return { directory, folder: join(directory, 'berlin'), warnings, take, opened };
}

it('puts the pieces of a trace together, in a folder for each host', async () => {
  const { directory, folder, take, opened } = store();
  await take(piece(0, 'ab'), piece(2, 'cde'));
  opened.take('rome', piece(0, 'x', { peer: 'berlin' }));
  await opened.settled();
  expect(readFileSync(join(folder, name), 'utf8')).toBe('abcde');
  expect(readdirSync(directory).sort()).toEqual(['berlin', 'rome']);
  expect(statSync(join(folder, name)).mode & 0o007).toBe(0);
});

it('adds nothing behind a piece that was lost, and writes nothing twice', async () => {
  const { folder, warnings, take } = store();
  await take(
    piece(0, 'ab'),
    piece(5, 'fg'),
    piece(0, 'AB'),
    piece(2, 'c'),
    piece(2, 'c'),
    piece(9, 'z', { peer: 'rome' }),
  );
  expect(readFileSync(join(folder, name), 'utf8')).toBe('abc');
  expect(readdirSync(folder)).toEqual([name]);
  expect(warnings).toEqual([]);
});

it('keeps to its limits: the oldest traces go, and one that is too long ends', async () => {
  const { folder, take } = store({ traceBytes: 6, hostBytes: 10, hostTraces: 3 });
  for (const minute of [0, 1, 2, 3]) {
    await take(piece(0, 'abc', { begunAtMs: begunAtMs + 60_000 * minute }));
    // Times of files are coarser than this test.
    for (const [index, file] of readdirSync(folder).sort().entries()) utimesSync(join(folder, file), 0, 1000 + index);
  }
  expect(readdirSync(folder).length).toBe(3);
  expect(readdirSync(folder)).not.toContain(name);
  const newest = { begunAtMs: begunAtMs + 180_000 };
  await take(piece(3, 'def', newest), piece(6, 'g', newest));
  const left = readdirSync(folder).sort();
  expect(left.map((file) => readFileSync(join(folder, file), 'utf8'))).toEqual(['abc', 'abcdef']);
});

it('says what is wrong when it cannot write, and goes on', async () => {
  const { directory, warnings, opened } = store();
  const broken = new TraceStore(join(directory, 'file'), (message) => warnings.push(message));
  opened.take('file', piece(0, 'x'));
  await opened.settled();
  const inFile = new TraceStore(join(directory, 'file', name), (message) => warnings.push(message));
  inFile.take('berlin', piece(0, 'x'));
  await inFile.settled();
  expect(warnings).toEqual([expect.stringMatching(/A trace of berlin cannot be kept in .* see to the disk/)]);
  broken.take('berlin', piece(0, 'x'));
  await broken.settled();
  expect(readdirSync(join(directory, 'file', 'berlin'))).toEqual([name]);
});
