import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { InferenceMetrics, seriesLimits } from '../../../reconciler/adapters/inference-metrics.js';
import { PrometheusMetrics } from '../../../reconciler/adapters/metrics.js';
import type { PathKnowledge, Traffic } from '../../../schema/generated/types.js';
import { bottlenecks, paths, traffic, view } from '../api/fleet.js';

const implausible = () => [{ host: 'host-3', figures: 7 }];
const samples = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

const gangs = [
  { set: 'ring', hosts: ['host-1', 'host-2'], sliceUs: 25_000, skewUs: 250 },
  { set: 'web', hosts: ['host-1', 'host-3'], sliceUs: 25_000 },
];

function shown(known: { traffic?: Traffic; paths?: PathKnowledge[] } = {}) {
  const registry = new Registry();
  const metrics = new InferenceMetrics(registry);
  const now = { traffic, paths, ...known };
  metrics.inferFrom({
    traffic: () => now.traffic,
    paths: () => now.paths,
    bottlenecks: () => bottlenecks,
    implausible,
    gangs: () => gangs,
  });
  const text = async (nowMs = 0) => {
    metrics.show(nowMs);
    return samples(await registry.metrics());
  };
  return { metrics, now, text };
}

it('shows paths, without what is not known of them', async () => {
  const { text } = shown();
  const found = await text();
  expect(found.filter((line) => line.startsWith('virtuoso_path')).sort()).toEqual([
    'virtuoso_path_age_seconds{from="host-1",to="host-4"} 0.4',
    'virtuoso_path_age_seconds{from="host-1",to="host-5"} 1.2',
    'virtuoso_path_available_high_mbps{from="host-1",to="host-4"} 9',
    'virtuoso_path_available_high_mbps{from="host-1",to="host-5"} 10',
    'virtuoso_path_available_low_mbps{from="host-1",to="host-4"} 7.5',
    'virtuoso_path_available_low_mbps{from="host-1",to="host-5"} 5',
    'virtuoso_path_available_mbps{from="host-1",to="host-4"} 8.25',
    'virtuoso_path_capacity_mbps{from="host-1",to="host-4"} 10',
    'virtuoso_path_carried_mbps{from="host-1",to="host-4"} 1.5',
    'virtuoso_path_latency_seconds{from="host-1",to="host-4"} 0.0205',
  ]);
  expect(found).toContain('virtuoso_bottlenecks 1');
  expect(found).toContain('virtuoso_implausible_figures_total{host="host-3"} 7');
});

it('shows demands in sum, and the shape of each application', async () => {
  const { text } = shown();
  expect(await text()).toEqual(
    expect.arrayContaining([
      'virtuoso_demand_mbps{network="lan",origin="observed"} 300',
      'virtuoso_demand_mbps{network="lan",origin="at-least"} 15',
      'virtuoso_demand_mbps{network="lan",origin="remembered"} 15',
      'virtuoso_demands{network="lan",origin="observed"} 6',
      'virtuoso_application_info{network="lan",first="02:00:00:00:00:01",shape="all-to-all"} 1',
      'virtuoso_application_confidence{network="lan",first="02:00:00:00:00:01"} 0.875',
      'virtuoso_application_vms{network="lan",first="02:00:00:00:00:01"} 4',
    ]),
  );
});

it('forgets what is no longer so', async () => {
  const { now, text } = shown();
  await text();
  now.paths = [];
  now.traffic = { ...traffic, demands: [], applications: [] };
  expect((await text()).filter((line) => /path|demand|application/.test(line))).toEqual([]);
});

it('counts each declaration once', async () => {
  const { metrics, text } = shown();
  for (const declaredAtMs of [null, null, 5, 5, 9, 9, 9]) metrics.trafficSeen({ declaredAtMs });
  expect(await text()).toContain('virtuoso_topology_declarations_total 2');
});

it('tells the age of the observations of each host, and forgets hosts that are gone', async () => {
  const { metrics, text } = shown();
  metrics.observedBy('host-1', 4000);
  metrics.observedBy('host-1', 3000);
  metrics.observedBy('host-2', 9000);
  const ages = async () => (await text(10_000)).filter((line) => line.includes('observation_age'));
  expect(await ages()).toEqual([
    'virtuoso_host_observation_age_seconds{host="host-1"} 6',
    'virtuoso_host_observation_age_seconds{host="host-2"} 1',
  ]);
  metrics.hostsSeen(new Set(['host-2']));
  expect(await ages()).toEqual(['virtuoso_host_observation_age_seconds{host="host-2"} 1']);
});

it('stays bounded in a fleet of any size, and counts what it leaves out', async () => {
  const [path] = paths;
  const many = Array.from({ length: 5000 }, (_, index) => ({ ...path, to: `host-${index}` }) as PathKnowledge);
  const applications = Array.from({ length: 250 }, (_, index) => {
    return { network: 'lan', vms: [`02:00:00:00:00:${index}`], shape: 'none', confidence: 1 } as const;
  });
  const { text } = shown({
    paths: many,
    traffic: { ...traffic, applications: [...applications] } as unknown as Traffic,
  });
  await text();
  const found = await text();
  expect(found.filter((line) => line.startsWith('virtuoso_path_available_mbps'))).toHaveLength(seriesLimits.path);
  expect(found.filter((line) => line.startsWith('virtuoso_application_info'))).toHaveLength(seriesLimits.application);
  expect(found).toContain('virtuoso_series_left_out_total{kind="path"} 8000');
  expect(found).toContain('virtuoso_series_left_out_total{kind="application"} 100');
});

it('tells how far apart VMs in lock step begin, where that is known', async () => {
  const found = (await shown().text()).filter((line) => line.includes('gang'));
  expect(found).toEqual(['virtuoso_gang_skew_seconds{set="ring"} 0.00025']);
});

it('is part of the metrics of a reconciler', async () => {
  const metrics = new PrometheusMetrics({ nowMs: () => 10_000 });
  metrics.inference.inferFrom({
    traffic: () => traffic,
    paths: () => paths,
    bottlenecks: () => [],
    implausible,
    gangs: () => [],
  });
  metrics.inference.observedBy('host-1', 9000);
  metrics.inference.observedBy('host-9', 9000);
  metrics.fleetSeen(view);
  const text = await metrics.text();
  expect(text).toContain('virtuoso_path_available_mbps{from="host-1",to="host-4"} 8.25');
  expect(text).toContain('virtuoso_host_observation_age_seconds{host="host-1"} 1');
  expect(text).not.toContain('host-9');
});
