import type { Chain, RuleSet } from '../../../../agents/vnet/nft/rule-set.js';

/** A frame as the core meets it. */
export interface Arrival {
  device: string;
  source: string;
  destination: string;
  mark?: number;
  /** Addressed to the host itself. */
  toHost?: boolean;
  /** Bytes 14 to 18 of a keep-alive. */
  pulse?: { magic: number; flags: number; length: number };
}

/** What becomes of it. */
export interface Fate {
  copies: { device: string; mark: number; flags: number | undefined }[];
  /** Elements that dynamic sets were given or lost, as `set key`, with a `-` before what was lost. */
  updates: string[];
  verdict: 'accept' | 'drop' | 'gone';
}

interface State extends Fate {
  arrival: Arrival;
  mark: number;
  pulse: NonNullable<Arrival['pulse']>;
}

class End extends Error {}

/**
 * Runs the lines of a rule set as nftables does, as far as the core uses its language. `alive`: keys in that set.
 * @throws on a line that it does not know
 */
export function interpret(rules: RuleSet, arrival: Arrival, alive: ReadonlySet<number> = new Set()): Fate {
  const base = [...rules.chains.values()].find(({ hook }) => hook?.device === arrival.device);
  if (!base?.hook) throw new Error(`nothing is on the ingress of ${arrival.device}`);
  const state: State = {
    arrival,
    mark: arrival.mark ?? 0,
    pulse: { ...(arrival.pulse ?? { magic: 0, flags: 0, length: 46 }) },
    copies: [],
    updates: [],
    verdict: base.hook.policy,
  };
  try {
    new Interpreter(rules, state, alive).chain(base);
  } catch (error) {
    if (!(error instanceof End)) throw error;
  }
  const { copies, updates, verdict } = state;
  return { copies, updates, verdict };
}

class Interpreter {
  readonly #rules: RuleSet;
  readonly #state: State;
  readonly #alive: ReadonlySet<number>;

  constructor(rules: RuleSet, state: State, alive: ReadonlySet<number>) {
    this.#rules = rules;
    this.#state = state;
    this.#alive = alive;
  }

  /** True if the chain was left by `goto`, or at its end. */
  chain(chain: Chain): void {
    for (const line of chain.lines) {
      const next = this.#line(line);
      if (next === undefined) continue;
      const target = this.#rules.chains.get(next.name);
      if (!target) throw new Error(`no chain ${next.name}`);
      this.chain(target);
      if (next.leaves) return;
    }
  }

  #line(line: string): { name: string; leaves: boolean } | undefined {
    let rest = line;
    while (rest !== '') {
      const [pattern, act] = statements.find(([each]) => each.test(rest)) ?? [];
      const found = pattern?.exec(rest);
      if (!found || !act) throw new Error(`nft has no such statement, or the interpreter does not know it: ${rest}`);
      const result = act(this.#state, found, this.#rules, this.#alive);
      if (result === 'break') return undefined;
      if (result === 'gone' || result === 'accept' || result === 'drop') {
        this.#state.verdict = result;
        throw new End();
      }
      if (result !== 'next') return result;
      rest = rest.slice(found[0].length).trimStart();
    }
    return undefined;
  }
}

type Step = 'next' | 'break' | 'gone' | 'accept' | 'drop' | { name: string; leaves: boolean };
type Act = (state: State, found: RegExpExecArray, rules: RuleSet, alive: ReadonlySet<number>) => Step;

const when = (condition: boolean): Step => (condition ? 'next' : 'break');
const bit = (mac: string): number => Number.parseInt(mac.slice(0, 2), 16) & 1;
const field = (name: string, { source, destination }: Arrival): string =>
  name
    .split(' . ')
    .map((each) => (each === 'ether saddr' ? source : destination))
    .join(' . ');
const holds = (rules: RuleSet, set: string, key: string): boolean => {
  const lookup = rules.lookups.get(set);
  if (!lookup) throw new Error(`no set ${set}`);
  return lookup.elements.has(key);
};
/** Bits of a 32-bit mark, which JavaScript would take for negative. */
const and = (a: number, b: number): number => (a & b) >>> 0;

