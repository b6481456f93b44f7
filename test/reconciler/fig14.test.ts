import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readApplication } from '../../cli/application.js';
import { packageRoot } from '../../package-root.js';
import { RunningFleet, started } from './running/running-fleet.js';

const flows = await readApplication(join(packageRoot(), 'examples', 'fig14', 'application.yaml'));
const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
const vms = Object.keys(started);

let running: RunningFleet;

afterEach(() => running.close());

// The whole loop with the example's documents as they ship, but for the seed; only time is the test's.
describe('Fig. 14', () => {
  it.each(seeds)(
    'brings the VMs that talk together, and the application to what it wants, under seed %i',
    { timeout: 120_000 },
    async (seed) => {
      running = await RunningFleet.open();
      running.repository.edit('desired/adaptation.yaml', (text) =>
        text.replace('seed: 1\n', `seed: ${seed} # of the test\n`),
      );
      await running.start();
      expect(running.places()).toEqual(started);
      running.fleet.offer(flows);
      await running.pass(1000);
      expect(running.fleet.throughputMbps()).toBeLessThan(20);

      await running.pass(35_000);
      const places = running.places();
      for (const vm of ['vm-1', 'vm-2', 'vm-3']) expect(['host-4', 'host-5', 'host-6']).toContain(places[vm]);
      expect(['host-1', 'host-2', 'host-3']).toContain(places['vm-4']);
      expect(running.fleet.throughputMbps()).toBeGreaterThan(300);
      expect(running.unreachable(...vms)).toEqual([]);

      const entries = running.journal.records.length;
      await running.pass(15_000);
      expect(running.places()).toEqual(places);
      expect(running.journal.records.length).toBe(entries);
      expect(running.journal.records.every(({ entry }) => entry.verdict === 'applied')).toBe(true);
    },
  );
});
