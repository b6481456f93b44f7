import { describe, expect, test } from 'vitest';
import type { Pair } from '../../../reconciler/model/pair.js';
import { ingest } from '../../../reconciler/vttif/ingest.js';
import { listed, ratesOf } from '../../../reconciler/vttif/rates.js';
import { presumeSilent, silentHosts } from '../../../reconciler/vttif/silent-hosts.js';
import { disturb, type VttifState, vttifStart } from '../../../reconciler/vttif/state.js';
import { step, traffic } from '../../../reconciler/vttif/step.js';
import type { TrafficEntry } from '../../../schema/generated/types.js';
import { free, macOf, observation, parameters } from './watched.js';

const pairOf = (pair: string): Pair => {
  const [source = '', destination = ''] = pair.split(' ').map(macOf);
  return { network: 'net', source, destination };
};
const declaredAs = (rates: Record<string, number>, origin: TrafficEntry['origin'] = 'observed'): TrafficEntry[] =>
  Object.entries(rates).map(([pair, rateMbps]) => ({ ...pairOf(pair), rateMbps, origin }));

/** What is presumed when VM 1 is on a silent host; pairs as `source destination`. */
function presumed(
  now: Record<string, number>,
  declared: readonly TrafficEntry[],
  silent: readonly (string | number)[] = [1],
) {
  const rates = Object.entries(now).map(([pair, rateMbps]) => {
    const each = pairOf(pair);
    return { ...each, rateMbps };
  });
  const addresses = new Set(silent.map(macOf));
  const options = { isSilent: (_: string, address: string) => addresses.has(address), declared };
  const vm = (mac: string) => Number.parseInt(mac.slice(-2), 16);
  const whole = listed(presumeSilent(ratesOf(rates), { ...options, pruneThreshold: 0.1, detectionThreshold: 0.2 }));
  return Object.fromEntries(
    whole.map(({ source, destination, rateMbps }) => [`${vm(source)} ${vm(destination)}`, rateMbps]),
  );
}

describe('what VMs on a silent host are presumed to send', () => {
  test('is what was declared, while others send them what they did', () => {
    const declared = declaredAs({ '1 2': 30, '2 1': 10, '1 3': 5 });
    expect(presumed({ '1 2': 7, '2 1': 11 }, declared)).toEqual({ '1 2': 30, '2 1': 11, '1 3': 5 });
  });

  test('is what they are sent, when that is another than it was', () => {
    const declared = declaredAs({ '1 2': 30, '2 1': 30 });
    expect(presumed({ '1 2': 30, '3 1': 20 }, declared)).toEqual({ '3 1': 20, '1 3': 20 });
    expect(presumed({ '1 2': 30, '2 1': 60 }, declared)).toEqual({ '2 1': 60, '1 2': 60 });
  });

  test('is not a guess that is raised once more', () => {
    const declared = declaredAs({ '1 2': 40, '2 1': 10 }, 'at-least');
    expect(presumed({ '2 1': 10 }, declared)).toEqual({ '2 1': 10, '1 2': 10 });
  });

  test('is as declared among themselves', () => {
    expect(presumed({ '1 2': 3 }, declaredAs({ '1 2': 30, '2 3': 9 }), [1, 2])).toEqual({ '1 2': 30, '2 3': 9 });
  });
});

describe('a host that falls silent', () => {
  const bytes = (mbps: number, seconds: number) => mbps * seconds * 125_000;

  test('is one that was heard, and not for half a window', () => {
    const hosts = [1, 2].reduce(
      (state, second) => ingest(state, observation(second, second * 1000, { '1 2': bytes(5, second) }), second * 1000),
      vttifStart(10_000),
    ).hosts;
    expect([...silentHosts(hosts, 7000, 10_000)]).toEqual([]);
    expect([...silentHosts(hosts, 7001, 10_000)]).toEqual(['host-1']);
  });

  test('leaves a topology that is that of now, and does not keep a change of it from being seen', () => {
    let state: VttifState = vttifStart(10_000);
    const totals: Record<string, number> = {};
    const run = (from: number, to: number, rates: Record<string, number>, isMute: boolean) => {
      for (let second = from; second < to; second++) {
        for (const [pair, rate] of Object.entries(rates)) totals[pair] = (totals[pair] ?? 0) + bytes(rate, 1);
        for (const vm of isMute ? ['2', '3'] : ['1', '2', '3']) {
          const own = Object.entries(totals).filter(([pair]) => pair.startsWith(`${vm} `));
          const seen = observation(second, second * 1000, Object.fromEntries(own), { host: `host-${vm}` });
          state = ingest(state, seen, second * 1000);
        }
        const hostOf = (_: string, mac: string) => `host-${Number.parseInt(mac.slice(-2), 16)}`;
        const options = { nowMs: second * 1000, parameters, boundMs: 0, saturated: free, hostOf };
        state = step(state, options).state;
      }
    };
    const declared = () =>
      Object.fromEntries(
        traffic(state).demands.map((entry) => [
          `${Number.parseInt(entry.source.slice(-2), 16)} ${Number.parseInt(entry.destination.slice(-2), 16)}`,
          Math.round(entry.rateMbps),
        ]),
      );
    run(0, 40, { '1 2': 30, '2 1': 30 }, false);
    expect(declared()).toEqual({ '1 2': 30, '2 1': 30 });
    run(40, 56, { '1 3': 30, '3 1': 30 }, true);
    expect(declared()).toEqual({ '1 3': 30, '3 1': 30 });
    state = disturb(state, 56_000);
    run(56, 78, { '1 2': 10, '2 1': 10 }, true);
    expect(declared()).toEqual({ '1 2': 10, '2 1': 10 });
    run(78, 200, { '1 2': 10, '2 1': 10 }, true);
    expect(traffic(state).declaredAtMs).toBeLessThan(78_000);
  });
});
