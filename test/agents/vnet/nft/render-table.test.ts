import { describe, expect, it } from 'vitest';
import { linkDevice } from '../../../../agents/vnet/nft/device-name.js';
import { dropKey } from '../../../../agents/vnet/nft/drop-chain.js';
import { linkMark } from '../../../../agents/vnet/nft/mark.js';
import { renderTable, type Table } from '../../../../agents/vnet/nft/render-table.js';
import { selectRules } from '../../../../agents/vnet/nft/select-rules.js';
import { matchRule, ruleTable } from '../../../../schema/forwarding.js';
import type { NetworkAttachment, Output, Rule } from '../../../../schema/generated/types.js';
import { Chance, randomTable } from '../../contract/random-table.js';
import { linkTo, portTo } from '../../star.js';
import { interpret } from './interpret.js';

const mac = (n: number): string => `02:00:00:00:00:${String(n).padStart(2, '0')}`;
const group = 'ff:ff:ff:ff:ff:ff';
const network: NetworkAttachment = { name: 'red', vni: 77, mtu: 1450, proxy: 'a', lan: 'lan0' };
const links = [
  { peer: 'b', number: 1 },
  { peer: 'c', number: 2 },
];
const ports = [1, 2, 3].map((n) => ({ guest: `vm-${n}`, device: `p-${n}`, network: 'red', mac: mac(n) }));
const vx = (peer: string): string => linkDevice(peer, network.vni);
const devices: Record<string, string> = { b: vx('b'), c: vx('c') };

function tableOf(rules: readonly Rule[]): Table {
  const lans = new Map([['red', 'lan0']]);
  const { active, faults } = selectRules(rules, {
    networks: [network],
    ports: new Map(ports.map((port) => [port.guest, port])),
    lans,
    links: new Map(links.map(({ peer, number }) => [peer, number])),
  });
  expect(faults).toEqual([]);
  return { networks: [network], links, ports, lans, rules: active, keepAliveMs: 1000 };
}

const deviceOf = (output: Output): string => {
  if (output.kind === 'lan') return 'lan0';
  return output.kind === 'port' ? output.guest.replace('vm', 'p') : (devices[output.peer] ?? '');
};
const rule = (source: string, destination: string, ...to: Output[]): Rule =>
  ({ network: 'red', source, destination, to }) as Rule;
const dropped = (reason: Parameters<typeof dropKey>[0]): string => `counts ${dropKey(reason)}`;

/** A table of random unicast and group rules, of which some lead to a guest that is not here. */
function randomRules(chance: Chance): Rule[] {
  const outputs: Output[] = [
    ...ports.map(({ guest }) => portTo(guest)),
    portTo('vm-9'),
    linkTo('b'),
    linkTo('c'),
    { kind: 'lan' },
  ];
  const vocabulary = { network: 'red', sources: [1, 2, 3].map(mac), destinations: [4, 5, 6, 7].map(mac), outputs };
  const several = () => chance.shuffled(outputs).slice(0, 1 + chance.below(outputs.length));
  const groups = ['any', mac(1), mac(2)]
    .filter(() => chance.happens(0.6))
    .map((source) => rule(source, 'group', ...several()));
  return [...randomTable(chance, vocabulary), ...groups];
}

