import { expect, it } from 'vitest';
import { computeCores, durationMs, memoryMib, rateMbps } from '../../schema/quantities.js';

it('turns quantities into numbers of one unit', () => {
  expect(['1bps', '1kbps', '1.5Mbps', '10Gbps', '1Tbps'].map(rateMbps)).toEqual([1e-6, 1e-3, 1.5, 1e4, 1e6]);
  expect(['1Ki', '512Mi', '1.5Gi', '1Ti'].map(memoryMib)).toEqual([1 / 1024, 512, 1536, 1048576]);
  expect(['1us', '0.2ms', '10s', '5m', '1h'].map(durationMs)).toEqual([1e-3, 0.2, 1e4, 3e5, 3.6e6]);
  expect(['2', '0.5', '500m', 0.25].map(computeCores)).toEqual([2, 0.5, 0.5, 0.25]);
});

it('throws on what no schema lets through', () => {
  for (const text of ['', '10', '10 Mbps', 'Mbps', '1Gi']) expect(() => rateMbps(text)).toThrow('not a quantity');
});
