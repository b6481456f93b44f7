import { describe, expect, it } from 'vitest';
import { queueClusters } from '../../../reconciler/wren/queue-clusters.js';
import { QueueingHistory } from '../../../reconciler/wren/queueing-history.js';
import { PathComparison, type QueueGroups } from '../../../reconciler/wren/shared-bottlenecks.js';
import { actedUponConfidence } from '../../../reconciler/wren/shared-places.js';
import { bottleneckTrial } from './bottleneck-trial.js';
import { drawnQueueWorld } from './drawn-queue-world.js';
import type { QueueLink, QueueWorldSpec } from './queueing-world.js';

const link = (name: string, capacityMbps: number, share = 0): QueueLink => ({
  name,
  capacityMbps,
  bufferMs: 50,
  cross: { share, onMs: 500, offMs: 500 },
});

/** A bulk-synchronous program: each host sends messages of one size to the next at once. With `hub`, through one common link. */
function ring(hosts: number, hub: boolean, share = 0): QueueWorldSpec {
  const links = Array.from({ length: hosts }, (_, host) => link(`out ${host}`, 100, share));
  const middle = links.push(link('hub', hub ? 100 : 1e5)) - 1;
  const paths = Array.from({ length: hosts }, (_, host) => ({
    from: `host-${host}`,
    to: `host-${(host + 1) % hosts}`,
    links: [host, middle],
    latencyMs: 0.3,
    messageKb: hub ? 400 : 2000,
    idleMs: 100,
  }));
  return { links, paths, periodMs: 600, hasEqualMessages: true };
}

describe('shared bottlenecks', () => {
  it.each([2, 11, 1004])(
    'are inferred from 60 s of traffic: 9 of 10 pairs right, none falsely sure (underlay %i)',
    (seed) => {
      const pairs = bottleneckTrial(drawnQueueWorld(seed), seed, 60);
      const right = pairs.filter(({ isRight }) => isRight).length;
      expect(right / pairs.length).toBeGreaterThanOrEqual(0.9);
      for (const { isRight, confidence } of pairs) expect(isRight ? 0 : (confidence ?? 0)).toBeLessThanOrEqual(0.9);
      expect(pairs.some(({ isRight, confidence }) => isRight && (confidence ?? 0) >= actedUponConfidence)).toBe(true);
    },
  );

  it.each([0, 0.3])('are not seen where a program sends in step over links of its own (cross traffic %f)', (share) => {
    const pairs = bottleneckTrial(ring(8, false, share), 1, 60);
    for (const { confidence } of pairs) expect(confidence ?? 0).toBeLessThan(actedUponConfidence);
  });

  it('are seen where it sends in step over one', () => {
    const pairs = bottleneckTrial(ring(4, true), 1, 60);
    expect(pairs.filter(({ sharing }) => (sharing ?? 0) >= 0.5)).toHaveLength(6);
    for (const { confidence } of pairs) expect(confidence ?? 0).toBeGreaterThanOrEqual(actedUponConfidence);
  });
});

describe('a comparison', () => {
  const delays = (step: number) => Float32Array.from({ length: 1200 }, (_, bin) => (Math.floor(bin / 4) * step) % 23);
  const tracks = Array.from({ length: 6 }, (_, path) => {
    return { from: `a-${path}`, to: 'b', delaysMs: delays(path < 3 ? 7 : 8 + path) };
  });
  const load = { carriedMbps: 10, crossMbps: 40 };

  it('comes to the same in however many steps', () => {
    const whole = new PathComparison(tracks, () => load).advance(1e6);
    expect(whole?.[0]?.paths.map(({ from }) => from)).toEqual(['a-0', 'a-1', 'a-2']);
    const slow = new PathComparison(tracks, () => load);
    const steps: (QueueGroups | null)[] = [];
    for (let found = slow.advance(2); ; found = slow.advance(2)) {
      steps.push(found);
      if (found) break;
    }
    // Six paths and fifteen pairs.
    expect(steps).toHaveLength(11);
    expect(steps.at(-1)).toEqual(whole);
  });
});

describe('clusters', () => {
  const pair = (a: number, b: number, probability: number) => ({ a, b, probability });

  it('join what never met over a third, and outweigh one doubt', () => {
    expect(queueClusters(4, [pair(0, 1, 0.95), pair(1, 2, 0.95)])).toEqual([
      { members: [0, 1, 2], confidence: expect.closeTo(0.95) },
    ]);
    const doubted = [pair(0, 1, 0.95), pair(1, 2, 0.95), pair(0, 2, 0.4)];
    expect(queueClusters(3, doubted)[0]?.members).toEqual([0, 1, 2]);
    expect(queueClusters(3, doubted)[0]?.confidence).toBeLessThan(0.9);
  });

  it('do not join against a contradiction', () => {
    expect(queueClusters(3, [pair(0, 1, 0.9), pair(1, 2, 0.95), pair(0, 2, 0.05)])).toEqual([
      { members: [1, 2], confidence: expect.closeTo(0.95) },
    ]);
  });

  it('are none where nothing is likelier together', () => {
    expect(queueClusters(3, [pair(0, 1, 0.5), pair(1, 2, 0.2)])).toEqual([]);
  });
});

describe('the history of queueing', () => {
  const series = (fromMs: number, delaysMs: (number | null)[], method: 'two-sided' | 'one-sided' = 'two-sided') => {
    return { from: 'a', to: 'b', method, fromMs, binMs: 100, delaysMs };
  };
  const last = (history: QueueingHistory, nowMs: number, bins: number) =>
    [...(history.tracks(nowMs)[0]?.delaysMs.slice(-bins) ?? [])].map((delay) => (Number.isNaN(delay) ? null : delay));

  it('has each bin at its time, and none where nobody told', () => {
    const history = new QueueingHistory();
    expect(history.add(series(10_000, [1, null, 3]), 10_300)).toBe(true);
    expect(history.add(series(10_500, [6]), 10_700)).toBe(true);
    expect(last(history, 10_700, 8)).toEqual([1, null, 3, null, null, 6, null, null]);
    expect(last(history, 10_000 + 121_000, 3)).toEqual([]);
  });

  it('takes late bins to their place, and none of another time', () => {
    const history = new QueueingHistory();
    history.add(series(10_500, [6]), 10_700);
    history.add(series(10_300, [4]), 10_700);
    expect(last(history, 10_600, 4)).toEqual([4, null, 6, null]);
    expect(history.add(series(1e9, [1]), 10_700)).toBe(false);
    expect(history.add(series(-1e9, [1]), 10_700)).toBe(false);
    expect(history.add({ ...series(10_500, [1]), binMs: 7 }, 10_700)).toBe(false);
  });

  it('prefers the receiver’s word', () => {
    const history = new QueueingHistory();
    history.add(series(10_000, [1]), 10_100);
    history.add(series(10_000, [9, 9], 'one-sided'), 10_200);
    expect(last(history, 10_100, 2)).toEqual([1, null]);
  });
});
