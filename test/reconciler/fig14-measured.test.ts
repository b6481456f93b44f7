import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readApplication } from '../../cli/application.js';
import { packageRoot } from '../../package-root.js';
import { canonicalJson } from '../../reconciler/model/canonical.js';
import { decide } from '../../reconciler/pass.js';
import type { Observed } from '../../schema/generated/types.js';
import { readRecorded } from '../../schema/validate/recorded.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { RunningFleet, started } from './running/running-fleet.js';

const flows = await readApplication(join(packageRoot(), 'examples', 'fig14', 'application.yaml'));

let running: RunningFleet;

afterEach(() => running.close());

/** Each recorded plan that is of the documents in effect can be decided again from what was recorded, byte for byte. */
async function replays({ repository, journal }: RunningFleet): Promise<void> {
  const read = await repository.source.read();
  if (read.kind !== 'documents') throw new Error(read.message);
  const { documents } = validateFiles(read.files);
  const plans = journal.records.flatMap(({ plan, observed }) =>
    plan?.basis.source === read.source ? [{ plan, observed }] : [],
  );
  for (const { plan, observed } of plans) {
    const recorded = readRecorded('Observed', JSON.stringify(observed));
    if (recorded.kind === 'invalid') throw new Error(recorded.message);
    const again = decide({ documents, source: read.source, observed: recorded.value as Observed });
    if (again.kind !== 'planned') throw new Error(again.kind);
    expect(canonicalJson(again.plan)).toBe(canonicalJson(plan));
  }
  const last = plans.at(-1);
  expect(last?.plan.decision.capacities).toBe('measured');
  expect(last?.observed.paths?.length).toBeGreaterThan(5);
}

// As in fig14.test.ts, but that the inventory says nothing of what the network carries: hosts find out from their own packets.
it.each([1, 2])(
  'Fig. 14 without a figure in the inventory comes to the same, and to rest (seed %i)',
  { timeout: 300_000 },
  async (seed) => {
    running = await RunningFleet.open({ seed, deviation: 0.02, missed: 0.05 });
    for (const file of ['inventory/hosts.yaml', 'inventory/network.yaml'])
      running.repository.edit(file, (text) => text.replaceAll(/^ +bandwidth: .*\n/gm, ''));
    await running.start();
    expect(running.places()).toEqual(started);
    running.fleet.offer(flows);
    await running.pass(60_000);
    const places = running.places();
    for (const vm of ['vm-1', 'vm-2', 'vm-3']) expect(['host-4', 'host-5', 'host-6']).toContain(places[vm]);
    expect(['host-1', 'host-2', 'host-3']).toContain(places['vm-4']);
    expect(running.fleet.throughputMbps()).toBeGreaterThan(300);
    await replays(running);
    const entries = running.journal.records.length;
    await running.pass(60_000);
    expect(running.places()).toEqual(places);
    expect(running.journal.records.length).toBe(entries);
  },
);

it('paths that the inventory contradicts are marked, and a condition says so', { timeout: 120_000 }, async () => {
  running = await RunningFleet.open({ seed: 1, deviation: 0.02, missed: 0 });
  running.repository.edit('inventory/network.yaml', (text) => text.replace('bandwidth: 10Mbps', 'bandwidth: 40Mbps'));
  await running.start();
  running.fleet.offer(flows);
  await running.pass(20_000);
  const domain = (host: string) => (Number(host.slice('host-'.length)) <= 3 ? 1 : 2);
  const [across, within] = [true, false].map((isAcross) =>
    running.loop.inferred
      .paths()
      .filter(({ from, to, capacityMbps }) => capacityMbps && (domain(from) !== domain(to)) === isAcross),
  );
  expect(new Set(across?.map(({ statedMbps }) => statedMbps))).toEqual(new Set([40]));
  expect(within?.filter(({ statedMbps }) => statedMbps !== undefined)).toEqual([]);
  expect(running.condition('inventory/capacities', 'Degraded')).toMatchObject({
    reason: 'InventoryOverstates',
    message: expect.stringContaining('40 Mb/s stated'),
  });
  expect(running.journal.records.some(({ observed }) => JSON.stringify(observed).includes('statedMbps'))).toBe(false);
});
