import { lookUpKey, qualifierAddress, qualifierKind } from './forwarding.js';
import type { Rule } from './generated/types.js';

/** Two rules of one rank that both match a frame which no better rule takes. */
export interface Tie {
  /** The later one. */
  rule: Rule;
  other: Rule;
  frame: { source: string; destination: string };
}

/**
 * Rules of rank 6 or 7 on one side: those whose source is an address, or those whose destination is. By the address that the rule of
 * rank 7 leaves out (undefined where a rule of rank 6 has none before it), then by their own address.
 */
type Side = Map<string | undefined, Map<string, Rule>>;

/** Rules of one network of which no two tie. Rules come in by rank, the best first. */
export class HeldRules {
  readonly #all: readonly Rule[];
  readonly #byKey = new Map<string, Rule>();
  readonly #sides = new Map<string, Side>();
  #unnamed: Tie['frame'] | undefined;

  /** `all` rules that may come, and perhaps others. */
  constructor(all: readonly Rule[]) {
    this.#all = all;
  }

  /** Holds the rule, whose rank this is, unless it ties with one that is held. */
  add(rule: Rule, rank: number): Tie | undefined {
    const key = lookUpKey(rule);
    const other = this.#byKey.get(key) ?? (rank === 5 ? this.#byKey.get(mirrorKey(rule)) : undefined);
    if (other) return { rule, other, frame: this.#exampleOf(rule) };
    const tie = rank === 6 || rank === 7 ? this.#enter(rule, rank) : undefined;
    if (!tie) this.#byKey.set(key, rule);
    return tie;
  }

  /** Holds (address, not), (address, any) or a mirror image on its side unless it ties with one of the other side. */
  #enter(rule: Rule, rank: 6 | 7): Tie | undefined {
    const isSource = qualifierKind(rule.source) === 'address';
    const own = isSource ? rule.source : rule.destination;
    const left = this.#left(rule, rank, isSource);
    for (const members of this.#opposite(rank, own, !isSource))
      for (const [address, other] of rank === 6 && left !== undefined ? entryOf(members, left) : members) {
        if (address === own || (rank === 7 && address === left)) continue;
        const frame = isSource ? { source: own, destination: address } : { source: address, destination: own };
        if (!this.#byKey.has(lookUpKey({ network: rule.network, ...frame }))) return { rule, other, frame };
      }
    const side = this.#side(rank, isSource);
    const members = side.get(left) ?? new Map<string, Rule>();
    side.set(left, members.set(own, rule));
    return undefined;
  }

  /** Rules of the other side that take frames of `own`: of rank 7 all but those that leave it out; of rank 6 those to which its frames are left. */
  #opposite(rank: 6 | 7, own: string, isSource: boolean): Map<string, Rule>[] {
    const side = this.#side(rank, isSource);
    if (rank === 7) return [...side].flatMap(([left, members]) => (left === own ? [] : [members]));
    return [undefined, own].flatMap((left) => side.get(left) ?? []);
  }

  /** The address that a rule of rank 7 leaves out; for one of rank 6, what the rule of rank 7 before it leaves to it. */
  #left(rule: Rule, rank: 6 | 7, isSource: boolean): string | undefined {
    const before = isSource ? { ...rule, destination: 'not-' } : { ...rule, source: 'not-' };
    const not = rank === 7 ? rule : this.#byKey.get(lookUpKey(before));
    return not && qualifierAddress(isSource ? not.destination : not.source);
  }

  #side(rank: 6 | 7, isSource: boolean): Side {
    const key = `${rank} ${isSource}`;
    const side = this.#sides.get(key) ?? new Map();
    this.#sides.set(key, side);
    return side;
  }

  /** A frame that the rule matches, of addresses that no rule names where it names none. */
  #exampleOf({ source, destination }: Rule): Tie['frame'] {
    this.#unnamed ??= unnamedAddresses(this.#all);
    const isOpen = (qualifier: string) => !['address', 'group'].includes(qualifierKind(qualifier));
    return {
      source: isOpen(source) ? this.#unnamed.source : source,
      destination: isOpen(destination) ? this.#unnamed.destination : destination,
    };
  }
}

/** Of (any, not) that of (not, any), and the other way round. */
function mirrorKey({ network, source, destination }: Rule): string {
  return lookUpKey({ network, source: destination, destination: source });
}

function entryOf(members: Map<string, Rule>, address: string): [string, Rule][] {
  const rule = members.get(address);
  return rule ? [[address, rule]] : [];
}

function unnamedAddresses(rules: readonly Rule[]): Tie['frame'] {
  const named = new Set(rules.flatMap(({ source, destination }) => [source, destination].map(qualifierAddress)));
  const unnamed: string[] = [];
  for (let n = 0; unnamed.length < 2; n++) {
    const address = `02:00:00${n.toString(16).padStart(6, '0').replaceAll(/../g, ':$&')}`;
    if (!named.has(address)) unnamed.push(address);
  }
  const [source = '', destination = ''] = unnamed;
  return { source, destination };
}
