import { describe, expect, it } from 'vitest';
import { PassQueue } from '../../reconciler/pass-queue.js';

function gated() {
  const begun: string[] = [];
  const open: (() => void)[] = [];
  const queue = new PassQueue((reasons) => {
    begun.push(reasons);
    return new Promise((resolve) => open.push(resolve));
  });
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { queue, begun, turn, endPass: () => open.shift()?.() };
}

describe('passes', () => {
  it('run one after the other; requests that come before one begins share it, each reason told once', async () => {
    const { queue, begun, turn, endPass } = gated();
    queue.request('interval');
    queue.request('push');
    queue.request('push');
    await turn();
    expect(begun).toEqual(['interval, push']);
    queue.request('traffic');
    await turn();
    expect(begun).toHaveLength(1);
    endPass();
    await turn();
    expect(begun).toEqual(['interval, push', 'traffic']);
    endPass();
    await queue.settled();
  });

  it('wait for what else was enqueued, and what that comes to reaches whoever asked', async () => {
    const { queue, begun, turn, endPass } = gated();
    const saved = queue.run(async () => {
      expect(begun).toEqual([]);
      return 'applied';
    });
    queue.request('interval');
    expect(await saved).toBe('applied');
    await turn();
    expect(begun).toEqual(['interval']);
    endPass();
    await queue.settled();
  });

  it('go on after a task that failed, whose failure its caller gets', async () => {
    const { queue, begun, turn, endPass } = gated();
    const failed = queue.run(() => Promise.reject(new Error('the plan is gone')));
    queue.request('interval');
    await expect(failed).rejects.toThrow('the plan is gone');
    await turn();
    expect(begun).toEqual(['interval']);
    endPass();
    await queue.settled();
  });

  it('do not begin any more once the queue is closed, not even those that were asked for', async () => {
    const { queue, begun } = gated();
    queue.request('interval');
    queue.close();
    queue.request('push');
    await queue.settled();
    expect(begun).toEqual([]);
  });
});
