import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { analyseTrace } from '../../agents/wren/analyse-trace.js';
import { isEmpty } from '../../lab/leftovers.js';
import { describeLab } from '../environment.js';
import { temporaryDirectory } from '../reconciler/adapters/git-fixture.js';
import { expectRight, guests, hosts, statedBandwidths } from './fig14.js';
import { build, LabRun, labStatus, labVerb } from './lab-run.js';
import { randomLab } from './lab-world.js';

const playMs = 180_000;

describeLab('Fig. 14 in the lab', ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'iperf3'], () => {
  const lab = randomLab();
  beforeAll(build, 120_000);
  afterEach(() => {
    labVerb('down', '--name', lab);
  }, 60_000);

  /** Takes the lab down, as one does after a crash; nothing may be left of it. */
  const expectDown = (): void => {
    const stdout = `The lab ${lab} is down; nothing of it is left.\n`;
    expect(labVerb('down', '--name', lab)).toEqual({ status: 0, stdout, stderr: '' });
    expect(isEmpty(labStatus(lab))).toBe(true);
  };

  it('can be taken down after its runner was killed while it was built', { timeout: playMs }, async () => {
    const run = new LabRun(lab);
    await run.until('some namespaces', () => labStatus(lab).namespaces.length >= 3);
    await run.signalRunner('SIGKILL');
    expect(isEmpty(labStatus(lab))).toBe(false);
    expectDown();
    expect(await run.ended).toBe('SIGKILL');
  });

  it('can be taken down after its runner was killed while the application ran', { timeout: playMs }, async () => {
    const run = new LabRun(lab);
    await run.until('the application', () => run.told().includes('The application starts'));
    await run.signalRunner('SIGKILL');
    const { namespaces, processes, cores } = labStatus(lab);
    expect(namespaces).toHaveLength(hosts.length + guests.length + 2);
    // The play, the reconciler, the agents, and two of iperf3 for each of 12 flows.
    expect(processes.length).toBeGreaterThanOrEqual(1 + 1 + hosts.length + 2 * 12);
    expect(cores).toEqual(hosts.map((host) => `${lab}/${host}`));
    expectDown();
    expect(await run.ended).toBe('SIGKILL');
  });

  it('takes itself down when the play within it is killed', { timeout: playMs }, async () => {
    const run = new LabRun(lab);
    await run.until('a plan', () => run.plansBegun() >= 1);
    await run.kill('play');
    expect(await run.ended).toBe(1);
    expect(isEmpty(labStatus(lab))).toBe(true);
  });

  it.each([
    ['SIGINT', 'namespaces'],
    ['SIGTERM', 'processes'],
    ['SIGHUP', 'cores'],
  ] as const)('takes itself down after %s, from when there are %s', { timeout: playMs }, async (signal, what) => {
    const run = new LabRun(lab);
    await run.until(what, () => labStatus(lab)[what].length > 0);
    await run.signalRunner(signal);
    expect(await run.ended).toBe(1);
    expect(isEmpty(labStatus(lab))).toBe(true);
  });

  it('brings the VMs together by what it measured: ten times the throughput', { timeout: playMs }, async () => {
    const run = new LabRun(lab);
    await run.until('the application', () => run.told().includes('The application starts'));
    expect(statedBandwidths(run)).toEqual([]);
    await expectRight(run);
    expect(run.result()).toMatchObject({ restarts: 0, capacities: 'measured' });
    expect(run.told()).not.toMatch(/mixed capacities/);
  });

  it('comes to the same when the inventory says what the network carries', { timeout: playMs }, async () => {
    const traces = temporaryDirectory();
    const run = new LabRun(lab, '--nominal', '--traces', traces);
    await run.until('the application', () => run.told().includes('The application starts'));
    expect(statedBandwidths(run).length).toBe(hosts.length + 3);
    await expectRight(run);
    expect(run.result().restarts).toBe(0);
    // All hosts had links, over which keep-alives went at least; the Proxy's had traffic too.
    expect(readdirSync(traces).sort()).toEqual(hosts);
    // On the star, all that domain 2 sends crosses the WAN of 10 Mb/s to the Proxy; how long each VM has to do so differs.
    const ofDomain2 = /^host-[456]-/;
    const files = readdirSync(join(traces, 'host-1')).filter((name) => ofDomain2.test(name));
    const analyses = files.map((file) => analyseTrace(readFileSync(join(traces, 'host-1', file)), 5));
    expect(analyses.flatMap(({ fault }) => fault ?? [])).toEqual([]);
    const arriving = analyses.flatMap(({ paths }) => paths.filter(({ direction }) => direction === 'from-peer'));
    expect(new Set(arriving.map(({ peer }) => peer))).toEqual(new Set(['host-4', 'host-5', 'host-6']));
    expect(arriving.every(({ method }) => method === 'two-sided')).toBe(true);
    const windows = arriving.flatMap((path) => path.windows);
    const capacities = windows.flatMap(({ estimate }) => estimate.capacityMbps ?? []);
    expect(Math.min(...capacities.map((mbps) => Math.abs(mbps - 10)))).toBeLessThan(0.5);
  });

  it('ends the same when the reconciler and agents are killed on the way', { timeout: playMs }, async () => {
    const run = new LabRun(lab, '--nominal');
    await run.until('the second plan', () => run.plansBegun() >= 2);
    // The plan takes half a second to a second.
    const killedSoon = [{ agent: 'host-1' }, { agent: 'host-6' }, 'reconciler' as const].map(async (part) => {
      await sleep(Math.random() * 500);
      await run.kill(part);
    });
    await Promise.all(killedSoon);
    await sleep(1000 + Math.random() * 3000);
    await run.kill('reconciler');
    await expectRight(run);
    expect(run.result().restarts).toBe(4);
  });
});
