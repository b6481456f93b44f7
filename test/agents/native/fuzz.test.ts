import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { compileFuzzer, fuzzNative, nativeFuzzers } from '../../../bench/fuzz/native-parsers.js';
import { packageRoot } from '../../../package-root.js';
import { describeLab } from '../../environment.js';

const fuzzers = join(packageRoot(), 'agents', 'native', 'fuzz');

it('has a fuzzer, with inputs to begin with, for each source', () => {
  const names = readdirSync(fuzzers).flatMap((file) => (file.endsWith('.c') ? [file.slice(0, -2)] : []));
  expect(names.sort()).toEqual([...nativeFuzzers].sort());
  expect(readdirSync(join(fuzzers, 'corpus')).sort()).toEqual([...nativeFuzzers].sort());
});

describeLab('native parsers under sanitizers', ['linux', 'clang', 'libfuzzer'], () => {
  beforeAll(() => {
    for (const name of nativeFuzzers) compileFuzzer(name);
  }, 240_000);

  it.each(nativeFuzzers)('%s: takes 20,000 inputs without a fault', { timeout: 120_000 }, async (name) => {
    const { runs, coverage, problem } = await fuzzNative(name, { seed: 1, runs: 20_000 });
    expect(problem).toBeUndefined();
    expect(runs).toBeGreaterThanOrEqual(20_000);
    expect(coverage).toBeGreaterThan(10);
  });
});
