import { describe, expect, it } from 'vitest';
import type { ConditionDraft } from '../../reconciler/condition-draft.js';
import { draftConditions } from '../../reconciler/conditions.js';
import { converged } from '../../reconciler/converged.js';
import { Inference } from '../../reconciler/inference.js';
import { starOverDown } from '../../reconciler/link-reports.js';
import { advance, emptyHost } from '../../reconciler/model/fleet-state.js';
import type { Snapshot } from '../../reconciler/model/snapshot.js';
import { decide } from '../../reconciler/pass.js';
import type { Capabilities, HostReport, HostStatus, LinkEnd, LinkReport, Step } from '../../schema/generated/types.js';
import { validateFiles } from '../../schema/validate/validate-files.js';
import { exampleFiles } from '../examples.js';
import { small, vm } from '../generators/small-fleet.js';
import { observed, status } from './merge/observed.js';

const names = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];
const able: Capabilities = { core: 'ebpf', drivers: ['netns'], linkTypes: ['udp', 'tcp'] };
const unable: Capabilities = { ...able, linkTypes: ['udp'], lacks: ['No tcp links: install libssl3.'] };

const overTcp = (text: string) => text.replace('      latency: 5ms\n', '      latency: 5ms\n      link: {type: tcp}\n');

function documents(change: (text: string) => string) {
  const files = exampleFiles('fig14').map((file) => ({ ...file, text: change(file.text) }));
  const { documents: found, diagnostics } = validateFiles(files);
  expect(diagnostics).toEqual([]);
  return found;
}

function decided(hosts: HostStatus[], change = overTcp, outages: { a: string; b: string }[] = []) {
  const result = decide({ documents: documents(change), source: 'test', observed: observed({ hosts, outages }) });
  if (result.kind !== 'planned') throw new Error(JSON.stringify(result));
  return result;
}

/** All connected; host-6 cannot do tcp. */
const fleet = (parts: Record<string, Partial<HostReport>> = {}): HostStatus[] =>
  names.map((host) => ({ ...status(host, {}, parts[host]), capabilities: host === 'host-6' ? unable : able }));

const conditions = (snapshot: Snapshot): Map<string, ConditionDraft> => {
  const facts = {
    sourceProblem: null,
    sourceVerdict: null,
    source: 'test',
    planProblem: null,
    outcomes: [],
    pendingSteps: 0,
    policy: { documents: null, plan: null },
    held: null,
  };
  const news = { findings: [], resting: [], gangs: [], drift: [], quarantines: [] };
  const drafts = draftConditions({ ...facts, ...news, snapshot });
  return new Map(drafts.map((draft) => [`${draft.object} ${draft.type}`, draft]));
};

describe('a type of link that one host cannot do', () => {
  const { plan, snapshot } = decided(fleet());
  const links = plan.changes.flatMap((change) =>
    change.kind === 'link-add' ? [`${change.a} ${change.b} ${change.type}`] : [],
  );

  it('leaves that link out and nothing else, and puts VMs elsewhere', () => {
    expect(links).toEqual(['host-1 host-2 udp', 'host-1 host-3 udp', 'host-1 host-4 tcp', 'host-1 host-5 tcp']);
    const homes = plan.decision.mapping.map(({ to }) => to);
    expect(homes).toHaveLength(4);
    expect(homes).not.toContain('host-6');
  });

  it('is told on the link, the host and the network', () => {
    const found = conditions(snapshot);
    expect(found.get('link/host-1--host-6 Degraded')).toMatchObject({ status: 'True', reason: 'TypeRefused' });
    expect(found.get('link/host-1--host-6 Degraded')?.message).toContain('host host-6 can set up udp');
    expect(found.get('link/host-1--host-6 Ready')).toMatchObject({ status: 'False', reason: 'NoLink' });
    expect(found.get('host/host-6 Degraded')).toMatchObject({
      reason: 'LacksCapabilities',
      message: unable.lacks?.[0],
    });
    expect(found.has('host/host-5 Degraded')).toBe(false);
  });

  it('keeps a link of another type that is there', () => {
    const end = (peer: string, local: string, remote: string): LinkReport => {
      return { link: { peer, type: 'udp', local, remote }, up: true, setUpMs: 1 };
    };
    const there = decided(
      fleet({
        'host-1': { links: [end('host-6', '192.168.77.1', '192.168.77.6')] },
        'host-6': { links: [end('host-1', '192.168.77.6', '192.168.77.1')] },
      }),
    );
    const touched = there.plan.steps.flatMap(({ edits }) => edits).filter(({ host }) => host === 'host-6');
    expect(touched.flatMap(({ addLinks = [], removeLinks = [] }) => [...addLinks, ...removeLinks])).toEqual([]);
    expect(conditions(there.snapshot).get('link/host-1--host-6 Ready')?.reason).toBe('Up');
    expect(conditions(there.snapshot).get('link/host-1--host-6 Degraded')?.message).toContain('it goes on over udp');
  });

  it('leaves a VM that may run nowhere else without a link', () => {
    const pinned = (text: string) => overTcp(text).replace('- name: vm-4\n', '- name: vm-4\n      pin: host-6\n');
    const { plan: other } = decided(fleet(), pinned);
    expect(other.decision.mapping.find(({ vm: name }) => name === 'vm-4')?.to).toBe('host-6');
    const rules = other.steps.flatMap(({ edits }) => edits).flatMap(({ setRules = [] }) => setRules);
    const outputs = rules.flatMap(({ to }) => to.flatMap((output) => (output.kind === 'link' ? [output.peer] : [])));
    expect(outputs).not.toContain('host-6');
  });
});

