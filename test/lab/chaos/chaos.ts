import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { namespacePath } from '../../../agents/linux/namespace.js';
import { readApplication } from '../../../cli/application.js';
import { readInventory } from '../../../cli/inventory.js';
import { type LabFleet, startLabFleet } from '../../../cli/lab-fleet.js';
import { labApi } from '../../../cli/lab-process.js';
import { labTopology } from '../../../cli/lab-topology.js';
import { down } from '../../../lab/down.js';
import { type Application, startApplication } from '../../../lab/iperf.js';
import { isEmpty, type Leftovers } from '../../../lab/leftovers.js';
import { type LabNames, labNames } from '../../../lab/names.js';
import { up } from '../../../lab/up.js';
import { packageRoot } from '../../../package-root.js';
import { DirectorySource } from '../../../reconciler/adapters/directory-source.js';
import type { Snapshot } from '../../../reconciler/model/snapshot.js';
import type { HostList } from '../../../schema/generated/types.js';
import { isDocumentPath } from '../../../schema/validate/select.js';
import { disturbances } from './disturbances.js';
import { strays } from './strays.js';

export interface ChaosOptions {
  lab: string;
  seed: number;
  /** How long things go wrong. */
  seconds: number;
  log(message: string): void;
}

export interface ChaosResult {
  disturbances: number;
  connections: number;
  /** Connections that were reset or refused, in words. */
  broken: string[];
  /** Connections that carry nothing after everything has healed. */
  silent: string[];
  /** Devices, processes and cores that nothing accounts for while the fleet still runs. */
  strays: string[];
  /** What could not be taken down. */
  leftovers: Leftovers;
}

const example = 'branches';
const longestOutageMs = 8000;
const settleMs = 120_000;

/**
 * Plays examples/branches, whose links are of all kinds, under load between 8 guests while links, agents, carriers, the Proxy, the
 * SSH server and the reconciler fail and heal at random, up to two at a time, none for 30 s.
 * @throws if the lab cannot be built or its VMs never reach each other.
 */
export async function chaos(options: ChaosOptions): Promise<ChaosResult> {
  const { lab } = options;
  const names = labNames(lab);
  const folder = join(packageRoot(), 'examples', example);
  const inventory = await readInventory(new DirectorySource({ directory: folder, select: isDocumentPath }));
  if (typeof inventory === 'string') throw new Error(inventory);
  await down(lab);
  let fleet: LabFleet | undefined;
  try {
    const built = await up(lab, labTopology(inventory));
    if (built.kind === 'refused') throw new Error(built.message);
    fleet = await startLabFleet({ lab, example, nominal: true }, inventory);
    const result = await underLoad(options, names, inventory);
    await fleet.end();
    return { ...result, leftovers: await down(lab) };
  } finally {
    await fleet?.end();
    const left = await down(lab);
    if (!isEmpty(left)) options.log(`left behind: ${JSON.stringify(left)}`);
  }
}

async function underLoad(
  options: ChaosOptions,
  names: LabNames,
  inventory: Snapshot,
): Promise<Omit<ChaosResult, 'leftovers'>> {
  const flows = await readApplication(join(packageRoot(), 'examples', example, 'application.yaml'));
  const addresses = new Map(inventory.vms.map(({ name, spec }) => [name, spec.address?.split('/')[0] ?? '']));
  const addressOf = (guest: string): string => addresses.get(guest) ?? '';
  await reachable(names, flows, addressOf);
  options.log('all VMs reach each other over the star');
  const application = await startApplication(names, flows, addressOf);
  const count = await disturb(options, names, inventory);
  await rest(application);
  const { flows: after } = await application.measure(5);
  const broken = application.failures().map(({ flow, message }) => `${flow.source} -> ${flow.destination}: ${message}`);
  await application.stop();
  const silent = after.filter(({ throughputMbps }) => throughputMbps === 0);
  return {
    disturbances: count,
    connections: flows.length,
    broken,
    silent: silent.map(({ source, destination }) => `${source} -> ${destination}`),
    strays: await settledStrays(names),
  };
}

/** Waits until every pair of the application answers to ping. */
async function reachable(
  names: LabNames,
  flows: readonly { source: string; destination: string }[],
  addressOf: (guest: string) => string,
): Promise<void> {
  const pings = ({ source, destination }: { source: string; destination: string }): boolean =>
    inside(names.guest(source), 'ping', '-c', '1', '-W', '1', addressOf(destination)).status === 0;
  const endMs = Date.now() + settleMs;
  for (let missing = [...flows]; missing.length > 0; missing = missing.filter((flow) => !pings(flow))) {
    if (Date.now() > endMs) {
      const [first] = missing;
      throw new Error(`${first?.source} does not reach ${first?.destination}: see ${names.logFolder}`);
    }
    await sleep(200);
  }
}

/** Lets things go wrong at random until the time is over and all is healed; returns how many did. */
async function disturb(options: ChaosOptions, names: LabNames, { hosts, networks }: Snapshot): Promise<number> {
  const random = xoroshiro128plus(options.seed);
  const between = (low: number, high: number): number => uniformInt(random, low, high);
  const all = disturbances(
    names,
    hosts.map(({ name }) => name),
    networks[0]?.proxy ?? '',
  );
  const active = new Map<string, Promise<void>>();
  let count = 0;
  for (const endMs = Date.now() + options.seconds * 1000; Date.now() < endMs; await sleep(between(200, 2500))) {
    const chosen = all[between(0, all.length - 1)];
    if (!chosen || active.size >= 2 || active.has(chosen.what)) continue;
    const outageMs = between(300, longestOutageMs);
    if (!chosen.strike()) continue;
    options.log(`${chosen.what}, ${(outageMs / 1000).toFixed(1)} s`);
    count += 1;
    const healed = sleep(outageMs).then(() => {
      chosen.heal();
      active.delete(chosen.what);
    });
    active.set(chosen.what, healed);
  }
  await Promise.all(active.values());
  return count;
}

/** Waits until every connection carries something again: TCP waits up to twice as long as an outage took. */
async function rest(application: Application): Promise<void> {
  for (let tries = 0; tries < 12; tries++) {
    const { flows } = await application.measure(3);
    if (flows.every(({ throughputMbps }) => throughputMbps > 0)) return;
  }
}

async function settledStrays(names: LabNames): Promise<string[]> {
  let found: string[] = ['the reconciler does not answer'];
  for (let tries = 0; tries < 20 && found.length > 0; tries++) {
    await sleep(1000);
    const answer = inside(
      names.control,
      process.execPath,
      '-e',
      `fetch('${labApi}/v1/hosts').then(async (r) => console.log(await r.text()))`,
    );
    if (answer.status === 0) found = strays(names, (JSON.parse(answer.stdout) as HostList).hosts);
  }
  return found;
}

function inside(namespace: string, command: string, ...args: string[]): { status: number | null; stdout: string } {
  return spawnSync('nsenter', [`--net=${namespacePath(namespace)}`, command, ...args], { encoding: 'utf8' });
}
