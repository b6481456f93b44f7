import { describe, expect, it } from 'vitest';
import { compileRules } from '../../../agents/vnet/compile-rules.js';
import { actionKind, anyMac, floodMax, groupMac, ipv4Number } from '../../../agents/vnet/layout.js';
import type { LinkEnd, Output, Rule } from '../../../schema/generated/types.js';
import { linkTo, portTo } from '../star.js';

const mac = '02:00:00:00:00:01';
const link = (peer: string, remote: string): LinkEnd => ({ peer, type: 'udp', local: '10.0.0.1', remote });
const around = {
  networks: [{ name: 'lan', vni: 77, mtu: 1450, proxy: 'host-1' }],
  links: [link('host-2', '10.0.0.2'), link('host-3', '10.0.0.3')],
  ports: new Map([['vm-1', 12]]),
};
const rule = (source: string, destination: string, ...to: Output[]): Rule => ({
  network: 'lan',
  source,
  destination,
  to: to as [Output, ...Output[]],
});
const toHost = (last: number) => ({
  kind: actionKind.link,
  target: ipv4Number(`10.0.0.${last}`),
  local: ipv4Number('10.0.0.1'),
});

describe('rules', () => {
  it('become keys and actions', () => {
    const rules = [rule(mac, 'any', linkTo('host-2')), rule('any', mac, portTo('vm-1'))];
    const { compiled, inactive, faults } = compileRules(rules, around);
    expect([inactive, faults]).toEqual([[], []]);
    expect(compiled.map(({ key }) => key)).toEqual([
      { table: 77, source: mac, destination: anyMac },
      { table: 77, source: anyMac, destination: mac },
    ]);
    expect(compiled.map(({ actions }) => actions)).toEqual([
      [toHost(2)],
      [{ kind: actionKind.port, target: 12, local: 0 }],
    ]);
  });

  it('for groups copy to what is here, and leave out guests that are not', () => {
    const rules = [rule('any', 'group', portTo('vm-9'), linkTo('host-3'), linkTo('host-2'))];
    const { compiled } = compileRules(rules, around);
    expect(compiled[0]?.key).toEqual({ table: 77, source: anyMac, destination: groupMac });
    expect(compiled[0]?.actions).toEqual([toHost(3), toHost(2)]);
  });

  it('into a guest that is not here are inactive', () => {
    const rules = [rule('any', mac, portTo('vm-9'))];
    expect(compileRules(rules, around)).toEqual({ compiled: [], inactive: rules, faults: [] });
  });

  it.each([
    ['a network that is not attached', { ...rule('any', mac, portTo('vm-1')), network: 'other' }, 'other'],
    ['a link that is not there', rule('any', mac, linkTo('host-9')), 'host-9'],
    ['two outputs of unicast', rule('any', mac, linkTo('host-2'), linkTo('host-3')), 'group'],
    ['too many copies', rule('any', 'group', ...Array<Output>(floodMax + 1).fill(linkTo('host-2'))), `${floodMax}`],
  ])('are faults when they need %s', (_, broken, named) => {
    const good = rule('any', 'any', linkTo('host-2'));
    const { compiled, faults } = compileRules([broken, good], around);
    expect(compiled.map((each) => each.rule)).toEqual([good]);
    expect(faults).toMatchObject([{ kind: 'rule' }]);
    expect(faults[0]?.message).toContain(named);
  });

  it('are faults when one key has two', () => {
    const rules = [rule('any', mac, linkTo('host-2')), rule('any', mac, linkTo('host-3'))];
    const { compiled, faults } = compileRules(rules, around);
    expect(compiled.map(({ actions }) => actions)).toEqual([[toHost(2)]]);
    expect(faults).toMatchObject([{ kind: 'rule', subject: `lan (any, ${mac})` }]);
  });
});
