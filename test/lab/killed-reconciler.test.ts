import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../environment.js';
import { Chatter, type Heard } from './chatter.js';
import { broadcast, expectRight, guests, hosts, isPlaced } from './fig14.js';
import { build, LabRun, labVerb } from './lab-run.js';
import { randomLab } from './lab-world.js';
import { PortWatch } from './port-watch.js';

/** A saturated link loses single datagrams all the time; a VM that moves may be out of reach until a reconciler is back. */
const silenceMs = { standing: 1000, moved: 10_000 };

describeLab('reconciler killed in plan after plan', ['root', 'namespaces', 'bpf', 'clang', 'libbpf', 'iperf3'], () => {
  const lab = randomLab();
  let kills = 0;
  beforeAll(build, 120_000);
  afterEach(() => {
    labVerb('down', '--name', lab);
  }, 60_000);

  const watched = async (run: LabRun, task: (ports: PortWatch) => Promise<void>) => {
    const names = guests.map(({ name }) => name);
    const ports = new PortWatch(run.names, hosts, names);
    const chatter = new Chatter(run.names, guests, broadcast);
    try {
      await task(ports);
      await run.until('all VMs in their places', () => isPlaced(ports.places));
      const { length } = run.reconcilerLog();
      await run.until('a pass with nothing to do', () => run.reconcilerLog().slice(length).includes('"converged"'));
    } finally {
      await ports.stop();
    }
    return { ports, heard: await chatter.stop() };
  };

  /** SIGKILLs the reconciler `delayMs` after something has come about that is told by how many plans had begun before. */
  const killWhen = async (run: LabRun, what: string, isSo: (plansBefore: number) => boolean, delayMs = 0) => {
    const plansBefore = run.plansBegun();
    const pid = await run.until('a reconciler', () => run.pid('reconciler'));
    await run.until(what, () => isSo(plansBefore));
    await sleep(delayMs);
    process.kill(pid, 'SIGKILL');
    kills += 1;
    await run.until('its end', () => run.pid('reconciler') !== pid);
  };

  it('no VM is lost, no path goes dark, no frame is doubled', { timeout: 300_000 }, async () => {
    const run = new LabRun(lab, '--nominal');
    await run.until('the application', () => run.told().includes('The application starts'));
    const { ports, heard } = await watched(run, async ({ moved }) => {
      const isNewPlan = (before: number): boolean => run.plansBegun() > before;
      // A plan takes half a second to a second.
      await killWhen(run, 'a plan', isNewPlan);
      await killWhen(run, 'a second plan', isNewPlan, 150);
      await killWhen(run, 'a VM that has moved', () => moved.size >= 1);
      await killWhen(run, 'another VM that has moved', () => moved.size >= 2);
      await killWhen(run, 'a last plan', isNewPlan, 250);
    });
    const all = [...heard.direct, ...heard.broadcast];
    expect(ports.looks).toBeGreaterThan(100);
    expect(ports.faults).toEqual([]);
    expect(heard.direct.filter(({ doubled }) => doubled > 0)).toEqual([]);
    // A guest that moves between the arrivals of two copies of one broadcast gets both: once for each of its moves at most.
    const times = (guest: string) => ports.moved.get(guest) ?? 0;
    const doubles = heard.broadcast.filter(({ doubled, destination }) => doubled > times(destination));
    expect(doubles).toEqual([]);
    const hasMoved = ({ source, destination }: Heard) => ports.moved.has(source) || ports.moved.has(destination);
    expect(all.filter((each) => each.silenceMs > (hasMoved(each) ? silenceMs.moved : silenceMs.standing))).toEqual([]);
    await expectRight(run);
    expect(run.result().restarts).toBe(kills);
  });
});
