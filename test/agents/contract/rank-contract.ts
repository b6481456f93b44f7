import { describe, expect, it } from 'vitest';
import type { GuestSpec, NetworkAttachment, Output, Rule } from '../../../schema/generated/types.js';
import { guestSpec, linkTo, portTo } from '../star.js';
import { Chance, randomTable } from './random-table.js';
import { decide, type Situation } from './reference.js';
import { type Sent, type Stage, station } from './stage.js';

const destination = (n: number) =>
  `02:00:00:01:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;
const [one, two, three] = [1, 2, 3].map((n) => guestSpec(n, 'lan').mac) as [string, string, string];

/** For as many tables as anyone may want. */
const patienceMs = 600_000;

/** One of two networks with the same addresses. On the first host are three guests, on the next two hosts two each. */
interface Half {
  network: NetworkAttachment;
  /** By host: the first two of the first host send. */
  guests: Record<string, [string, string, ...string[]]>;
}

/** How every VNET core chooses among the rules of a table. */
export function rankContract(on: () => Stage): void {
  describe('ranks and qualifiers', () => {
    it.each([
      ['all links up', false],
      ['a link down', true],
    ])(
      'decide as a plain reading of the contract does, on random tables of two networks, with %s',
      async (_, isCut) => {
        const stage = on();
        const halves = await build(stage);
        const [a, , c] = stage.hosts;
        if (isCut) {
          await stage.cut(a, c);
          await stage.linked(a, [c], false);
        }
        await compare(stage, halves, new Chance(isCut ? 2 : 1), isCut);
      },
      patienceMs,
    );
  });

  describe('rules that tie', () => {
    it('are a fault, and the first of them holds', async () => {
      const stage = on();
      const [a] = stage.hosts;
      const guests = [1, 2, 3].map((n) => guestSpec(n, 'lan'));
      const rules: Rule[] = [
        { network: 'lan', source: one, destination: 'any', to: [portTo('vm-2')] },
        { network: 'lan', source: 'any', destination: two, to: [portTo('vm-3')] },
      ];
      const order = { networks: [stage.network], links: [], guests, rules };
      const faults = await stage.converge(a, order);
      expect(faults.map(({ kind, message }) => [kind, message])).toEqual([
        [
          'rule',
          `Rule (${one}, any) and rule (any, ${two}) tie for frames ${one} -> ${two}: remove one or add (${one}, ${two}).`,
        ],
      ]);
      expect((await stage.world.substrate(a).vnet.current()).rules).toEqual(rules.slice(0, 1));
      const decided: Rule = { network: 'lan', source: one, destination: two, to: [portTo('vm-3')] };
      expect(await stage.converge(a, { ...order, rules: [...rules, decided] })).toEqual([]);
      expect(await stage.deliveredTo('vm-1', two)).toEqual(['vm-3']);
      expect(await stage.deliveredTo('vm-1', three)).toEqual(['vm-2']);
    });
  });
}

/** Two networks over the same links. Guests on other hosts tell by which link a frame came, and whether it was marked. */
async function build(stage: Stage): Promise<Half[]> {
  const [a, b, c] = stage.hosts;
  const networks = [
    { ...stage.network, lan: stage.world.lan },
    { name: 'green', vni: 78, mtu: 1450, proxy: a },
  ];
  const half = (network: NetworkAttachment, index: number): Half => {
    const name = (n: number) => `vm-${10 * (index + 1) + n}`;
    return { network, guests: { [a]: [name(1), name(2), name(3)], [b]: [name(4), name(5)], [c]: [name(6), name(7)] } };
  };
  const halves = networks.map(half);
  const specs = (host: string) =>
    halves.flatMap(({ network, guests }) =>
      (guests[host] ?? []).map((name): GuestSpec => {
        return { ...guestSpec(Number(name.slice(-1)), network.name), name };
      }),
    );
  const mesh = [
    [a, b, c],
    [b, a],
    [c, a],
  ] as const;
  for (const [host, ...peers] of mesh) {
    const links = peers.map((peer) => stage.world.linkEnd(host, peer));
    const rules = host === a ? [] : halves.flatMap((each) => telling(each, host));
    const attached = host === a ? networks : networks.map(({ lan, ...network }: NetworkAttachment) => network);
    expect(await stage.converge(host, { networks: attached, links, guests: specs(host), rules })).toEqual([]);
  }
  for (const [host, ...peers] of mesh) await stage.linked(host, [...peers]);
  return halves;
}

/** A frame that is not marked goes to the first guest, one that is to the second. */
function telling({ network: { name: network }, guests }: Half, host: string): Rule[] {
  const [unmarked = '', marked = ''] = guests[host] ?? [];
  return [
    ...[one, two].map((source): Rule => ({ network, source, destination: 'none', to: [portTo(unmarked)] })),
    { network, source: 'any', destination: 'any', to: [portTo(marked)] },
  ];
}

async function compare(stage: Stage, halves: readonly Half[], chance: Chance, isCut: boolean): Promise<void> {
  const { world, hosts } = stage;
  const [a, b, c] = hosts;
  const { tables, destinations: count, frames: most } = world.volume;
  const destinations = Array.from({ length: count }, (_, n) => destination(n));
  // Half of them with a link down, and two at a time.
  for (let n = 0; n < tables / 4; n++) {
    const rules = halves.flatMap(({ network, guests }) =>
      randomTable(chance, {
        network: network.name,
        sources: [one, two, three],
        destinations,
        outputs: [...(guests[a] ?? []).map(portTo), portTo('vm-99'), linkTo(b), linkTo(c), { kind: 'lan' }],
      }),
    );
    const faults = await world.substrate(a).vnet.forward(rules);
    const all = halves.flatMap((half) =>
      [0, 1].flatMap((sender) => destinations.map((to) => ({ half, from: half.guests[a]?.[sender] ?? '', to }))),
    );
    const frames = chance.shuffled(all).slice(0, most);
    const reached = await world.exchange(frames.map(({ from, to }): Sent => ({ from, to })));
    const wrong = frames.flatMap(({ half, from, to }, index) => {
      const [got, due] = [reached[index], expectedOf(rules, { half, from, to }, stage, isCut)];
      return got?.join() === due.join() ? [] : [{ from, to, got, due }];
    });
    // All that differs says more than the first difference.
    if (wrong.length > 0 || faults.length > 0)
      expect({ table: n, rules, faults, wrong }).toEqual({ table: n, rules, faults: [], wrong: [] });
  }
}

function expectedOf(
  rules: readonly Rule[],
  { half, from, to }: { half: Half; from: string; to: string },
  { hosts: [a, , c], world }: Stage,
  isCut: boolean,
): string[] {
  const situation: Situation = {
    network: half.network.name,
    source: from === half.guests[a]?.[0] ? one : two,
    destination: to,
    star: false,
    guests: new Set(half.guests[a]),
    down: new Set(isCut ? [c] : []),
    hasLan: half.network.lan === world.lan,
  };
  const decision = decide(rules, situation);
  const output: Output | undefined = decision?.rule.to[0];
  if (!decision || !output) return [];
  if (output.kind === 'lan') return [station];
  if (output.kind === 'port') return output.guest === from ? [] : [output.guest];
  const [unmarked = '', marked = ''] = half.guests[output.peer] ?? [];
  return situation.down.has(output.peer) ? [] : [decision.star ? marked : unmarked];
}
