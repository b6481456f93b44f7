import { expect, it } from 'vitest';
import { linkDevice } from '../../../../agents/vnet/nft/device-name.js';
import { selectRules } from '../../../../agents/vnet/nft/select-rules.js';
import type { Output, Rule } from '../../../../schema/generated/types.js';
import { linkTo, portTo } from '../../star.js';

const around = {
  networks: [
    { name: 'red', vni: 7, mtu: 1450, proxy: 'a' },
    { name: 'blue', vni: 8, mtu: 1450, proxy: 'a' },
  ],
  ports: new Map([['vm-1', { device: 'p-1', network: 'red' }]]),
  lans: new Map([['blue', 'lan0']]),
  links: new Map([['b', 5]]),
};
const rule = (network: string, destination: string, ...to: Output[]): Rule =>
  ({ network, source: 'any', destination, to }) as Rule;

it('finds where each rule leads, and leaves out what is not here', () => {
  const rules = [
    rule('red', 'group', portTo('vm-1'), portTo('vm-9'), linkTo('b'), { kind: 'lan' }),
    rule('blue', '02:00:00:00:00:01', portTo('vm-1')),
    rule('blue', 'any', { kind: 'lan' }),
  ];
  const { active, inactive, faults } = selectRules(rules, around);
  expect(faults).toEqual([]);
  expect(inactive).toEqual([rules[1]]);
  expect(active.map(({ places }) => places)).toEqual([
    [
      { kind: 'port', device: 'p-1' },
      { kind: 'link', device: linkDevice('b', 7), number: 5 },
    ],
    [{ kind: 'lan', device: 'lan0' }],
  ]);
});

it('says of rules that cannot hold what is wrong, and keeps the others', () => {
  const rules = [
    rule('green', 'any', linkTo('b')),
    rule('red', 'any', linkTo('c')),
    rule('red', '02:00:00:00:00:01', portTo('vm-1'), linkTo('b')),
    rule('red', '02:00:00:00:00:02', linkTo('b')),
    rule('red', '02:00:00:00:00:02', portTo('vm-1')),
  ];
  const { active, faults } = selectRules(rules, around);
  expect(active.map((each) => each.rule)).toEqual([rules[3]]);
  expect(faults.map(({ subject }) => subject)).toEqual([
    'green (any, any)',
    'red (any, any)',
    'red (any, 02:00:00:00:00:01)',
    'red (any, 02:00:00:00:00:02)',
  ]);
  for (const [index, text] of ['not attached', 'no link to c', 'outputs', 'there twice'].entries())
    expect(faults[index]?.message).toContain(text);
});
