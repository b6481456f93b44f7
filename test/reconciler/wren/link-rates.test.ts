import { describe, expect, test } from 'vitest';
import { underlayOf } from '../../../reconciler/model/underlay.js';
import { deliveredRates, ingestLinks, type LinkRates, noLinkRates } from '../../../reconciler/wren/link-rates.js';
import { understatedCapacities } from '../../../reconciler/wren/understated.js';
import type { HostObservation } from '../../../schema/generated/types.js';
import { fig14Hosts, fig14Underlays } from '../fig14-inventory.js';

function seen(host: string, second: number, received: Record<string, number>, epoch = 'one'): HostObservation {
  const links = Object.entries(received).map(([peer, receivedBytes]) => ({ peer, sentBytes: 0, receivedBytes }));
  return { host, epoch, sequence: second, atMs: second * 1000, matrix: [], links, guests: [], drops: [] };
}
const ingestAll = (observations: HostObservation[]): LinkRates =>
  observations.reduce((rates, each) => ingestLinks(rates, each, each.atMs + 7), noLinkRates());

describe('delivered link rates', () => {
  test('come from what the receiver counted between two readings', () => {
    const rates = ingestAll([
      ...[seen('host-4', 1, { 'host-1': 1e6, 'host-5': 0 }), seen('host-1', 1, { 'host-4': 5 })],
      ...[seen('host-4', 3, { 'host-1': 2e6, 'host-5': 5e6 }), seen('host-1', 2, { 'host-4': 250_005 })],
    ]);
    expect(deliveredRates(rates, 3007, 10_000)).toEqual([
      { from: 'host-1', to: 'host-4', rateMbps: 4 },
      { from: 'host-4', to: 'host-1', rateMbps: 2 },
      { from: 'host-5', to: 'host-4', rateMbps: 20 },
    ]);
  });

  test('a new epoch starts again, late observations change nothing', () => {
    const rates = ingestAll([
      ...[seen('host-4', 1, { 'host-1': 9e9 }), seen('host-4', 2, { 'host-1': 10 }, 'two')],
      ...[seen('host-4', 9, { 'host-1': 9.5e9 }), seen('host-4', 3, { 'host-1': 125_010 }, 'two')],
    ]);
    expect(deliveredRates(rates, 3007, 10_000)).toEqual([{ from: 'host-1', to: 'host-4', rateMbps: 1 }]);
  });

  test('old ones are not told', () => {
    const rates = ingestAll([seen('host-4', 1, { 'host-1': 0 }), seen('host-4', 2, { 'host-1': 1 })]);
    expect(deliveredRates(rates, 7007, 5000)).toHaveLength(1);
    expect(deliveredRates(rates, 7008, 5000)).toEqual([]);
  });

  test('a host may be called constructor', () => {
    const rates = ingestAll([seen('host-4', 1, {}), seen('host-4', 2, { constructor: 125_000 })]);
    expect(deliveredRates(rates, 2007, 5000)).toEqual([{ from: 'constructor', to: 'host-4', rateMbps: 1 }]);
  });

  test('are a plain value', () => {
    const rates = ingestAll([seen('host-4', 1, { 'host-1': 0 }), seen('host-4', 2, { 'host-1': 1 })]);
    expect(JSON.parse(JSON.stringify(rates))).toEqual(rates);
  });
});

describe('capacities', () => {
  const underlay = underlayOf(fig14Hosts, fig14Underlays);

  test('are understated when all links over a resource together deliver more than a tenth above it', () => {
    const measured = (first: number, second: number) => ({
      paths: [],
      delivered: [
        { from: 'host-1', to: 'host-4', rateMbps: first },
        { from: 'host-2', to: 'host-5', rateMbps: second },
        { from: 'host-9', to: 'host-5', rateMbps: 1e6 },
      ],
    });
    expect(understatedCapacities(measured(5, 6), fig14Hosts, underlay)).toEqual([]);
    expect(understatedCapacities(measured(5, 7), fig14Hosts, underlay)).toEqual([
      {
        resource: 'wan domain-1--domain-2 out of domain-1',
        nominalMbps: 10,
        seenMbps: 12,
        message: expect.stringContaining('10 Mb/s stated, 12.0 Mb/s delivered'),
      },
    ]);
  });
});
