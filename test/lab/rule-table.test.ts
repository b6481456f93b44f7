import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BpfMap } from '../../agents/vnet/bpf-map.js';
import {
  actionKind,
  encodeAction,
  encodeFloodKey,
  encodeFrameKey,
  generationShift,
  layout,
} from '../../agents/vnet/layout.js';
import { libbpf } from '../../agents/vnet/libbpf.js';
import { Stage } from '../agents/contract/stage.js';
import { guestSpec, starHost } from '../agents/star.js';
import { describeLab } from '../environment.js';
import { type LabWorld, labWorld, oneSite } from './lab-world.js';

describeLab('rule table in the kernel', ['root', 'namespaces', 'bpf', 'clang', 'libbpf'], () => {
  let world: LabWorld;
  let stage: Stage;
  beforeAll(async () => {
    world = await labWorld(oneSite(3));
    stage = new Stage(world);
    await stage.build(stage.star());
  });
  afterAll(() => world?.close());

  /** The pinned map of a host, as anyone with the rights may open it. */
  const pinned = (host: string, name: string, keySize: number, valueSize: number): BpfMap => {
    const folder = join(world.names.pinFolder, host);
    const [version = ''] = readdirSync(folder);
    return new BpfMap(name, libbpf().get(join(folder, version, name)), keySize, valueSize);
  };
  const rulesOf = (host: string) => pinned(host, 'vnet_rules', layout.frameKey.size, layout.action.size);

  const generationOf = (key: Buffer): number => key.readUInt32LE(0) >>> generationShift;

  it('is rid of what an agent left that died before it switched', async () => {
    const [a] = stage.hosts;
    const { vnet } = world.substrate(a);
    const { rules } = starHost(stage.star(), a);
    const map = rulesOf(a);
    const floods = pinned(a, 'vnet_floods', layout.floodKey.size, layout.action.size);
    const next = (Math.max(...map.keys().map(generationOf)) + 1) * 2 ** generationShift;
    const wrong = encodeAction({ kind: actionKind.port, target: 9999, local: 0 });
    const { mac } = guestSpec(3, 'lan');
    map.set(encodeFrameKey({ table: next + 77, source: guestSpec(2, 'lan').mac, destination: mac }), wrong);
    for (let index = 0; index < 10; index++) floods.set(encodeFloodKey(next + rules.length - 1, index), wrong);
    expect(await vnet.forward(rules.slice(1))).toEqual([]);
    expect(await vnet.forward(rules)).toEqual([]);
    // The table in use and the one before it.
    expect(map.keys()).toHaveLength(rules.length + rules.length - 1);
    expect(map.entries().filter(([, value]) => value.equals(wrong))).toEqual([]);
    expect(await stage.deliveredTo('vm-2', mac)).toEqual(['vm-3']);
    expect(await stage.deliveredTo('vm-2', 'group')).toEqual(['vm-1', 'vm-3']);
  });

  it('tells which rules are not in effect when somebody else has changed it, and is mended by being told again', async () => {
    const [a] = stage.hosts;
    const { vnet } = world.substrate(a);
    const { rules } = starHost(stage.star(), a);
    expect((await vnet.current()).rules).toEqual(rules);
    const map = rulesOf(a);
    const newest = Math.max(...map.keys().map(generationOf));
    const stolen = map.keys().find((key) => generationOf(key) === newest);
    if (stolen) map.remove(stolen);
    expect((await vnet.current()).rules).toHaveLength(rules.length - 1);
    expect(await vnet.forward(rules)).toEqual([]);
    expect((await vnet.current()).rules).toEqual(rules);
  });
});
