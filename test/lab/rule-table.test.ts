import { closeSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BpfMap } from '../../agents/vnet/bpf-map.js';
import { encodeIndex, layout } from '../../agents/vnet/layout.js';
import { libbpf } from '../../agents/vnet/libbpf.js';
import type { Rule } from '../../schema/generated/types.js';
import { Stage } from '../agents/contract/stage.js';
import { guestSpec, linkTo, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

const { frameKey, action } = layout;
const theOnly = Buffer.alloc(4);

describeLab('rule table in the kernel', ['root', 'namespaces', 'bpf', 'clang', 'libbpf'], () => {
  let world: LabWorld;
  let stage: Stage;
  beforeAll(async () => {
    world = await labWorld(oneSite(3));
    stage = new Stage(world);
    await stage.build(stage.star());
  });
  afterAll(() => world?.close());

  /** What a host's table is in, as anyone with the rights may open it. */
  const tableOf = (host: string): BpfMap => {
    const folder = join(world.names.pinFolder, host);
    const [version = ''] = readdirSync(folder);
    return new BpfMap('vnet_rules', libbpf().get(join(folder, version, 'vnet_rules')), 4, 4);
  };
  const star = () => {
    const [host] = stage.hosts;
    return { host, rules: starHost(stage.star(), host).rules, vnet: world.substrate(host).vnet };
  };
  /** One rule for each address of a made-up site behind another host. */
  const crowd = (count: number, peer: string): Rule[] =>
    Array.from({ length: count }, (_, index) => ({
      network: 'lan',
      source: 'any',
      destination: `02:01:00:${index
        .toString(16)
        .padStart(6, '0')
        .replace(/(..)(?!$)/g, '$1:')}`,
      to: [linkTo(peer)],
    }));

  it('cannot be changed by anybody, only replaced as a whole', () => {
    const { host } = star();
    const number = tableOf(host).get(theOnly)?.readUInt32LE() ?? 0;
    const descriptor = libbpf().mapById(number);
    const table = new BpfMap('vnet_table', descriptor, frameKey.size, action.size);
    const [entry] = table.entries();
    expect(() => table.set(entry?.[0] ?? theOnly, Buffer.alloc(action.size))).toThrow('EPERM');
    closeSync(descriptor);
  });

  it('is not in effect when somebody has put another one in its place, until the host is told again', async () => {
    const { host, rules, vnet } = star();
    expect((await vnet.current()).rules).toEqual(rules);
    const other = libbpf().createHash('other', frameKey.size, action.size, 1);
    tableOf(host).set(theOnly, encodeIndex(other));
    closeSync(other);
    expect((await vnet.current()).rules).toEqual([]);
    expect(await stage.deliveredTo('vm-2', guestSpec(3, 'lan').mac)).toEqual([]);
    expect(await vnet.forward(rules)).toEqual([]);
    expect((await vnet.current()).rules).toEqual(rules);
    expect(await stage.deliveredTo('vm-2', guestSpec(3, 'lan').mac)).toEqual(['vm-3']);
  });

  it('is left as it is by an agent that starts again or is told the same', async () => {
    const { host, rules, vnet } = star();
    const number = () => tableOf(host).get(theOnly)?.readUInt32LE();
    const before = number();
    expect(await vnet.forward(rules)).toEqual([]);
    await world.restart(host);
    expect(await world.substrate(host).vnet.forward(rules)).toEqual([]);
    expect(number()).toBe(before);
    expect((await world.substrate(host).vnet.current()).rules).toEqual(rules);
  });

  it('holds 100,000 rules, and says how long it took', async () => {
    const { host, rules, vnet } = star();
    const many = [...rules, ...crowd(100_000, stage.hosts[1])];
    expect(await vnet.forward(many)).toEqual([]);
    const current = await vnet.current();
    expect(current.rules).toHaveLength(many.length);
    expect(current.bound?.switchMs).toBeGreaterThan(0);
    expect(await stage.deliveredTo('vm-2', guestSpec(3, 'lan').mac)).toEqual(['vm-3']);
    await world.restart(host);
    expect((await world.substrate(host).vnet.current()).rules).toHaveLength(many.length);
    expect(await world.substrate(host).vnet.forward(rules)).toEqual([]);
    expect(await stage.deliveredTo('vm-2', guestSpec(3, 'lan').mac)).toEqual(['vm-3']);
  });
});
