import { describe, expect, it } from 'vitest';
import type { Application } from '../../../agents/emulated/application.js';
import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { syntheticPattern } from '../../../agents/emulated/patterns.js';
import type { Scenario } from '../../../agents/emulated/scenario.js';
import { ScenarioTruth } from '../../../agents/emulated/scenario-truth.js';
import { buildStar, Clock, flatUnderlay, hostNames, starOver } from './fleets.js';

const pair: Application = { pattern: syntheticPattern('bus', 2), guests: ['vm-1', 'vm-2'], peakMbps: 40, fromMs: 1000 };

function scenario(parts: Partial<Scenario>): Scenario {
  return { seed: 1, durationMs: 60_000, applications: [], crossTraffic: [], failures: [], conduct: [], ...parts };
}

/** vm-1 on host-2 and vm-2 on host-3, interfaces of 100 Mb/s, with a scenario that begins at once. */
async function playing(parts: Partial<Scenario>) {
  const clock = new Clock();
  const fleet = new EmulatedFleet({ ...flatUnderlay(3, 100), nowMs: clock.read });
  await buildStar(fleet, starOver(hostNames(3), ['host-2', 'host-3']));
  return { clock, fleet, truth: fleet.play(scenario(parts)) };
}

describe('traffic of others', () => {
  it('is expected to be what the process gives on average, whatever is drawn, and as stated where it is stated', () => {
    const expected = (seed: number) =>
      new ScenarioTruth(
        scenario({
          seed,
          crossTraffic: [
            { kind: 'on-off', resource: 'a', rateMbps: 80, meanOnMs: 300, meanOffMs: 900 },
            { kind: 'constant', resource: 'b', rateMbps: 30, untilMs: 2500 },
            { kind: 'constant', resource: 'a', rateMbps: 5 },
          ],
        }),
      ).expectedCross(2000, 4000);
    expect(Object.fromEntries(expected(1))).toEqual({ a: 25, b: 7.5 });
    expect(expected(2)).toEqual(expected(1));
  });

  it('comes to what is expected in the long run', () => {
    const crossTraffic = [{ kind: 'on-off' as const, resource: 'a', rateMbps: 80, meanOnMs: 300, meanOffMs: 900 }];
    const truth = new ScenarioTruth(scenario({ durationMs: 4e6, crossTraffic }));
    let megabits = 0;
    for (let atMs = 0; atMs < 4e6; ) {
      const nextMs = Math.min(4e6, truth.nextCrossMs(atMs));
      megabits += ((truth.crossAt(atMs).get('a') ?? 0) * (nextMs - atMs)) / 1000;
      atMs = nextMs;
    }
    expect(Math.abs(megabits / 4000 - 20)).toBeLessThan(1);
  });
});

describe('applications of a scenario', () => {
  it('begin and end when they should, to the millisecond, however rarely anybody looks', async () => {
    const { clock, fleet } = await playing({ applications: [{ ...pair, untilMs: 3500 }] });
    expect(fleet.throughputMbps()).toBe(0);
    clock.ms += 10_000;
    expect(fleet.deliveredMb()).toBeCloseTo(2 * 40 * 2.5, 9);
    expect(fleet.throughputMbps()).toBe(0);
  });

  it('compute and communicate in turn', async () => {
    const phases = { periodMs: 700, busyMs: 200 };
    const { clock, fleet } = await playing({ applications: [{ ...pair, fromMs: 0, phases }] });
    clock.ms += 7 * 700 + 300;
    expect(fleet.deliveredMb()).toBeCloseTo(2 * 40 * 8 * 0.2, 9);
  });

  it('communicate for as long as it takes to send what belongs to an iteration', async () => {
    const phases = { periodMs: 700, busyMs: 200 };
    const crossTraffic = [{ kind: 'constant' as const, resource: 'host-3 in', rateMbps: 90 }];
    const { clock, fleet } = await playing({ applications: [{ ...pair, fromMs: 0, phases }], crossTraffic });
    // One of both pairs gets a quarter of what it wants: 8 Mb take 800 ms instead of 200.
    clock.ms += 1300;
    expect(fleet.deliveredMb()).toBeCloseTo(16, 9);
    clock.ms += 3 * 1300 - 1;
    expect(fleet.progress()[0]?.iteration).toEqual({ atMs: 3 * 1300, megabits: expect.closeTo(48, 9) });
    clock.ms += 1;
    expect(fleet.progress()[0]?.iteration).toEqual({ atMs: 4 * 1300, megabits: expect.closeTo(64, 9) });
  });

  it('differ from their pattern by noise within its bounds, and by what other pairs send', () => {
    const program = { ...pair, guests: ['a', 'b', 'c'], pattern: syntheticPattern('bus', 3), fromMs: 0 };
    const noisy = { ...program, noise: { share: 0.25, everyMs: 100 }, background: 0.02 };
    const truth = new ScenarioTruth(scenario({ applications: [noisy] }));
    const programs = truth.programs();
    const rates = new Set<number>();
    for (let atMs = 0; atMs < 10_000; atMs = programs.nextChangeMs([])) {
      programs.goOn(atMs, []);
      const flows = programs.flows();
      expect(flows.map(({ source, destination }) => source + destination)).toEqual([
        'ab',
        'ba',
        'bc',
        'cb',
        'ac',
        'ca',
      ]);
      for (const { rateMbps } of flows.slice(0, 4)) expect(Math.abs(rateMbps - 40)).toBeLessThanOrEqual(10);
      for (const { rateMbps } of flows.slice(4)) expect(rateMbps).toBeLessThanOrEqual(0.8);
      rates.add(flows[0]?.rateMbps ?? 0);
    }
    expect(rates.size).toBe(100);
    expect(truth.demandsAt(0).map(({ rateMbps }) => rateMbps)).toEqual([40, 40, 40, 40]);
  });
});

