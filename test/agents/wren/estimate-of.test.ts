import { expect, it } from 'vitest';
import { analyseTrace } from '../../../agents/wren/analyse-trace.js';
import { estimateOf } from '../../../agents/wren/estimate-of.js';
import { PathEstimator } from '../../../agents/wren/path-estimator.js';
import { TraceWriter } from '../../../agents/wren/trace-file.js';
import { simulatePath } from './simulated-path.js';

const trace = simulatePath({
  seed: 5,
  seconds: 12,
  delayMs: 10,
  hops: [{ capacityMbps: 50, cross: { kind: 'poisson', share: 0.4 } }],
  sender: { control: 'window', windowSegments: 256, messageBytes: [1e4, 1e6], meanPauseMs: 50 },
});
const path = { peer: 'berlin', direction: 'from-peer', method: 'two-sided' } as const;

it('tells a path as the wire carries it, and each bin of delay once', () => {
  const estimator = new PathEstimator('two-sided');
  for (const packet of trace.packets) estimator.packet(packet);
  const nowNs = trace.packets.at(-1)?.arrivalNs ?? 0;
  const told = estimateOf(estimator, { ...path, nowNs, wallMs: 1_700_000_000_000 });
  expect(told).toMatchObject({ ...path, atMs: 1_700_000_000_000 });
  expect(told?.available.mbps).toBeGreaterThan(27);
  expect(told?.available.mbps).toBeLessThan(33);
  expect(told?.capacityMbps).toBeCloseTo(50, 0);
  expect(told?.minimumDelayMs).toBeCloseTo(10, 1);
  expect(told?.busyShare).toBeGreaterThan(0.1);
  expect(told?.queueing?.delaysMs.length).toBeGreaterThan(100);
  expect((told?.queueing?.fromMs ?? 1) % 100).toBe(0);
  expect(estimateOf(estimator, { ...path, nowNs, wallMs: 1_700_000_000_000 })?.queueing).toBeUndefined();
});

it('leaves out a path that nothing was learnt of in the last minute', () => {
  const estimator = new PathEstimator('two-sided');
  expect(estimateOf(estimator, { ...path, nowNs: 1e9, wallMs: 0 })).toBeUndefined();
  estimator.packet({ departureNs: 1e9, arrivalNs: 2e9, bytes: 1500, isAfterGap: true });
  const known = estimateOf(estimator, { ...path, nowNs: 3e9, wallMs: 5000 });
  expect(known).toMatchObject({ atMs: 4000, minimumDelayMs: 1000, available: { highMbps: 1e6 } });
  expect(known?.available.mbps).toBeUndefined();
  expect(estimateOf(estimator, { ...path, nowNs: 63e9, wallMs: 65_000 })).toBeUndefined();
});

it('says the same of a trace that was written and read', () => {
  const writer = new TraceWriter({ names: true });
  const number = writer.path(path);
  for (const packet of trace.packets) writer.packet(number, packet);
  const { paths, fault } = analyseTrace(writer.take(), 5);
  expect(fault).toBeUndefined();
  expect(paths).toHaveLength(1);
  expect(paths[0]).toMatchObject({ ...path, packets: trace.packets.length });
  const last = paths[0]?.windows.at(-1);
  expect(Math.abs((last?.estimate.available.mbps ?? 0) / 30 - 1)).toBeLessThan(0.1);
  expect(last?.sic).toHaveProperty('trains');
});

it('does not count seconds in which a trace has nothing', () => {
  const writer = new TraceWriter({ names: false });
  const number = writer.path(path);
  for (const arrivalNs of [0, 1e9, 4e15])
    writer.packet(number, { departureNs: arrivalNs, arrivalNs, bytes: 100, isAfterGap: false });
  expect(analyseTrace(writer.take(), 1).paths[0]?.windows.length).toBeLessThan(5);
});
