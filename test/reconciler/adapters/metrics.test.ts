import { expect, it } from 'vitest';
import { PrometheusMetrics } from '../../../reconciler/adapters/metrics.js';
import { TimedJournal } from '../../../reconciler/adapters/timed-journal.js';
import { migrationReason } from '../../../reconciler/migration-reason.js';
import { keepsConstraints } from '../../../reconciler/pass/pull-levers.js';
import type { Journal } from '../../../reconciler/ports.js';
import type { Drift, LeverLine, Plan } from '../../../schema/generated/types.js';
import { view } from '../api/fleet.js';
import { draft, plan } from './journal-fixture.js';

/** What is shown, beside counts that begin with zero. */
const samples = (text: string) =>
  text
    .split('\n')
    .filter(
      (line) =>
        line !== '' && !line.startsWith('#') && !/^virtuoso_(topology_declarations|push_to_converged).* 0$/.test(line),
    );

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
  metrics.stepEnded('link-up', 'done', 'gain');
  metrics.stepEnded('move', 'done', 'gain');
  metrics.stepEnded('move', 'failed', 'constraints');
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
      'virtuoso_migrations_total{reason="gain",outcome="done"} 1',
      'virtuoso_migrations_total{reason="constraints",outcome="failed"} 1',
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

it('tells how far the decision is from the bound, at most, and what has drifted, as it is when somebody looks', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 0 });
  const shown = { plan: null as Plan | null, drift: [] as Drift[] };
  metrics.watch({ plan: () => shown.plan, drift: () => shown.drift });
  expect(samples(await metrics.text())).toEqual([]);
  const difference = { host: 'host-1', part: 'vm', object: 'vm-1', kind: 'missing', left: 'host-1', is: null } as const;
  shown.drift = [
    { ...difference, byOthers: false },
    { ...difference, object: 'vm-2', byOthers: false },
  ];
  shown.plan = plan;
  expect(samples(await metrics.text()).sort()).toEqual([
    'virtuoso_drift{part="vm",kind="missing",by_others="false"} 2',
    'virtuoso_regret_unmet_mbps 0',
    'virtuoso_regret{unit="Mb/s"} 290.5',
  ]);
  shown.drift = [];
  shown.plan = { ...plan, decision: { ...plan.decision, bound: { unmetMbps: 0, objective: null } } };
  expect(samples(await metrics.text())).toEqual(['virtuoso_regret_unmet_mbps 0']);
});

it('tells why VMs are moved by the lever that was pulled', () => {
  const reasonOf = (levers?: LeverLine[]) => {
    const { levers: _levers, ...decision } = plan.decision;
    return migrationReason({ decision: levers ? { ...decision, levers } : decision });
  };
  const line = (lever: LeverLine['lever'], outcome: LeverLine['outcome'], reason: string): LeverLine => {
    return { lever, outcome, score: null, reason };
  };
  expect(reasonOf()).toBe('constraints');
  expect(reasonOf([line('reroute', 'impossible', ''), line('migrate', 'pulled', keepsConstraints)])).toBe(
    'constraints',
  );
  expect(reasonOf([line('migrate', 'pulled', 'It gains 12 %.')])).toBe('gain');
  expect(reasonOf([line('migrate', 'surpassed', ''), line('return', 'pulled', 'It gains 12 %.')])).toBe('return');
});

it('counts notifications, retries and pushes once there are any', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 0 });
  metrics.notifications.notificationsWaiting(2);
  metrics.notifications.notificationRetried();
  metrics.notifications.notificationEnded('delivered');
  metrics.notifications.notificationEnded('dead');
  metrics.convergedAfterPush(1.5);
  expect(samples(await metrics.text())).toEqual(
    expect.arrayContaining([
      'virtuoso_notifications_waiting 2',
      'virtuoso_notification_retries_total 1',
      'virtuoso_notifications_total{outcome="delivered"} 1',
      'virtuoso_notifications_total{outcome="dead"} 1',
      'virtuoso_push_to_converged_seconds_bucket{le="2"} 1',
      'virtuoso_push_to_converged_seconds_sum 1.5',
    ]),
  );
});

it('measures how long it takes to write the journal', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 0 });
  let nowMs = 0;
  const written = { kind: 'appended', commit: 'c', pass: 1, pushed: true, message: '' } as const;
  const slow: Journal = {
    append: async () => {
      nowMs += 250;
      return written;
    },
    head: async () => 'c',
    latest: async () => null,
    entries: async function* () {
      yield* [];
    },
  };
  const journal = new TimedJournal(slow, { nowMs: () => nowMs }, metrics);
  expect(await journal.append(draft())).toEqual(written);
  expect([await journal.head(), await journal.latest()]).toEqual(['c', null]);
  expect(samples(await metrics.text())).toContain('virtuoso_pass_duration_seconds_sum{step="record"} 0.25');
});