describe('outages', () => {
  it('keep paths away from links, for the same documents and observations', () => {
    const demands = (text: string) =>
      text.concat(text.includes('kind: VMSet') ? '  demands:\n    - {from: vm-2, to: vm-3, bandwidth: 50Mbps}\n' : '');
    const path = (outages: { a: string; b: string }[]) =>
      decided(fleet(), demands, outages).plan.decision.paths[0]?.hosts.slice(1, -1);
    const [from, to] = ['host-4', 'host-5'];
    expect(path([])).toEqual([]);
    expect(path([{ a: from, b: to }])).not.toEqual([]);
  });
});

describe('a step that would lead the star over a link that is down', () => {
  const state = small({ mapping: { 'vm-1': 'host-2' } });
  const end = (peer: string, up: boolean): LinkReport => {
    return { link: { peer, type: 'udp', local: '10.0.0.1', remote: '10.0.0.2' }, up, setUpMs: 0 };
  };
  const rule = {
    network: 'blue',
    source: 'any',
    destination: vm(1).spec.mac,
    to: [{ kind: 'link' as const, peer: 'host-3' }],
  };
  const step: Step = { id: 1, kind: 'route', title: 'by hand', edits: [{ host: 'host-1', setRules: [rule] }] };
  const found = (two: boolean, three: boolean, now = state) =>
    starOverDown(step, now, [status('host-1', {}, { links: [end('host-2', two), end('host-3', three)] })]);

  it('is found when what it replaces works', () => {
    expect(found(true, false)).toEqual({ host: 'host-1', peer: 'host-3' });
    expect(found(true, true)).toBeNull();
  });

  it('is let through when nothing is lost by it', () => {
    expect(found(false, false)).toBeNull();
    const { network, source, destination } = rule;
    expect(
      found(true, false, advance(state, { host: 'host-1', removeRules: [{ network, source, destination }] })),
    ).toBeNull();
  });
});

describe('a host that cannot set up a link', () => {
  const link: LinkEnd = { peer: 'host-2', type: 'ssh', local: '10.0.0.1', remote: '10.0.0.2' };
  const rule = { network: 'blue', source: 'any', destination: 'any', to: [{ kind: 'link' as const, peer: 'host-2' }] };
  const wanted =
    advance(new Map(), { host: 'host-1', addLinks: [link], setRules: [rule] }).get('host-1') ?? emptyHost();
  const report = (parts: Partial<HostReport>) => status('host-1', {}, parts).report;
  const fault = (kind: 'lan' | 'link' | 'rule' | 'guest', subject: string) => ({ kind, subject, message: 'No.' });

  it('has converged all the same when it says so', () => {
    expect(converged(report({ faults: [fault('link', 'host-2')] }), wanted, [])).toBe(true);
    expect(converged(report({ faults: [fault('link', 'host-2'), fault('rule', 'any')] }), wanted, [])).toBe(true);
    expect(converged(report({}), wanted, [])).toBe(false);
    expect(converged(report({ faults: [fault('lan', 'blue')] }), emptyHost(), [])).toBe(true);
  });

  it('has not converged while anything else is wrong', () => {
    expect(converged(report({ faults: [fault('link', 'host-2'), fault('guest', 'vm-1')] }), wanted, [])).toBe(false);
    expect(converged(report({ faults: [fault('link', 'host-9')] }), wanted, [])).toBe(false);
    const other = { ...rule, destination: vm(1).spec.mac };
    expect(converged(report({ faults: [fault('link', 'host-2')], rules: [other] }), wanted, [])).toBe(false);
  });
});

describe('the bound that hosts report', () => {
  const windowOf = (bound: NonNullable<HostReport['bound']>, change = overTcp) => {
    const { snapshot } = decided(fleet({ 'host-2': { bound } }), change);
    const inference = new Inference(0);
    inference.advance(snapshot.nowMs, snapshot);
    return inference.traffic().smoothingIntervalMs;
  };

  it('lengthens the window of VTTIF, by the slowest type that links may have and by table switches', () => {
    const links = [
      { type: 'tcp' as const, setUpMs: 3000 },
      { type: 'ssh' as const, setUpMs: 9000 },
    ];
    expect(windowOf({ switchMs: 10, links })).toBe(2 * 3000 + 20 * 10);
    expect(windowOf({ switchMs: 10, links }, (text) => text)).toBe(2000);
  });

  it('counts no longer for a link than a plan waits for it', () => {
    expect(windowOf({ switchMs: 0, links: [{ type: 'tcp', setUpMs: 600_000 }] })).toBe(20_000);
  });
});

describe('a LAN', () => {
  it('that a silent host may still bridge stays closed, which is told', () => {
    const lan = (text: string) => text.replace('  proxy: host-1\n', '  proxy: host-2\n  lan: {interface: lan0}\n');
    const bridged = { name: 'lan', vni: 42, mtu: 1450, proxy: 'host-1', lan: 'lan0' };
    const [one, ...others] = fleet({ 'host-1': { networks: [bridged] } });
    if (!one) throw new Error('no host');
    const { plan, snapshot } = decided([{ ...one, connected: false }, ...others], lan);
    const opened = plan.steps.flatMap(({ edits }) => edits).flatMap(({ addNetworks = [] }) => addNetworks);
    expect(opened.filter((network) => network.lan !== undefined)).toEqual([]);
    const up = (host: string, peer: string): LinkReport => {
      return { link: { peer, type: 'udp', local: host, remote: peer }, up: true, setUpMs: 0 };
    };
    const hosts = snapshot.hosts.map((host) => ({
      ...host,
      report: host.report && { ...host.report, links: names.map((peer) => up(host.name, peer)) },
    }));
    expect(conditions({ ...snapshot, hosts }).get('virtual-network/lan Ready')).toMatchObject({
      status: 'False',
      reason: 'LanClosed',
    });
  });
});