const addresses = '(ether saddr \\. ether daddr|ether saddr|ether daddr)';
const statements: [RegExp, Act][] = [
  [/^ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00/, ({ arrival }) => when(bit(arrival.destination) === 1)],
  [/^ether type != 0x88b5/, ({ arrival }) => when(arrival.pulse === undefined)],
  [/^meta pkttype host/, ({ arrival }) => when(arrival.toHost === true)],
  // Segment sizes are the kernel's business; these frames are not TCP.
  [/^meta protocol ip6? tcp flags & \(syn \| rst\) == syn tcp option maxseg size set \d+/, () => 'break'],
  [
    new RegExp(`^${addresses} vmap @(\\S+)`),
    ({ arrival }, [, name = '', map = ''], rules) => {
      const value = rules.lookups.get(map)?.elements.get(field(name, arrival));
      return value === undefined ? 'break' : { name: value.replace('goto ', ''), leaves: true };
    },
  ],
  [
    new RegExp(`^${addresses} (!= )?@(\\S+)`),
    ({ arrival }, [, name = '', not, set = ''], rules) =>
      when(holds(rules, set, field(name, arrival)) === (not === undefined)),
  ],
  [new RegExp(`^${addresses} != (\\S+)`), ({ arrival }, [, name = '', mac]) => when(field(name, arrival) !== mac)],
  [
    /^iifname (!= )?"(\S+)"/,
    ({ arrival }, [, not, device]) => when((arrival.device === device) === (not === undefined)),
  ],
  [
    /^meta mark set meta mark & (\S+) map @(\S+)/,
    (state, [, mask, map = ''], rules) => {
      const value = rules.lookups.get(map)?.elements.get(String(and(state.mark, Number(mask))));
      if (value === undefined) return 'break';
      state.mark = Number(value);
      return 'next';
    },
  ],
  [
    /^meta mark set meta mark & (0x\S+)(?: \| (0x\S+))?/,
    (state, [, mask, bits]) => {
      state.mark = and(state.mark, Number(mask)) + Number(bits ?? 0);
      return 'next';
    },
  ],
  [
    /^meta mark set (0x\S+|\d+)/,
    (state, [, value]) => {
      state.mark = Number(value);
      return 'next';
    },
  ],
  [
    /^meta mark & (\S+) (==|!=) (0x\S+|\d+)/,
    ({ mark }, [, mask, how, value]) => when((and(mark, Number(mask)) === Number(value)) === (how === '==')),
  ],
  [/^meta mark & (\S+) != @alive/, ({ mark }, [, mask], _, alive) => when(!alive.has(and(mark, Number(mask))))],
  [/^meta mark @alive/, ({ mark }, _, __, alive) => when(alive.has(mark))],
  [/^meta length > (\d+)/, ({ pulse }, [, bytes]) => when(pulse.length > Number(bytes))],
  [/^@ll,112,32 != (\S+)/, ({ pulse }, [, magic]) => when(pulse.magic !== Number(magic))],
  [
    /^@ll,112,32 set (\S+)/,
    ({ pulse }, [, magic]) => {
      pulse.magic = Number(magic);
      return 'next';
    },
  ],
  [/^@ll,144,8 & (\d) == (\d)/, ({ pulse }, [, mask, value]) => when(and(pulse.flags, Number(mask)) === Number(value))],
  [
    /^@ll,144,8 set (\d)/,
    ({ pulse }, [, flags]) => {
      pulse.flags = Number(flags);
      return 'next';
    },
  ],
  [
    /^(update|delete) @(\S+) \{ (?:meta mark(?: & (\S+))?(?: timeout (\S+))?|ether saddr \. ether daddr) \}/,
    (state, [all = '', how, set, mask, timeout]) => {
      const key = all.includes('ether')
        ? field('ether saddr . ether daddr', state.arrival)
        : String(and(state.mark, Number(mask ?? 0xffffffff)));
      state.updates.push([`${how === 'delete' ? '-' : ''}${set}`, key, ...(timeout ? [timeout] : [])].join(' '));
      return 'next';
    },
  ],
  [
    /^(fwd|dup) to "(\S+)"/,
    (state, [, how, device = '']) => {
      const { mark, pulse, arrival } = state;
      state.copies.push({ device, mark, flags: arrival.pulse && pulse.flags });
      return how === 'fwd' ? 'gone' : 'next';
    },
  ],
  [/^(goto|jump) (\S+)/, (_, [, how, name = '']) => ({ name, leaves: how === 'goto' })],
  [/^(accept|drop)/, (_, [, verdict]) => verdict as 'accept' | 'drop'],
];
