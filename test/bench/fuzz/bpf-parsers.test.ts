import { expect, it } from 'vitest';
import { fuzzBpfParsers } from '../../../bench/fuzz/bpf-parsers.js';
import { describeLab } from '../../environment.js';

describeLab('parsers in the kernel', ['root', 'bpf', 'clang', 'libbpf'], () => {
  it('bear whatever frames they are given', () => {
    const { runs, problems } = fuzzBpfParsers({ seed: 7, durationMs: Number.POSITIVE_INFINITY, runs: 1000 });
    expect(problems).toEqual([]);
    expect(runs).toBe(1000);
  }, 120_000);
});
