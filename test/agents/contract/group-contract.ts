import { describe, expect, it } from 'vitest';
import type { GuestSpec, Output, Rule } from '../../../schema/generated/types.js';
import { guestSpec, linkTo, portTo, type Star } from '../star.js';
import { Chance } from './random-table.js';
import { namesOf, nowhere, type Sent, type Stage } from './stage.js';

interface Member {
  host: string;
  guests: GuestSpec[];
}

/** How every VNET core carries group frames, and keeps frames from going round and from one network into another. */
export function groupContract(on: () => Stage): void {
  describe('group traffic', () => {
    it('reaches every member once, over random trees of all sources and of single ones', async () => {
      const stage = on();
      const members = await mesh(stage);
      const chance = new Chance(3);
      const everybody = members.flatMap(({ guests }) => guests);
      for (let n = 0; n < stage.world.volume.topologies; n++) {
        const sources = ['any', ...everybody.filter(() => chance.happens(0.3)).map(({ mac }) => mac)];
        const trees = new Map(sources.map((source) => [source, randomTree(chance, stage.world.hosts)]));
        for (const { host, guests } of members) {
          const rules = sources.map((source): Rule => {
            const to: Output[] = [
              ...guests.map(({ name }) => portTo(name)),
              ...(trees.get(source)?.get(host) ?? []).map(linkTo),
            ];
            return { network: 'lan', source, destination: 'group', to: chance.shuffled(to) };
          });
          expect(await stage.world.substrate(host).vnet.forward(rules)).toEqual([]);
        }
        expect(await stage.reached(everybody.map(({ name }) => ({ from: name, to: 'group' })))).toEqual(
          everybody.map((from) => namesOf(everybody.filter((each) => each !== from))),
        );
      }
    });
  });

  describe('frames that are led round', () => {
    it('end by the hop budget or where they came from, on random tables', async () => {
      const stage = on();
      const members = await mesh(stage);
      const chance = new Chance(4);
      const frames = members.map(({ guests }): Sent => ({ from: guests[0]?.name ?? '', to: nowhere }));
      for (let n = 0; n < stage.world.volume.topologies; n++) {
        const next = new Map<string, string>();
        for (const { host } of members) {
          const peer = chance.oneOf(stage.world.hosts.filter((each) => each !== host));
          next.set(host, peer);
          const rule: Rule = { network: 'lan', source: 'any', destination: 'any', to: [linkTo(peer)] };
          expect(await stage.world.substrate(host).vnet.forward([rule])).toEqual([]);
        }
        const before = await dropsOf(stage);
        expect((await stage.reached(frames)).flat()).toEqual([]);
        const after = await dropsOf(stage);
        const due = stage.world.hosts.map((host) => endOf(next, host));
        expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([
          due.filter((end) => end === 'split-horizon').length,
          due.filter((end) => end === 'hop-budget').length,
        ]);
      }
    });
  });

  describe('two networks', () => {
    it('are isolated from each other, over the same links and with the same addresses', async () => {
      const stage = on();
      const [a, b, c] = stage.hosts;
      const lan = stage.star();
      const network = { name: 'green', vni: 78, mtu: 1450, proxy: a };
      const green: Star = {
        ...lan,
        network,
        placement: [c, a, b, c].map((host, n) => ({
          guest: { ...guestSpec(n + 1, 'green'), name: `vm-1${n + 1}` },
          host,
        })),
      };
      await stage.buildAll([lan, green]);
      for (const { placement } of [lan, green]) await stage.expectWhole(placement.map(({ guest }) => guest));
      expect(await stage.deliveredTo('vm-1', guestSpec(4, 'lan').mac)).toEqual([]);
      const { vnet } = stage.world.substrate(b);
      const astray: Rule = { network: 'lan', source: 'any', destination: 'any', to: [portTo('vm-13')] };
      expect(await vnet.forward([astray])).toEqual([]);
      expect(await stage.deliveredTo('vm-2', nowhere)).toEqual([]);
    });
  });
}

/** All hosts linked with each other, with one or two guests on each; no rules. */
async function mesh(stage: Stage): Promise<Member[]> {
  const { hosts } = stage.world;
  let count = 0;
  const members = hosts.map((host, index) => {
    const guests = index % 2 === 0 ? [++count] : [++count, ++count];
    return { host, guests: guests.map((n) => guestSpec(n, 'lan')) };
  });
  const peersOf = (host: string) => hosts.filter((peer) => peer !== host);
  for (const { host, guests } of members) {
    const links = peersOf(host).map((peer) => stage.world.linkEnd(host, peer));
    expect(await stage.converge(host, { networks: [stage.network], links, guests, rules: [] })).toEqual([]);
  }
  for (const { host } of members) await stage.linked(host, peersOf(host));
  return members;
}

/** Neighbours of each host. */
function randomTree(chance: Chance, hosts: readonly string[]): Map<string, string[]> {
  const tree = new Map<string, string[]>();
  for (const host of chance.shuffled(hosts)) {
    const joined = [...tree.keys()];
    const neighbours = joined.length > 0 ? [chance.oneOf(joined)] : [];
    tree.set(host, neighbours);
    for (const neighbour of neighbours) tree.get(neighbour)?.push(host);
  }
  return tree;
}

/** Frames that all cores together have dropped for want of a way, and at the end of their budget. */
async function dropsOf(stage: Stage): Promise<[number, number]> {
  let [split, budget] = [0, 0];
  for (const host of stage.world.hosts) {
    split += await stage.drops(host, 'split-horizon');
    budget += await stage.drops(host, 'hop-budget');
  }
  return [split, budget];
}

/** How a frame ends that each host sends on to one other. */
function endOf(next: ReadonlyMap<string, string>, start: string): 'split-horizon' | 'hop-budget' {
  let [came, at] = ['', start];
  for (let links = 0; links < 16; links++) {
    const to = next.get(at) ?? '';
    if (to === came) return 'split-horizon';
    [came, at] = [at, to];
  }
  return next.get(at) === came ? 'split-horizon' : 'hop-budget';
}