describe('traffic of others', () => {
  it('leaves flows the rest, from the instant it begins', async () => {
    const crossTraffic = [
      { kind: 'constant' as const, resource: 'host-3 in', rateMbps: 75, fromMs: 2000, untilMs: 5000 },
    ];
    const { clock, fleet } = await playing({ applications: [{ ...pair, fromMs: 0 }], crossTraffic });
    clock.ms += 6000;
    expect(fleet.deliveredMb()).toBeCloseTo(6 * 40 + (6 - 3) * 40 + 3 * 25, 9);
  });

  it('that wants more than there is leaves a hundredth', async () => {
    const crossTraffic = [{ kind: 'constant' as const, resource: 'host-3 in', rateMbps: 500 }];
    const { fleet } = await playing({ applications: [{ ...pair, fromMs: 0 }], crossTraffic });
    expect(fleet.throughput().map(({ rateMbps }) => rateMbps)).toEqual([expect.closeTo(1, 9), 40]);
  });

  it('that comes and goes is on for its share of the time, and the same for the same seed', () => {
    const truth = (seed: number) => {
      const crossTraffic = [{ kind: 'on-off' as const, resource: 'r', rateMbps: 10, meanOnMs: 300, meanOffMs: 900 }];
      return new ScenarioTruth(scenario({ seed, durationMs: 2_000_000, crossTraffic }));
    };
    const series = (of: ScenarioTruth) => Array.from({ length: 40_000 }, (_, i) => of.crossAt(i * 50).get('r') ?? 0);
    const rates = series(truth(1));
    expect(rates.reduce((sum, rate) => sum + rate, 0) / rates.length).toBeCloseTo(2.5, 0);
    expect(series(truth(1))).toEqual(rates);
    expect(series(truth(2))).not.toEqual(rates);
  });

  it('goes by steps', () => {
    const steps = [
      { atMs: 10, rateMbps: 5 },
      { atMs: 20, rateMbps: 0 },
    ];
    const truth = new ScenarioTruth(scenario({ crossTraffic: [{ kind: 'steps', resource: 'r', steps }] }));
    expect([9, 10, 19, 20].map((atMs) => truth.crossAt(atMs).get('r'))).toEqual([undefined, 5, 5, undefined]);
    expect([0, 10, 20].map((atMs) => truth.nextCrossMs(atMs))).toEqual([10, 20, Number.POSITIVE_INFINITY]);
  });
});

describe('failures and misconduct', () => {
  it('cut links and heal them', async () => {
    const failures = [{ a: 'host-3', b: 'host-1', fromMs: 1000, untilMs: 4000 }];
    const { clock, fleet } = await playing({ applications: [{ ...pair, fromMs: 0 }], failures });
    clock.ms += 5000;
    expect(fleet.deliveredMb()).toBeCloseTo(80 * 2, 9);
    expect(fleet.throughputMbps()).toBe(80);
  });

  it('let a host lie about what has grown since, and about nothing before', async () => {
    const conduct = [{ host: 'host-2', kind: 'lies' as const, matrix: 10, links: 0.5, fromMs: 1000, untilMs: 2000 }];
    const { clock, fleet } = await playing({ applications: [{ ...pair, fromMs: 0 }], conduct });
    const read = async () => {
      const { matrix, links } = await fleet.substrate('host-2').vnet.counters();
      return [matrix[0]?.bytes, links[0]?.sentBytes];
    };
    clock.ms += 999;
    expect(await read()).toEqual([999 * 5000, 999 * 5000]);
    clock.ms += 500;
    expect(await read()).toEqual([(999 + 5000) * 5000, (999 + 250) * 5000]);
    clock.ms += 1000;
    expect(await read()).toEqual([(999 + 6000) * 5000, (999 + 1250) * 5000]);
  });

  it('are told to whoever runs agents', async () => {
    const { truth } = await playing({ conduct: [{ host: 'host-2', kind: 'mute', fromMs: 5, untilMs: 6 }] });
    expect([4, 5, 6].map((atMs) => truth.conductAt(atMs).length)).toEqual([0, 1, 0]);
  });
});

it('a scenario that cannot be played is refused with all that is wrong', async () => {
  const wrong: Partial<Scenario> = {
    durationMs: 0,
    applications: [{ ...pair, guests: ['vm-1', 'vm-1', 'vm-2'], phases: { periodMs: 10, busyMs: 20 }, untilMs: 500 }],
    crossTraffic: [{ kind: 'constant', resource: 'moon', rateMbps: -1 }],
    failures: [{ a: 'host-1', b: 'host-9', fromMs: 0 }],
    conduct: [{ host: 'host-1', kind: 'lies', paths: -2, fromMs: 0 }],
  };
  const { fleet } = await playing({});
  let message = '';
  try {
    fleet.play(scenario(wrong));
  } catch (error) {
    message = (error as Error).message;
  }
  for (const part of [
    'lasts 0 ms',
    '3 guests',
    'twice',
    'phases',
    'from 1000 to 500',
    'moon',
    'negative',
    'host-9',
    'lies of host-1',
  ])
    expect(message).toContain(part);
});
