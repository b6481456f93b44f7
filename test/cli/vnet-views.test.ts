import { expect, it } from 'vitest';
import { dotOf, mermaidOf } from '../../cli/drawing.js';
import { routeText } from '../../cli/trace.js';
import { traceRoute } from '../../cli/trace-route.js';
import { diffText, vnetDiff } from '../../cli/vnet-diff.js';
import { vnetDrawing } from '../../cli/vnet-picture.js';
import { vnetTable } from '../../cli/vnet-tables.js';
import type { HostDetail, HostState } from '../../schema/generated/types.js';
import { hostDetails } from '../reconciler/api/fleet.js';

const mac = (vm: number) => `02:00:00:00:00:0${vm}`;
const route = (from: string, source: number, destination: string, hosts = hostDetails) =>
  traceRoute(hosts, from, { network: 'lan', source: mac(source), destination });

it('shows every part of VNET in columns', () => {
  expect(vnetTable('networks', hostDetails)).toBe(
    'NETWORK  VNI  MTU   PROXY   LAN  HOSTS  VMS\nlan      42   1450  host-1  -    6      4\n',
  );
  const links = vnetTable('links', hostDetails).split('\n');
  expect(links[1]).toBe('host-1  host-2  udp   10.0.0.1 -> 10.0.0.2  up        12 ms');
  expect(links.find((line) => line.startsWith('host-1  host-3'))).toContain(
    'down      12 ms   no keep-alive was heard',
  );
  expect(vnetTable('interfaces', hostDetails)).toContain('host-4  lan      vm-1  02:00:00:00:00:01  running');
  expect(vnetTable('rules', hostDetails)).toContain(
    'host-4  lan      02:00:00:00:00:01  02:00:00:00:00:02  link host-5',
  );
});

it('follows a frame over its fast path, over the star, and to where it is dropped', () => {
  expect(routeText(route('host-4', 1, mac(2)))).toBe(
    [
      'HOP  HOST    RULE                                    TO',
      '  1  host-4  (02:00:00:00:00:01, 02:00:00:00:00:02)  host-5',
      '  2  host-5  (any, 02:00:00:00:00:02)                vm-2',
      'Delivered to vm-2.',
      '',
    ].join('\n'),
  );
  const star = route('host-5', 2, mac(1));
  expect(star.hops.map(({ host }) => host)).toEqual(['host-5', 'host-1', 'host-4']);
  expect(star).toMatchObject({ kind: 'delivered', guest: 'vm-1' });
  expect(route('host-4', 1, '02:00:00:00:00:99')).toMatchObject({
    kind: 'dropped',
    reason: 'no rule of the host matches',
  });
});

it('falls back to the star where a fast-path link is down, as the cores do', () => {
  const cut = structuredClone(hostDetails);
  for (const { report } of cut)
    for (const link of report.links) link.up &&= link.link.peer !== 'host-5' || report.host === 'host-1';
  expect(route('host-4', 1, mac(2), cut).hops.map(({ host }) => host)).toEqual(['host-4', 'host-1', 'host-5']);
});

it('ends in a loop of the tables, and says so', () => {
  const looping = structuredClone(hostDetails);
  const send = (peer: string) => [
    { network: 'lan', source: 'any', destination: 'any', to: [{ kind: 'link' as const, peer }] },
  ];
  const next: Record<string, string> = { 'host-4': 'host-5', 'host-5': 'host-6', 'host-6': 'host-4' };
  for (const { report } of looping) report.rules = send(next[report.host] ?? 'host-4');
  expect(route('host-4', 1, mac(4), looping)).toMatchObject({
    kind: 'dropped',
    reason: expect.stringContaining('loop'),
  });
});

it('compares what hosts are with what they were told', () => {
  const [first, ...rest] = structuredClone(hostDetails) as [HostDetail, ...HostDetail[]];
  const { networks, links, rules } = first.report;
  const desired: HostState = {
    ...{ host: 'host-1', generation: 3, samplingIntervalMs: 1000, departures: [], removals: [], guests: [] },
    networks: networks.map((network) => ({ ...network, mtu: 1400 })),
    links: links.map(({ link }) => link).filter(({ peer }) => peer !== 'host-6'),
    rules: [...rules, { network: 'lan', source: 'any', destination: 'group', to: [{ kind: 'link', peer: 'host-2' }] }],
  };
  const differences = vnetDiff([{ ...first, desired }, ...rest]).filter(({ host }) => host === 'host-1');
  expect(differences.map(({ kind, part, subject }) => `${kind} ${part} ${subject}`)).toEqual([
    'different network lan',
    'extra link host-6',
    'down link host-3',
    'missing rule lan (any, group)',
  ]);
  expect(diffText(differences)).toContain('host-1\n  ~ network lan: is {');
  expect(diffText([])).toBe('Every host is what it was told to be.\n');
});

it('draws the overlay for Mermaid and Graphviz, each link once, in the same bytes each time', () => {
  const drawn = mermaidOf(vnetDrawing(hostDetails));
  expect(drawn.split('\n')[0]).toBe('graph LR');
  expect(drawn).toContain('  h3["host-4<br/>vm-1"]');
  expect(drawn).toContain('  h3 ===|udp| h4');
  expect(drawn).toContain('  h0 ---|udp| h3');
  expect(drawn).toContain('  h0 -.-|udp| h2');
  expect(drawn.match(/\|udp\|/g)).toHaveLength(8);
  expect(dotOf(vnetDrawing(hostDetails))).toContain('"host-4" -- "host-5" [label="udp", style=bold];');
});
