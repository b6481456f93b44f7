import { describe, expect, it } from 'vitest';
import { merge } from '../../../reconciler/merge/merge.js';
import { canonicalJson } from '../../../reconciler/model/canonical.js';
import type { Snapshot } from '../../../reconciler/model/snapshot.js';
import type { Observed } from '../../../schema/generated/types.js';
import { validateFiles } from '../../../schema/validate/validate-files.js';
import { exampleFiles } from '../../examples.js';
import { guest, observed, silent, status } from './observed.js';

type Files = Record<string, string>;

/** Figure 14 with some of its files replaced or added; an empty text takes a file away. */
function documents(replaced: Files = {}) {
  const files = new Map(exampleFiles('fig14').map(({ path, text }) => [path, text]));
  for (const [path, text] of Object.entries(replaced)) files.set(path, text);
  return validateFiles([...files].map(([path, text]) => ({ path, text }))).documents;
}

function snapshot(seen: Observed = observed(), replaced: Files = {}): Snapshot {
  const result = merge(documents(replaced), 'abc', seen);
  if ('kind' in result) throw new Error(JSON.stringify(result.diagnostics));
  return result;
}

const hostOf = (seen: Observed, vm = 'vm-1') => snapshot(seen).vms.find(({ name }) => name === vm)?.host;

describe('what documents say', () => {
  it('is there as numbers, sorted by name', () => {
    const { hosts, underlays, networks, vms } = snapshot();
    expect(hosts.map(({ name }) => name)).toEqual(['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6']);
    expect(hosts[3]).toMatchObject({
      site: 'domain-2',
      computeCores: 2,
      memoryMib: 4096,
      maxGuests: 1,
      internalMbps: 10_000,
    });
    expect(hosts[3]?.interfaces).toEqual([
      { name: 'eth0', network: 'internet', address: '192.168.77.4', rateMbps: 1000 },
    ]);
    expect(underlays[0]?.between).toEqual([{ sites: ['domain-1', 'domain-2'], rateMbps: 10, latencyMs: 5 }]);
    expect(networks).toMatchObject([{ name: 'lan', vni: 42, mtu: 1450, proxy: 'host-1' }]);
    expect(networks[0]?.neighbours?.[2]).toEqual({ address: '10.77.0.3', mac: vms[2]?.spec.mac });
    expect(vms.map(({ name, initialHost }) => `${name}@${initialHost}`)).toEqual([
      'vm-1@host-2',
      'vm-2@host-4',
      'vm-3@host-5',
      'vm-4@host-6',
    ]);
    expect(vms[0]).toMatchObject({ set: 'application', pin: null, sites: null, host: null });
    expect(vms[0]?.spec).toMatchObject({ network: 'lan', driver: 'netns', computeCores: 1, memoryMib: 1024 });
  });

  it('gives each VM an Ethernet address of its own that stays', () => {
    const macs = snapshot().vms.map(({ spec }) => spec.mac);
    expect(new Set(macs).size).toBe(4);
    expect(macs[0]).toBe('02:56:00:2d:62:b0');
  });

  it('is completed by the defaults of the schemas', () => {
    const gone = {
      'desired/adaptation.yaml': '',
      'desired/objective.yaml': '',
      'desired/cost.yaml': '',
      'policies/limits.yaml': '',
    };
    const { adaptation, objective, fastPath, limits } = snapshot(observed(), gone);
    expect(adaptation).toEqual({
      ...{
        suspend: false,
        prune: 'on',
        intervalMs: 60_000,
        keepAliveMs: 1000,
        cron: null,
        algorithm: 'engine',
        iterations: 20_000,
        seed: 1,
        minimumGain: 0.05,
        verify: { margin: 0.1, quarantineMs: 3_600_000 },
        paybackMs: 600_000,
        cooldownMs: 10_000,
        applyWindows: [],
        freezes: [],
        returns: { windowMs: 600_000, gainFactor: 2, most: 3 },
      },
      vttif: {
        ...{ samplingIntervalMs: 1000, smoothingIntervalMs: 10_000, settleMs: 10_000 },
        ...{ pruneThreshold: 0.1, detectionThreshold: 0.2 },
      },
    });
    expect(objective).toMatchObject({ level: 'path', goal: 'maximise', ranks: [{ expression: 'sum(bottleneck)' }] });
    expect(fastPath).toBe(null);
    expect(limits).toEqual([{ name: 'default', spec: { maxDeletedShare: 0.5 } }]);
  });

  it('says what to strive for as it is written, the tie-breaks behind', () => {
    const tieBreaks = '  tieBreaks:\n    - goal: minimise\n      expression: moves\n';
    const text = `apiVersion: virtuoso.dev/v1alpha1
kind: Objective
metadata:
  name: near
spec:
  level: path
  goal: minimise
  expression: max(pathLatency)
${tieBreaks}`;
    const { objective } = snapshot(observed(), { 'desired/objective.yaml': text });
    expect(objective).toMatchObject({
      goal: 'minimise',
      ranks: [
        { goal: 'minimise', expression: 'max(pathLatency)', tree: { unit: { rate: 0, time: 1 } } },
        { goal: 'minimise', expression: 'moves' },
      ],
    });
  });

  it('takes each form of constraint c', () => {
    const cost = (form: string) =>
      `apiVersion: virtuoso.dev/v1alpha1\nkind: CostConstraint\nmetadata: {name: c}\nspec: {fastPathLinks: ${form}}\n`;
    const constraint = (form: string) => snapshot(observed(), { 'desired/cost.yaml': cost(form) }).fastPath;
    expect(constraint('{count: 0}')).toEqual({ kind: 'count', links: 0 });
    expect(constraint('{intensityShare: 0}')).toEqual({ kind: 'intensity-share', share: 0 });
    expect(constraint('{bandwidth: 1.5Gbps}')).toEqual({ kind: 'bandwidth', mbps: 1500 });
  });

  it('is rejected with positions when documents contradict one another', () => {
    const result = merge(documents({ 'desired/network.yaml': '' }), 'abc', observed());
    expect(result).toMatchObject({ kind: 'rejected' });
    const [first] = 'kind' in result ? result.diagnostics : [];
    expect(first).toMatchObject({
      id: 'VIRT3006',
      range: { filename: 'desired/vms.yaml', start: { line: 7, column: 12 } },
    });
  });
});

