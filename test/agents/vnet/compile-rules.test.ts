import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../agents/vnet/compile-rules.js';
import { actionKind, anyMac, floodMax } from '../../../agents/vnet/layout.js';
import type { Output, Rule } from '../../../schema/generated/types.js';
import { linkTo, portTo } from '../star.js';

const mac = '02:00:00:00:00:01';
const around = {
  networks: [
    { name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' },
    { name: 'wan', vni: 78, mtu: 1450, proxy: 'host-1' },
  ],
  links: new Map([
    ['host-2', 1],
    ['host-3', 2],
  ]),
  ports: new Map([['vm-1', { device: 12, network: 'lan', peer: false }]]),
  lans: new Map([['wan', 9]]),
};
const lan: Output = { kind: 'lan' };
const rule = (source: string, destination: string, ...to: Output[]): Rule => ({
  network: 'lan',
  source,
  destination,
  to: to as [Output, ...Output[]],
});

describe('rules', () => {
  it.each([
    ['any', mac, 'any address', anyMac, mac, anyMac],
    [mac, 'any', 'address any', mac, anyMac, anyMac],
    [mac, 'none', 'address none', mac, anyMac, anyMac],
    [mac, `not-${mac}`, 'address not', mac, anyMac, mac],
    [`not-${mac}`, mac, 'not address', anyMac, mac, mac],
    [`not-${mac}`, 'any', 'not any', anyMac, anyMac, mac],
    [mac, 'group', 'address group', mac, anyMac, anyMac],
  ])('(%s, %s) are looked up by what they name', (from, to, ...expected) => {
    const [name, source, destination, excluded] = expected;
    const { compiled, inactive, faults } = compileRules([rule(from, to, linkTo('host-2'))], around);
    expect([inactive, faults]).toEqual([[], []]);
    expect(compiled).toMatchObject([{ class: name, vni: 77, source, destination, excluded }]);
    expect(compiled[0]?.actions).toEqual([{ kind: actionKind.link, target: 1 }]);
  });

  it('lead to ports, links and the LAN', () => {
    const rules = [rule('any', mac, portTo('vm-1')), { ...rule('any', 'any', lan), network: 'wan' }];
    expect(compileRules(rules, around).compiled.map(({ actions }) => actions)).toEqual([
      [{ kind: actionKind.port, target: 12 }],
      [{ kind: actionKind.lan, target: 9 }],
    ]);
  });

  it('for groups copy to what is here, and leave out what is not', () => {
    const rules = [rule('any', 'group', portTo('vm-9'), linkTo('host-3'), lan, linkTo('host-2'))];
    const { compiled } = compileRules(rules, around);
    expect(compiled[0]?.actions).toEqual([
      { kind: actionKind.link, target: 2 },
      { kind: actionKind.link, target: 1 },
    ]);
  });

  it.each([
    ['a guest that is not here', rule('any', mac, portTo('vm-9'))],
    ['a guest of another network', { ...rule('any', mac, portTo('vm-1')), network: 'wan' }],
    ['a LAN that the network has not', rule('any', 'any', lan)],
  ])('into %s are inactive', (_, inactive) => {
    expect(compileRules([inactive], around)).toEqual({ compiled: [], inactive: [inactive], faults: [] });
  });

  it.each([
    ['a network that is not attached', { ...rule('any', mac, portTo('vm-1')), network: 'other' }, 'other'],
    ['a link that is not there', rule('any', mac, linkTo('host-9')), 'host-9'],
    ['two outputs of unicast', rule('any', mac, linkTo('host-2'), linkTo('host-3')), 'group'],
    ['a rank that there is not', rule('any', 'none', linkTo('host-2')), 'rank'],
    ['too many copies', rule('any', 'group', ...Array<Output>(floodMax + 1).fill(linkTo('host-2'))), `${floodMax}`],
  ])('are faults when they need %s', (_, broken, named) => {
    const good = rule('any', 'any', linkTo('host-2'));
    const { compiled, faults } = compileRules([broken, good], around);
    expect(compiled.map((each) => each.rule)).toEqual([good]);
    expect(faults).toMatchObject([{ kind: 'rule' }]);
    expect(faults[0]?.message).toContain(named);
  });

  it('are faults when they tie', () => {
    const rules = [rule('any', mac, linkTo('host-2')), rule('any', mac, linkTo('host-3'))];
    const { compiled, faults } = compileRules(rules, around);
    expect(compiled.map(({ actions }) => actions)).toEqual([[{ kind: actionKind.link, target: 1 }]]);
    expect(faults).toMatchObject([{ kind: 'rule', subject: `lan (any, ${mac})` }]);
  });
});
