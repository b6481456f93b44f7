import { expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../reconciler/adapters/metrics.js';
import { view } from '../api/fleet.js';

/** What is shown, beside a count that begins with zero. */
const samples = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && line !== 'virtuoso_topology_declarations_total 0');

it('shows nothing that is not known', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 0 });
  const text = await metrics.text();
  expect(samples(text)).toEqual([]);
  expect(text).toContain('# HELP virtuoso_unmet_demand_mbps');
  expect(metrics.contentType).toMatch(/^text\/plain/);
});

it('counts passes, steps and migrations', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 0 });
  metrics.passEnded('applied');
  metrics.passEnded('converged');
  metrics.passEnded('converged');
  metrics.passStepTook('solve', 0.2);
  metrics.stepEnded('link-up', 'done');
  metrics.stepEnded('move', 'done');
  metrics.stepEnded('move', 'failed');
  const found = samples(await metrics.text());
  expect(found).toEqual(
    expect.arrayContaining([
      'virtuoso_pass_total{verdict="applied"} 1',
      'virtuoso_pass_total{verdict="converged"} 2',
      'virtuoso_pass_duration_seconds_bucket{le="0.1",step="solve"} 0',
      'virtuoso_pass_duration_seconds_bucket{le="0.5",step="solve"} 1',
      'virtuoso_pass_duration_seconds_sum{step="solve"} 0.2',
      'virtuoso_steps_total{kind="link-up",status="done"} 1',
      'virtuoso_steps_total{kind="move",status="failed"} 1',
      'virtuoso_migrations_total{outcome="done"} 1',
      'virtuoso_migrations_total{outcome="failed"} 1',
    ]),
  );
});

it('draws the fleet, and forgets a score that is no longer known', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 0 });
  metrics.fleetSeen(view);
  const seen = [
    'virtuoso_hosts{presence="connected"} 5',
    'virtuoso_hosts{presence="silent"} 1',
    'virtuoso_hosts{presence="unknown"} 0',
    'virtuoso_links{type="udp",state="up"} 7',
    'virtuoso_links{type="udp",state="down"} 1',
    'virtuoso_vms 4',
  ];
  const scored = ['virtuoso_unmet_demand_mbps 0', 'virtuoso_objective{rank="0",unit="Mb/s"} 2185'];
  expect(samples(await metrics.text()).sort()).toEqual([...seen, ...scored].sort());
  metrics.fleetSeen({ ...view, score: null });
  expect(samples(await metrics.text()).sort()).toEqual([...seen].sort());
});

it('shows tie-breaks, each in its own unit', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 0 });
  const objective = { value: 4.2, unit: 'ms' };
  metrics.fleetSeen({ ...view, score: { unmetMbps: 0, objective, tieBreaks: [{ value: 3, unit: 'no unit' }] } });
  const shown = () => metrics.text().then((text) => samples(text).filter((line) => line.includes('objective')));
  expect(await shown()).toEqual([
    'virtuoso_objective{rank="0",unit="ms"} 4.2',
    'virtuoso_objective{rank="1",unit="no unit"} 3',
  ]);
  // Another objective takes its place.
  metrics.fleetSeen(view);
  expect(await shown()).toEqual(['virtuoso_objective{rank="0",unit="Mb/s"} 2185']);
});

it('counts conditions by what they say, and forgets those that are gone', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 0 });
  const down = { type: 'Ready', status: 'False', reason: 'Down', message: '', lastTransitionTime: '' } as const;
  metrics.conditionsSeen([
    { ...down, object: 'link/a--b' },
    { ...down, object: 'link/a--c' },
  ]);
  expect(samples(await metrics.text())).toEqual(['virtuoso_conditions{type="Ready",status="False",reason="Down"} 2']);
  metrics.conditionsSeen([]);
  expect(samples(await metrics.text())).toEqual([]);
});

it('tells the age of the newest observation, never negative', async () => {
  let nowMs = 10_000;
  const metrics = new PrometheusMetrics({ nowMs: () => nowMs });
  metrics.observationReceived(9000);
  metrics.observationReceived(7000);
  expect(samples(await metrics.text())).toEqual(['virtuoso_observation_age_seconds 1']);
  nowMs = 8000;
  expect(samples(await metrics.text())).toEqual(['virtuoso_observation_age_seconds 0']);
});
