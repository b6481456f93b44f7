import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet, started } from './running/running-fleet.js';

const vms = 'desired/vms.yaml';
const demand = '  demands:\n    - {from: vm-2, to: vm-3, bandwidth: 50Mbps}\n';

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('iterations: 20000', 'iterations: 300'));
});

afterEach(() => running.close());

const all = Object.keys(started);
const way = () => running.fleet.probe('vm-2', 'vm-3').hosts;
const hasPass = (verdict: string) => () => running.passes.at(-1)?.verdict === verdict;
const condition = (object: string, reason: string) => () => running.condition(object)?.reason === reason;

describe('a link of the star that goes down', () => {
  it('is told with what it means, changes nothing, and is told when it is back', async () => {
    await running.start();
    running.fleet.cutLink('host-1', 'host-2');
    await running.until(condition('link/host-1--host-2', 'Down'), 'the link is told to be down');
    expect(running.condition('link/host-1--host-2')?.message).toMatch(/host-1: host-2 has answered no keep-alive/);
    expect(running.condition('virtual-network/lan')).toMatchObject({ status: 'False', reason: 'StarBroken' });
    expect(running.condition('virtual-network/lan')?.message).toContain('host-2');
    expect(running.loop.view().links[0]).toMatchObject({ a: 'host-1', b: 'host-2', up: false, type: 'udp' });
    expect(running.loop.view().links[0]?.trouble).toContain('keep-alive');
    await running.pass(30_000);
    expect(running.condition('link/host-1--host-2', 'Degraded')).toMatchObject({ status: 'True', reason: 'Avoided' });
    running.fleet.healLink('host-1', 'host-2');
    await running.until(condition('virtual-network/lan', 'Whole'), 'the star is whole');
    expect(running.condition('link/host-1--host-2')).toMatchObject({ status: 'True', reason: 'Up' });
    expect(running.unreachable(...all)).toEqual([]);
    await running.pass(40_000);
    expect(running.condition('link/host-1--host-2', 'Degraded')).toBeUndefined();
    expect(running.passes.slice(1).flatMap(({ outcomes }) => outcomes)).toEqual([]);
  });
});

describe('a host whose link to the Proxy does not come up', () => {
  it('keeps nobody else from starting', async () => {
    running.fleet.cutLink('host-1', 'host-3');
    await running.start();
    expect(running.passes.map(({ verdict }) => verdict)).toEqual(['partial', 'converged']);
    const [failed] = running.passes[0]?.outcomes.filter(({ status }) => status !== 'done') ?? [];
    expect(failed?.message).toMatch(
      /The link from host-1 to host-3 did not come up within 10000 ms: host-3 has answered/,
    );
    expect(running.places()).toEqual(started);
    expect(running.unreachable(...all)).toEqual([]);
    running.fleet.healLink('host-1', 'host-3');
    await running.until(condition('link/host-1--host-3', 'Up'), 'the link is up');
    expect(running.passes.at(-1)?.verdict).toBe('converged');
  });
});

describe('a fast path', () => {
  beforeEach(async () => {
    running.repository.edit(vms, (text) => text + demand);
    await running.start();
    expect(way()).toEqual(['host-4', 'host-5']);
  });

  it('is left as it is when its link breaks for a moment, and led elsewhere when it is down for long', async () => {
    running.fleet.cutLink('host-4', 'host-5');
    await running.pass(3000);
    expect(way()).toEqual(['host-4', 'host-1', 'host-5']);
    running.fleet.healLink('host-4', 'host-5');
    await running.pass(30_000);
    expect(way()).toEqual(['host-4', 'host-5']);
    expect(running.passes.slice(1).flatMap(({ outcomes }) => outcomes)).toEqual([]);

    running.fleet.cutLink('host-4', 'host-5');
    await running.until(() => way()[1] === 'host-6', 'another way');
    expect(way()).toEqual(['host-4', 'host-6', 'host-5']);
    await running.until(hasPass('converged'), 'nothing left to do');
    const passes = running.journal.records.length;
    await running.pass(60_000);
    expect(running.journal.records.length).toBe(passes);
  });

  it('goes on while the agent of the Proxy is silent, and when it is back', async () => {
    await running.stopAgent('host-1');
    await running.until(condition('virtual-network/lan', 'ProxySilent'), 'the Proxy is missed');
    await running.pass(60_000);
    expect(way()).toEqual(['host-4', 'host-5']);
    expect(running.passes.slice(1).flatMap(({ outcomes }) => outcomes)).toEqual([]);
    await running.startAgent('host-1');
    await running.until(condition('virtual-network/lan', 'Whole'), 'the Proxy is back');
    await running.until(hasPass('converged'), 'nothing left to do');
    expect(running.journal.records.length).toBe(1);
  });

  it('goes on when the Proxy is lost, which is told as that', async () => {
    for (const host of ['host-2', 'host-3', 'host-4', 'host-5', 'host-6']) running.fleet.cutLink('host-1', host);
    await running.stopAgent('host-1');
    await running.until(condition('virtual-network/lan', 'ProxyLost'), 'the Proxy is missed');
    expect(running.condition('virtual-network/lan')?.message).toContain('Fast paths that there are go on.');
    await running.pass(60_000);
    expect(way()).toEqual(['host-4', 'host-5']);
  });
});

describe('the documents', () => {
  it('decide of which type links are, and another type replaces them', async () => {
    await running.start();
    running.repository.edit('inventory/network.yaml', (text) => `${text}      link: {type: tcp, listen: domain-2}\n`);
    await running.settled();
    const types = running.loop.view().links.map(({ a, b, type }) => `${a} ${b} ${type}`);
    expect(types).toEqual([
      'host-1 host-2 udp',
      'host-1 host-3 udp',
      'host-1 host-4 tcp',
      'host-1 host-5 tcp',
      'host-1 host-6 tcp',
    ]);
    expect(running.unreachable(...all)).toEqual([]);
  });

  it('decide how soon a link is down', async () => {
    running.repository.edit('desired/adaptation.yaml', (text) =>
      text.replace('spec:\n', 'spec:\n  keepAlive: 250ms\n'),
    );
    await running.start();
    expect(running.loop.hosts().map(({ desired }) => desired?.keepAliveMs)).toEqual(Array(6).fill(250));
  });
});
