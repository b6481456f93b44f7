import { describe, expect, it } from 'vitest';
import { converge } from '../../agents/converge.js';
import { EmulatedFleet } from '../../agents/emulated/emulated-fleet.js';
import { look } from '../../agents/look.js';
import { hostState } from '../../reconciler/host-state.js';
import { advance, emptyHost, type FleetState } from '../../reconciler/model/fleet-state.js';
import { decide } from '../../reconciler/pass.js';
import { renderText } from '../../reconciler/plan/render-text.js';
import type { HostStatus, Plan } from '../../schema/generated/types.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { flatUnderlay } from '../agents/emulated/fleets.js';
import { observed } from './merge/observed.js';

const names = ['host-1', 'host-2'];

const head = (kind: string, name: string) =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n`;

/** Share of a processor that each VM is to have, in percent of 100 ms, and where it begins. */
type Shares = Record<string, { percent: number; on: string; isAdjustable?: boolean }>;

const key = `sha256:${'A'.repeat(43)}=`;

function documents(processors: number, shares: Shares) {
  const hosts = names.map((name, index) => {
    const device = `{name: eth0, network: internet, address: 10.0.0.${index + 1}/24}`;
    return `${head('Host', name)}  site: east\n  memory: 8Gi\n  compute: 8\n  processors: ${processors}\n  interfaces: [${device}]\n`;
  });
  const vms = Object.entries(shares).map(([name, { percent, on, isAdjustable }]) => {
    const users = isAdjustable ? `, adjustableBy: [{key: "${key}", utilisation: {least: 0.1, most: 0.9}}]` : '';
    const schedule = `{class: interactive, period: 100ms, slice: ${percent}ms, mode: strict${users}}`;
    return `${head('VMSet', `set-${name}`)}  network: lan\n  memory: 1Gi\n  compute: 1\n  schedule: ${schedule}\n  members: [{name: ${name}, initialHost: ${on}}]\n`;
  });
  const fixed = [
    head('Site', 'east').replace('spec:', 'spec: {}'),
    `${head('Network', 'internet')}  within: [{site: east}]\n`,
    `${head('VirtualNetwork', 'lan')}  vni: 1\n  proxy: host-1\n`,
  ];
  const files = [...fixed, ...hosts, ...vms].map((text, index) => ({ path: `desired/${index}.yaml`, text }));
  const { documents: found, diagnostics } = validateFiles(files);
  expect(diagnostics).toEqual([]);
  return found;
}

/** Two emulated hosts that do what plans say. */
class Fleet {
  readonly #processors: number;
  readonly #fleet: EmulatedFleet;
  #state: FleetState = new Map();

  constructor(processors: number) {
    this.#processors = processors;
    this.#fleet = new EmulatedFleet({ ...flatUnderlay(2), nowMs: () => 0 });
  }

  async decide(shares: Shares) {
    const hosts = await Promise.all(names.map((host) => this.#status(host)));
    return decide({ documents: documents(this.#processors, shares), source: 'test', observed: observed({ hosts }) });
  }

  async planned(shares: Shares): Promise<Plan> {
    const decided = await this.decide(shares);
    if (decided.kind !== 'planned') throw new Error(JSON.stringify(decided));
    return decided.plan;
  }

  async apply({ steps }: Plan): Promise<void> {
    for (const edit of steps.flatMap(({ edits }) => edits)) {
      this.#state = advance(this.#state, edit);
      const wanted = hostState(edit, this.#state.get(edit.host) ?? emptyHost(), {
        samplingIntervalMs: 1000,
        keepAliveMs: 1000,
      });
      expect(await converge(this.#fleet.substrate(edit.host), { ...wanted, generation: 1 })).toEqual([]);
    }
  }

  /** A user gives a VM so many percent in place of what is stated. */
  async adjust(host: string, vm: string, stated: number, percent: number): Promise<void> {
    const [periodUs, statedPeriodUs] = [100_000, 100_000];
    const chosen = { periodUs, sliceUs: percent * 1000, statedPeriodUs, statedSliceUs: stated * 1000 };
    const answer = await this.#fleet.substrate(host).vsched?.adjust(vm, { ...chosen, key, atMs: 5 });
    expect(answer).toEqual({ kind: 'granted' });
  }

  async #status(host: string): Promise<HostStatus> {
    const substrate = this.#fleet.substrate(host);
    const report = await look(substrate, { host, boot: 'b', sequence: 1, generation: 1, nowMs: 0 }, []);
    return { host, connected: true, report, capabilities: substrate.capabilities };
  }
}

const told = (plan: Plan) => renderText(plan).split('\nhash ')[0];
const at = (percent: number, on = 'host-1') => ({ percent, on });
const adjustable = (percent: number) => ({ ...at(percent), isAdjustable: true });

describe('plans for schedules', () => {
  it('admit before they start, and find nothing to do afterwards', async () => {
    const fleet = new Fleet(2);
    const shares = { a: at(60), b: at(40), c: at(70) };
    const plan = await fleet.planned(shares);
    const kinds = plan.steps.map(({ kind }) => kind);
    expect(kinds.indexOf('schedule')).toBeGreaterThanOrEqual(0);
    expect(kinds.indexOf('schedule')).toBeLessThan(kinds.indexOf('start'));
    await fleet.apply(plan);
    expect((await fleet.planned(shares)).steps).toEqual([]);
  });

  it('change processors of a host before anything moves', async () => {
    const fleet = new Fleet(2);
    await fleet.apply(await fleet.planned({ a: at(60), b: at(40) }));
    const more = { a: at(60), b: at(50) };
    const plan = await fleet.planned(more);
    await expect(told(plan)).toMatchFileSnapshot('../golden/plan-repartition.txt');
    await fleet.apply(plan);
    expect((await fleet.planned(more)).steps).toEqual([]);
  });

  it('move one VM where its host cannot keep its schedule and another can, and say why', async () => {
    const fleet = new Fleet(1);
    await fleet.apply(await fleet.planned({ a: at(60), b: at(30), c: at(40, 'host-2') }));
    const more = { a: at(60), b: at(50), c: at(40, 'host-2') };
    const plan = await fleet.planned(more);
    expect(plan.changes.filter(({ kind }) => kind === 'guest-move')).toHaveLength(1);
    await expect(told(plan)).toMatchFileSnapshot('../golden/plan-schedule-move.txt');
    await fleet.apply(plan);
    expect((await fleet.planned(more)).steps).toEqual([]);
  });

  it('are none where no host can keep a schedule, which tells the nearest that one can', async () => {
    const fleet = new Fleet(1);
    await fleet.apply(await fleet.planned({ a: at(60), b: at(30), c: at(60, 'host-2') }));
    const decided = await fleet.decide({ a: at(60), b: at(50), c: at(60, 'host-2') });
    expect(decided).toMatchObject({ kind: 'infeasible' });
    expect(decided.kind === 'infeasible' && decided.message).toBe(
      'a, b and c cannot all be placed: their schedules take 1.7 processors, and host-1 has 1 and host-2 has 1. ' +
        'To loosen any one of these is enough. b is to have 50 ms in every 100 ms; the nearest that a host keeps as VMs run now is ' +
        '40 ms in every 100 ms, on host-1.',
    );
  });

  it('take schedules back from VMs that are gone', async () => {
    const fleet = new Fleet(1);
    await fleet.apply(await fleet.planned({ a: at(60), b: at(30), c: at(10) }));
    const plan = await fleet.planned({ a: at(60), c: at(40) });
    const kinds = plan.steps.map(({ kind }) => kind);
    expect(kinds.indexOf('unschedule')).toBeGreaterThan(kinds.indexOf('stop'));
    await fleet.apply(plan);
    expect((await fleet.planned({ a: at(60), c: at(40) })).steps).toEqual([]);
  });

  it('leave to users what they have chosen, and have others make room', async () => {
    const fleet = new Fleet(1);
    await fleet.apply(await fleet.planned({ a: adjustable(30), b: at(30) }));
    await fleet.adjust('host-1', 'a', 30, 60);
    expect((await fleet.planned({ a: adjustable(30), b: at(30) })).steps).toEqual([]);
    const more = { a: adjustable(30), b: at(50) };
    const plan = await fleet.planned(more);
    const moves = plan.changes.filter(({ kind }) => kind === 'guest-move');
    expect(moves).toMatchObject([{ guest: 'b', from: 'host-1', to: 'host-2' }]);
    await fleet.apply(plan);
    expect((await fleet.planned(more)).steps).toEqual([]);
    const most = await fleet.decide({ ...more, c: at(60, 'host-2') });
    expect(most.kind === 'infeasible' && most.message).toContain(
      ' a has 60 ms in every 100 ms as its user chose, in place of 30 ms in every 100 ms: have it released, or state another schedule.',
    );
    const alone = await fleet.planned({ a: { ...adjustable(30), isAdjustable: false }, b: at(50) });
    expect(told(alone)).toContain(`60 ms in every 100 ms, which ${key} chose, lapses: bounds exclude it`);
  });
});