describe('where a VM is', () => {
  it('is where a connected host reports it running, until another does', () => {
    expect(hostOf(observed({ hosts: [status('host-2', { 'vm-1': 'running' })] }))).toBe('host-2');
    const moving = [
      status('host-2', { 'vm-1': 'departing' }),
      status('host-4', { 'vm-1': { phase: 'awaited', from: 'host-2' } }),
    ];
    expect(hostOf(observed({ hosts: moving }))).toBe('host-2');
    const moved = [status('host-2', { 'vm-1': 'departing' }), status('host-4', { 'vm-1': 'running' })];
    expect(hostOf(observed({ hosts: moved }))).toBe('host-4');
    expect(snapshot(observed({ hosts: moved })).conflicts).toEqual([]);
  });

  it('is where it is awaited once nobody else has it', () => {
    const hosts = [status('host-2', {}), status('host-4', { 'vm-1': { phase: 'awaited', from: 'host-2' } })];
    expect(hostOf(observed({ hosts }))).toBe('host-4');
    expect([...(snapshot(observed({ hosts })).current.get('host-4')?.guests.values() ?? [])]).toEqual([guest('vm-1')]);
  });

  it('stays where it was last seen while that host is silent', () => {
    expect(hostOf(observed({ hosts: [silent('host-2', { 'vm-1': 'running' })] }))).toBe('host-2');
    const lastPlacement = [{ vm: 'vm-1', host: 'host-3' }];
    expect(hostOf(observed({ lastPlacement }))).toBe('host-3');
    expect(hostOf(observed({ lastPlacement, hosts: [silent('host-3', {})] }))).toBe('host-3');
    expect(hostOf(observed({ lastPlacement, hosts: [status('host-3', {})] }))).toBeNull();
  });

  it('is nowhere when it failed to start, or when its host left the inventory', () => {
    expect(hostOf(observed({ hosts: [status('host-2', { 'vm-1': 'failed' })] }))).toBeNull();
    expect(hostOf(observed({ hosts: [silent('host-9', { 'vm-1': 'running' })] }))).toBeNull();
    expect(hostOf(observed({ lastPlacement: [{ vm: 'vm-1', host: 'host-9' }] }))).toBeNull();
  });

  it('is one host, told apart, when two report it running', () => {
    const hosts = [silent('host-2', { 'vm-1': 'running' }), status('host-5', { 'vm-1': 'running' })];
    const { vms, conflicts, current } = snapshot(observed({ hosts }));
    expect(vms[0]?.host).toBe('host-5');
    expect(conflicts).toEqual([{ vm: 'vm-1', hosts: ['host-2', 'host-5'], kept: 'host-5' }]);
    expect([current.get('host-2')?.guests.has('vm-1'), current.get('host-5')?.guests.has('vm-1')]).toEqual([
      true,
      true,
    ]);
  });
});

