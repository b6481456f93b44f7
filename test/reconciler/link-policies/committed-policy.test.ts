import { afterEach, beforeEach, expect, it } from 'vitest';
import { RunningFleet, started } from '../running/running-fleet.js';

const all = Object.keys(started);
const policy = (name: string, spec: string) =>
  `apiVersion: virtuoso.dev/v1alpha1\nkind: LinkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const demand = '  demands:\n    - {from: vm-2, to: vm-3, bandwidth: 5Mbps}\n';

let running: RunningFleet;

beforeEach(async () => {
  running = await RunningFleet.open();
  running.repository.edit('desired/adaptation.yaml', (text) => text.replace('iterations: 20000', 'iterations: 300'));
  running.repository.edit('desired/vms.yaml', (text) => text.replace(/initialHost: (host-[45])/g, 'pin: $1') + demand);
});

afterEach(() => running.close());

const ways = () => running.fleet.probe('vm-2', 'vm-3').hosts;

/** Lets time go by until nothing is left to do, and collects pairs that were cut off; those of VMs that move are not looked at. */
async function cutMeanwhile(commit: () => void, ...vms: string[]): Promise<string[]> {
  const cut = new Set<string>();
  const passes = running.passes.length;
  commit();
  await running.until(() => {
    for (const pair of running.unreachable(...vms)) cut.add(pair);
    return running.passes.slice(passes).some(({ verdict }) => verdict === 'converged');
  }, 'nothing left to do');
  return [...cut];
}

it('a policy that forbids links within a site leads frames round, and nothing is lost at any step', async () => {
  await running.start();
  expect(ways()).toEqual(['host-4', 'host-5']);
  const cut = await cutMeanwhile(
    () =>
      running.repository.edit('policies/links.yaml', () =>
        policy('apart', '{within: {site: domain-2}, links: forbidden}'),
      ),
    ...all,
  );
  expect(cut).toEqual([]);
  expect(ways()[1]).toMatch(/^host-[123]$/);
  const { plan } = running.journal.records.at(-1) ?? {};
  expect(plan?.changes).toContainEqual({
    ...{ kind: 'link-remove', a: 'host-4', b: 'host-5' },
    policy: { name: 'apart', at: 'policies/links.yaml:2' },
  });
  const links = running.loop.view().links.map(({ a, b }) => `${a} ${b}`);
  expect(links.filter((link) => /host-[456] host-[456]/.test(link))).toEqual([]);
  expect(running.places()).toEqual(started);
});

it('a policy that requires encryption replaces links, and one that forbids the way to the Proxy is refused by its name', async () => {
  await running.start();
  running.repository.edit('policies/links.yaml', () => policy('secret', '{between: [{}, {}], encryption: required}'));
  await running.settled();
  const types = () => Object.fromEntries(running.loop.view().links.map(({ a, b, type }) => [`${a} ${b}`, type]));
  expect(types()).toMatchObject({ 'host-1 host-2': 'udp', 'host-1 host-4': 'wireguard', 'host-1 host-6': 'wireguard' });
  expect(running.unreachable(...all)).toEqual([]);

  running.repository.edit('policies/links.yaml', () => policy('never', '{between: [{}, {}], links: forbidden}'));
  await running.until(() => running.passes.at(-1)?.verdict === 'infeasible', 'a refusal');
  const told = running.loop
    .conditions()
    .filter(({ message }) => message.includes('LinkPolicy never (policies/links.yaml:2)'));
  expect(told.map(({ object, reason }) => `${object} ${reason}`)).toContain('link/host-1--host-4 Forbidden');
  expect(told.length).toBeGreaterThan(3);
  expect(running.unreachable(...all)).toEqual([]);
  expect(types()).toMatchObject({ 'host-1 host-4': 'wireguard' });
});

it('a host that may not be linked with the Proxy is left by its VMs, and nothing is amiss there', async () => {
  await running.start();
  running.repository.edit('desired/vms.yaml', (text) => text.replace(/pin: (host-[45])/g, 'initialHost: $1'));
  running.repository.edit(
    'inventory/sites.yaml',
    (text) => `${text}---\napiVersion: virtuoso.dev/v1alpha1\nkind: Site\nmetadata: {name: apart}\nspec: {}\n`,
  );
  const network = (text: string) => `${text}    - {sites: [apart, domain-1]}\n    - {sites: [apart, domain-2]}\n`;
  running.repository.edit('inventory/network.yaml', network);
  await running.settled();
  const cut = await cutMeanwhile(
    () => {
      running.repository.edit('inventory/hosts.yaml', (text) => {
        const at = text.lastIndexOf('site: domain-2');
        return `${text.slice(0, at)}site: apart${text.slice(at + 'site: domain-2'.length)}`;
      });
      running.repository.edit('policies/links.yaml', () =>
        policy('apart', '{between: [{site: apart}, {site: domain-1}], links: forbidden}'),
      );
    },
    ...all.filter((vm) => vm !== 'vm-4'),
  );
  expect(cut).toEqual([]);
  expect(running.places()).not.toMatchObject({ 'vm-4': 'host-6' });
  expect(running.unreachable(...all)).toEqual([]);
  expect(running.loop.view().links.filter(({ a, b }) => a === 'host-1' && b === 'host-6')).toEqual([]);
  expect(running.loop.conditions().filter(({ status, type }) => type === 'Ready' && status !== 'True')).toEqual([]);
});
