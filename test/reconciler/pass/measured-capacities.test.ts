import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../reconciler/model/canonical.js';
import { decide } from '../../../reconciler/pass.js';
import type { HostReport, Observed, PathKnowledge, Plan } from '../../../schema/generated/types.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { exampleFiles } from '../../examples.js';
import { started } from '../running/running-fleet.js';

const hosts = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];
const fast = ['host-4', 'host-5', 'host-6'];
const vms = ['vm-1', 'vm-2', 'vm-3', 'vm-4'];

/** The example without a single bandwidth in its inventory. */
function documents(change: (text: string, path: string) => string = (text) => text) {
  const files = exampleFiles('fig14').map(({ path, text }) => ({
    path,
    text: change(path.includes('inventory/') ? text.replaceAll(/^ +bandwidth: .*\n/gm, '') : text, path),
  }));
  const validated = validateFiles(files);
  expect(validated.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(files.filter(({ path, text }) => path.includes('inventory/') && /^\s+bandwidth:/m.test(text))).toEqual([]);
  return validated.documents;
}

/** Mb/s that the path has, as in Fig. 14. */
function trueMbps(from: string, to: string): number {
  if (fast.includes(from) !== fast.includes(to)) return 10;
  return fast.includes(from) ? 1000 : 100;
}

function measured(from: string, to: string, change: Partial<PathKnowledge> = {}): PathKnowledge {
  const mbps = trueMbps(from, to);
  const figures = { availableMbps: mbps, lowMbps: 0.97 * mbps, highMbps: 1.03 * mbps, capacityMbps: mbps };
  return { from, to, method: 'two-sided', ...figures, carriedMbps: 0, ageMs: 500, ...change };
}

const ordered = hosts.flatMap((from) => hosts.filter((to) => to !== from).map((to) => [from, to] as const));
const allPaths = ordered.map(([from, to]) => measured(from, to));
const isStar = ({ from, to }: PathKnowledge) => from === 'host-1' || to === 'host-1';

function specs() {
  const empty = decide({ documents: documents(), source: 'test', observed: seen({}, {}) });
  if (empty.kind !== 'planned') throw new Error(empty.kind);
  return new Map(empty.snapshot.vms.map(({ name, spec }) => [name, spec]));
}

/** VMs run where `places` says, and the first three talk much. */
function seen(places: Record<string, string>, parts: Partial<Observed>): Observed {
  const known = Object.keys(places).length > 0 ? specs() : new Map();
  const statuses = hosts.map((host) => {
    const guests = vms.flatMap((vm): HostReport['guests'] =>
      places[vm] === host ? [{ guest: known.get(vm), phase: 'running' }] : [],
    );
    const nothing = { networks: [], links: [], rules: [], faults: [] };
    return {
      host,
      connected: true,
      report: { host, boot: 'b', sequence: 1, generation: 0, atMs: 0, ...nothing, guests },
    };
  });
  const demands = vms.flatMap((source) =>
    vms.flatMap((destination) => {
      const [from, to] = [known.get(source), known.get(destination)];
      if (source === destination || !from || !to) return [];
      const rateMbps = source === 'vm-4' || destination === 'vm-4' ? 5 : 50;
      return [{ network: 'lan', source: from.mac, destination: to.mac, rateMbps, origin: 'observed' as const }];
    }),
  );
  const traffic = { declaredAtMs: null, smoothingIntervalMs: 2000, demands };
  return { format_version: '1', nowMs: 1000, hosts: statuses, traffic, lastPlacement: [], ...parts };
}

function planned(observed: Observed, change?: (text: string, path: string) => string): Plan {
  const result = decide({ documents: documents(change), source: 'test', observed });
  if (result.kind !== 'planned') throw new Error(result.kind);
  return result.plan;
}

const places = ({ decision }: Plan) => Object.fromEntries(decision.mapping.map(({ vm, to }) => [vm, to]));

function expectFig14(plan: Plan): void {
  const { 'vm-4': fourth = '', ...first } = places(plan);
  for (const host of Object.values(first)) expect(fast).toContain(host);
  expect(fast).not.toContain(fourth);
  // What VM 4 and the others have for one another is half more than the path between the domains carries.
  expect(plan.decision.after.unmetMbps).toBeCloseTo(10, 3);
}

describe('Fig. 14 without a figure in the inventory', () => {
  it('is solved from measured paths alone', () => {
    const plan = planned(seen(started, { paths: allPaths }));
    expect(plan.decision).toMatchObject({ verdict: 'adapt', capacities: 'measured' });
    expectFig14(plan);
  });

  it('is solved from the star’s paths, because others are tried when they are too narrow', () => {
    const plan = planned(seen(started, { paths: allPaths.filter(isStar) }));
    expectFig14(plan);
  });

  it('stays solved once it is, whichever of the paths have been tried', () => {
    const settled = { 'vm-1': 'host-6', 'vm-2': 'host-4', 'vm-3': 'host-5', 'vm-4': 'host-1' };
    const first = planned(seen(settled, { paths: allPaths }));
    expect(first.decision.mapping.every(({ from, to }) => from === to)).toBe(true);
    const tried = allPaths.filter((path) => isStar(path) || trueMbps(path.from, path.to) === 1000);
    const second = planned(seen(settled, { paths: tried }));
    expect(second.decision.mapping.every(({ from, to }) => from === to)).toBe(true);
  });

  it('is solved where even the sites are not told apart, if Wren has seen which paths queue together', () => {
    const oneSite = (text: string, path: string) =>
      path.endsWith('hosts.yaml') ? text.replaceAll('site: domain-2', 'site: domain-1') : text;
    const across = (isOut: boolean) =>
      ordered.flatMap(([from, to]) =>
        fast.includes(from) !== fast.includes(to) && fast.includes(from) === isOut ? [{ from, to }] : [],
      );
    const bottlenecks = [true, false].map((isOut) => ({ paths: across(isOut), confidence: 0.9 }));
    expectFig14(planned(seen(started, { paths: allPaths, bottlenecks }), oneSite));
  });

  it('gives the same bytes for the same inputs, and others when an estimate was another', () => {
    const observed = seen(started, { paths: allPaths });
    expect(canonicalJson(planned(observed))).toBe(canonicalJson(planned(structuredClone(observed))));
    const other = seen(started, {
      paths: allPaths.map((path, index) => (index === 0 ? { ...path, ageMs: 600 } : path)),
    });
    expect(planned(other).hash).not.toBe(planned(observed).hash);
  });
});