describe('a rendered table', () => {
  it('decides on frames of guests as the contract does, on random tables with links up and down', () => {
    const chance = new Chance(7);
    const seen = { delivered: 0, fallen: 0, undecided: 0 };
    for (let turn = 0; turn < 250; turn++) {
      const rules = randomRules(chance);
      const rendered = renderTable(tableOf(rules), turn);
      const down = links.filter(() => chance.happens(0.3)).map(({ peer }) => peer);
      const alive = new Set(links.filter(({ peer }) => !down.includes(peer)).map(({ number }) => linkMark(number)));
      const here = {
        isHere: (guest: string) => guest !== 'vm-9',
        isUp: (peer: string) => !down.includes(peer),
        hasLan: () => true,
      };
      for (const { device, mac: source } of ports)
        for (const destination of [mac(4), mac(5), mac(6), mac(7), mac(8), group]) {
          const kind = destination === group ? 'group' : destination;
          const match = matchRule(ruleTable(rules), { network: 'red', source, destination: kind, star: false }, here);
          const { copies, updates } = interpret(rendered, { device, source, destination }, alive);
          const due = (match?.rule.to ?? []).filter((output) => output.kind !== 'port' || output.guest !== 'vm-9');
          const places = due.map(deviceOf).filter((place) => place !== device);
          expect([turn, source, destination, copies.map((copy) => copy.device).sort()]).toEqual([
            turn,
            source,
            destination,
            places.sort(),
          ]);
          for (const copy of copies.filter(({ device: to }) => to.startsWith('vx-')))
            expect(copy.mark).toBe(match?.star ? 0x10f : 0x0f);
          expect(updates.includes(`matrix-77 ${source} . ${destination}`)).toBe(match !== undefined);
          expect(updates.includes(dropped('no-rule'))).toBe(match === undefined);
          if (!match) seen.undecided++;
          else seen[match.star ? 'fallen' : 'delivered']++;
        }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
  });

  it('decides on marked frames of links by rules of any source alone', () => {
    const chance = new Chance(8);
    for (let turn = 0; turn < 100; turn++) {
      const rules = randomRules(chance);
      const rendered = renderTable(tableOf(rules), turn);
      const here = { isHere: (guest: string) => guest !== 'vm-9', isUp: () => true, hasLan: () => true };
      for (const destination of [mac(4), mac(5), mac(6), group]) {
        const frame = {
          network: 'red',
          source: mac(1),
          destination: destination === group ? 'group' : destination,
          star: true,
        };
        const match = matchRule(ruleTable(rules), frame, here);
        const { copies, updates } = interpret(rendered, { device: vx('b'), source: mac(1), destination, mark: 0x103 });
        const due = (match?.rule.to ?? []).map(deviceOf).filter((place) => place !== vx('b') && place !== 'p-9');
        expect(copies.map((copy) => copy.device).sort()).toEqual(due.sort());
        for (const copy of copies.filter(({ device }) => device === vx('c'))) expect(copy.mark).toBe(0x102);
        expect(updates.filter((update) => update.startsWith('matrix'))).toEqual([]);
      }
    }
  });

  it('is the same for the same state, and names everything after its generation but what is on devices', () => {
    const rules = randomRules(new Chance(3));
    const first = renderTable(tableOf(rules), 4);
    expect(renderTable(tableOf(rules), 4)).toEqual(first);
    const names = [...first.chains.keys(), ...first.lookups.keys()];
    expect(names.filter((name) => !/^(g4-|in-)/.test(name))).toEqual([]);
  });
});

describe('frames on links', () => {
  const through = renderTable(
    tableOf([rule('any', 'any', linkTo('c')), rule('any', 'group', portTo('vm-1'), linkTo('b'), linkTo('c'))]),
    1,
  );
  const from = (mark: number, destination = mac(9), device = vx('b')) =>
    interpret(through, { device, source: mac(8), destination, mark });

  it('have one hop less when they go on, and are counted on both links', () => {
    expect(from(5)).toMatchObject({ copies: [{ device: vx('c'), mark: 4 }], verdict: 'gone' });
    expect(from(5).updates).toEqual([`counts ${linkMark(1)}`, `counts ${linkMark(2) + 0x10000}`]);
  });

  it('end where no hop is left, but still reach guests', () => {
    expect(from(0)).toMatchObject({ copies: [], verdict: 'drop' });
    expect(from(0).updates).toContain(dropped('hop-budget'));
    expect(from(0, group)).toMatchObject({ copies: [{ device: 'p-1' }], verdict: 'drop' });
    expect(from(0, group).updates.filter((update) => update === dropped('hop-budget'))).toHaveLength(1);
  });

  it('never go back', () => {
    expect(from(5, mac(9), vx('c'))).toMatchObject({ copies: [], verdict: 'drop' });
    expect(from(5, mac(9), vx('c')).updates).toContain(dropped('split-horizon'));
    expect(from(5, group).copies.map(({ device }) => device)).toEqual(['p-1', vx('c')]);
  });

  it('are refused with more hops than a frame starts with', () => {
    expect(from(0x20)).toMatchObject({ copies: [], verdict: 'drop', updates: [dropped('encapsulation')] });
  });
});

describe('frames of guests and of the LAN', () => {
  const rendered = renderTable(
    tableOf([
      rule('any', mac(1), portTo('vm-1')),
      rule('any', 'any', { kind: 'lan' }),
      rule('any', 'group', portTo('vm-1'), { kind: 'lan' }),
    ]),
    1,
  );
  const lan = (source: string, destination: string, toHost = false) =>
    interpret(rendered, { device: 'lan0', source, destination, toHost });

  it('are dropped under an address that is not the guest’s', () => {
    expect(interpret(rendered, { device: 'p-1', source: mac(9), destination: mac(1) })).toEqual({
      copies: [],
      updates: [dropped('spoofed-source')],
      verdict: 'drop',
    });
  });

  it('enter from the LAN for VMs and groups alone, and not as sent by a VM', () => {
    const station = '02:00:00:00:aa:01';
    expect(lan(station, mac(1))).toMatchObject({ copies: [{ device: 'p-1' }], updates: [] });
    expect(lan(station, group)).toMatchObject({ copies: [{ device: 'p-1' }], verdict: 'accept' });
    expect(lan(station, mac(9))).toEqual({ copies: [], updates: [dropped('lan-filter')], verdict: 'drop' });
    expect(lan(mac(1), group)).toEqual({ copies: [], updates: [dropped('lan-filter')], verdict: 'drop' });
  });

  it('stay the host’s where they are addressed to it', () => {
    expect(lan('02:00:00:00:aa:01', mac(9), true)).toEqual({ copies: [], updates: [], verdict: 'accept' });
  });
});

describe('keep-alives', () => {
  const rendered = renderTable(tableOf([]), 1);
  const magic = 0x56504c31;
  const out = (length: number, alive: number[]) =>
    interpret(
      rendered,
      { device: 'vnet-pulse', source: mac(0), destination: group, pulse: { magic: 0, flags: 0, length } },
      new Set(alive),
    );
  const pulse = (flags: number, length = 46) =>
    interpret(rendered, {
      device: linkDevice('b', 0),
      source: mac(0),
      destination: group,
      pulse: { magic, flags, length },
    });

  it('go over every link and say whether its peer is heard', () => {
    const [toB, toC] = [linkDevice('b', 0), linkDevice('c', 0)];
    expect(out(46, [linkMark(1) + 1]).copies).toEqual([
      { device: toB, mark: 0, flags: 1 },
      { device: toC, mark: 0, flags: 0 },
    ]);
    expect(out(1450, [linkMark(2) + 1]).copies.map(({ flags }) => flags)).toEqual([2, 3]);
  });

  it('keep a link among the living as long as the period, and the peer as heard a quarter less', () => {
    expect(pulse(1)).toMatchObject({
      copies: [],
      updates: [`alive ${linkMark(1) + 1} 750ms`, `alive ${linkMark(1)} 1000ms`],
      verdict: 'drop',
    });
    expect(pulse(3).updates).toContain(`alive ${linkMark(1) + 2} 4000ms`);
  });

  it('are answered at once, and take the link from the living, where they say that this host is not heard', () => {
    expect(pulse(0)).toMatchObject({ copies: [{ device: linkDevice('b', 0), mark: 0, flags: 1 }], verdict: 'gone' });
    expect(pulse(0).updates).toEqual([`alive ${linkMark(1) + 1} 750ms`, `-alive ${linkMark(1)}`]);
    expect(pulse(2, 1450).copies.map(({ flags }) => flags)).toEqual([3]);
  });

  it('are nothing else', () => {
    const strange = { device: linkDevice('b', 0), source: mac(8), destination: mac(1) };
    expect(interpret(rendered, strange)).toMatchObject({ copies: [], updates: [dropped('encapsulation')] });
    const wrong = { ...strange, pulse: { magic: 1, flags: 1, length: 46 } };
    expect(interpret(rendered, wrong)).toMatchObject({ copies: [], updates: [dropped('encapsulation')] });
  });
});