describe('what is in effect', () => {
  it('is what hosts of the inventory report', () => {
    const link = { peer: 'host-1', type: 'udp', local: '192.168.77.2', remote: '192.168.77.1' } as const;
    const rule = { network: 'lan', source: 'any', destination: 'any', to: [{ kind: 'link', peer: 'host-1' }] } as const;
    const network = { name: 'lan', vni: 42, mtu: 1450, proxy: 'host-1' };
    const parts = {
      links: [{ link, up: false, setUpMs: 1 }],
      rules: [{ ...rule, to: [...rule.to] }],
      networks: [network],
    };
    const hosts = [
      status('host-2', { 'vm-1': { phase: 'running', from: 'host-3' } }, parts),
      status('host-9', { 'vm-2': 'running' }),
    ];
    const { current } = snapshot(observed({ hosts }));
    expect([...current.keys()]).toEqual(['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6']);
    expect(current.get('host-2')).toEqual({
      networks: new Map([['lan', network]]),
      links: new Map([['host-1', link]]),
      guests: new Map([['vm-1', guest('vm-1')]]),
      rules: new Map([['lan any any', rule]]),
      schedules: new Map(),
    });
    expect(current.get('host-1')?.guests.size).toBe(0);
  });

  it('says which hosts are heard', () => {
    const { hosts } = snapshot(observed({ hosts: [status('host-1', {}), silent('host-2', {})] }));
    expect(hosts.slice(0, 3).map(({ presence }) => presence)).toEqual(['connected', 'silent', 'unknown']);
  });

  it('names guests that no document wants', () => {
    const hosts = [status('host-2', { 'vm-1': 'running', old: 'running' })];
    expect(snapshot(observed({ hosts })).strays).toEqual([{ guest: guest('old'), host: 'host-2' }]);
  });
});

describe('demands', () => {
  const macOf = (vm: string) => snapshot().vms.find(({ name }) => name === vm)?.spec.mac ?? '';
  const seen = (
    source: string,
    destination: string,
    rateMbps: number,
    origin: 'observed' | 'at-least' = 'observed',
  ) => {
    return { network: 'lan', source: macOf(source), destination: macOf(destination), rateMbps, origin };
  };
  const traffic = (...demands: ReturnType<typeof seen>[]) =>
    observed({ traffic: { declaredAtMs: 1, smoothingIntervalMs: 2000, demands } });
  const declared = exampleFiles('fig14')
    .find(({ path }) => path === 'desired/vms.yaml')
    ?.text.concat(
      '  demands:\n    - {from: vm-1, to: vm-2, bandwidth: 10Mbps}\n    - {from: vm-2, to: vm-1, bandwidth: 0.1Mbps}\n',
    );

  it('are those of VMs, the largest first', () => {
    const stranger = {
      network: 'lan',
      source: '02:00:00:00:00:01',
      destination: macOf('vm-1'),
      rateMbps: 9,
      origin: 'observed',
    } as const;
    const { demands } = snapshot(
      traffic(seen('vm-2', 'vm-1', 5), stranger, seen('vm-1', 'vm-3', 7, 'at-least'), seen('vm-1', 'vm-2', 5)),
    );
    expect(demands).toEqual([
      { source: 'vm-1', destination: 'vm-3', rateMbps: 7, origin: 'at-least' },
      { source: 'vm-1', destination: 'vm-2', rateMbps: 5, origin: 'observed' },
      { source: 'vm-2', destination: 'vm-1', rateMbps: 5, origin: 'observed' },
    ]);
  });

  it('are the larger of what is declared and what is observed', () => {
    const { demands } = snapshot(traffic(seen('vm-1', 'vm-2', 5), seen('vm-2', 'vm-1', 5)), {
      'desired/vms.yaml': declared ?? '',
    });
    expect(demands).toEqual([
      { source: 'vm-1', destination: 'vm-2', rateMbps: 10, origin: 'declared' },
      { source: 'vm-2', destination: 'vm-1', rateMbps: 5, origin: 'observed' },
    ]);
  });
});

it('gives the same snapshot for the same input in any order', () => {
  const hosts = [
    status('host-2', { 'vm-1': 'running', 'vm-2': 'running' }),
    status('host-4', { 'vm-2': 'running', b: 'running' }),
  ];
  const flat = (result: ReturnType<typeof merge>) =>
    canonicalJson({
      ...result,
      current: 'current' in result ? [...result.current].map(([host, config]) => [host, [...config.guests]]) : 0,
    });
  const forwards = flat(merge(documents(), 'abc', observed({ hosts })));
  expect(flat(merge([...documents()].reverse(), 'abc', observed({ hosts: [...hosts].reverse() })))).toBe(forwards);
});
