import { join } from 'node:path';
import { type Application, startApplication } from '../lab/iperf.js';
import { labNames } from '../lab/names.js';
import { packageRoot } from '../package-root.js';
import { DirectorySource } from '../reconciler/adapters/directory-source.js';
import type { Snapshot } from '../reconciler/model/snapshot.js';
import { renderText } from '../reconciler/plan/render-text.js';
import type { Decision } from '../schema/generated/types.js';
import { isDocumentPath } from '../schema/validate/select.js';
import { readApplication } from './application.js';
import { fleetPicture } from './fleet-picture.js';
import { readInventory } from './inventory.js';
import { type LabFleet, startLabFleet } from './lab-fleet.js';
import { hasLabNetwork } from './lab-network.js';
import { labFolders } from './lab-process.js';
import { LabView } from './lab-view.js';
import { Story } from './story.js';
import { systemClock } from './system-clock.js';

export interface LabPlayOptions {
  example: string;
  lab: string;
  once: boolean;
  /** Leaves in the inventory what it says that the network carries. */
  nominal: boolean;
  /** Absolute path of the folder for traces of all links; none are recorded when left out. */
  traces?: string | undefined;
  output: 'text' | 'json';
  seed?: number | undefined;
}

const measureSeconds = 3;

/** Plays an example in a lab that is up, from inside its control namespace. Returns the exit code. */
export async function playInLab(options: LabPlayOptions): Promise<number> {
  const story = new Story(options.output, systemClock);
  const folder = join(packageRoot(), 'examples', options.example);
  const inventory = await readInventory(new DirectorySource({ directory: folder, select: isDocumentPath }));
  if (typeof inventory === 'string') return story.fail(inventory);
  const nominal = options.nominal || !hasLabNetwork(folder);
  const fleet = await startLabFleet({ ...options, nominal }, inventory);
  try {
    return await play({ ...options, nominal }, story, inventory, fleet);
  } finally {
    await fleet.end();
  }
}

async function play(options: LabPlayOptions, story: Story, inventory: Snapshot, fleet: LabFleet): Promise<number> {
  const folder = join(packageRoot(), 'examples', options.example);
  story.say(`${inventory.hosts.length} hosts as network namespaces, an agent in each, the reconciler beside them.`);
  const lab = new LabView(options.lab);
  if (!(await lab.until((view) => view.vms.length > 0 && view.vms.every(({ phase }) => phase === 'running')))) {
    return story.fail(`The VMs did not start. Logs: ${labNames(options.lab).logFolder}`);
  }
  if (!options.nominal) story.say('The inventory says nothing of what the network carries.');
  story.say(`All VMs run, on the star:\n${fleetPicture(await lab.view())}`);
  const flows = await readApplication(join(folder, 'application.yaml'));
  const addresses = new Map(inventory.vms.map(({ name, spec }) => [name, spec.address?.split('/')[0] ?? '']));
  const application = await startApplication(labNames(options.lab), flows, (guest) => addresses.get(guest) ?? '');
  story.say(`The application starts: ${flows.length} iperf3 connections. Virtuoso is told nothing of them.`);
  return adaptAndMeasure(
    { ...options, cooldownMs: inventory.adaptation.cooldownMs },
    story,
    lab,
    application,
    fleet.restarts,
  );
}

async function adaptAndMeasure(
  { once, lab: name, cooldownMs }: LabPlayOptions & { cooldownMs: number },
  story: Story,
  lab: LabView,
  application: Application,
  restarts: () => number,
): Promise<number> {
  const before = rounded((await application.measure(measureSeconds)).throughputMbps);
  story.say(`Before: the application gets ${before} Mb/s in all.`);
  let capacities: Decision['capacities'] = 'nominal';
  const isQuiet = await lab.untilQuiet(cooldownMs, ({ summary, plan }) => {
    if (plan === null) return story.say(summary);
    capacities = plan.decision.capacities;
    story.show(renderText(plan, { color: story.isColored }));
  });
  const after = rounded((await application.measure(measureSeconds)).throughputMbps);
  const view = await lab.view();
  story.say(`After: ${after} Mb/s in all, ${(after / before).toFixed(1)} times as much:\n${fleetPicture(view)}`);
  story.say(`The last plan rests on ${capacities} capacities.`);
  const failures = application.failures();
  for (const { flow, message } of failures) story.say(`${flow.source} -> ${flow.destination} broke: ${message}`);
  const mapping = Object.fromEntries(view.vms.map((vm) => [vm.name, vm.host]));
  const statusCommit = await lab.statusCommit();
  const passes = view.pass;
  const throughput = { before: { throughputMbps: before }, after: { throughputMbps: after } };
  const { length: brokenConnections } = failures;
  story.result({ mapping, ...throughput, capacities, passes, statusCommit, brokenConnections, restarts: restarts() });
  if (!once) await watch(story, name);
  await application.stop();
  if (!isQuiet) return story.fail('The fleet did not come to rest.');
  return failures.length === 0 ? 0 : story.fail(`${failures.length} connections broke.`);
}

function watch(story: Story, lab: string): Promise<void> {
  story.say(`The lab stays up. Policy: ${labFolders(lab).repository}. Edit, commit, and see; Ctrl-C ends.`);
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

const rounded = (mbps: number): number => Math.round(mbps * 1000) / 1000;
