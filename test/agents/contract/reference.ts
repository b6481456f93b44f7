import type { Rule } from '../../../schema/generated/types.js';

/** A frame on a host, and what rules may lead to there. `destination` is an address or `group`. */
export interface Situation {
  network: string;
  source: string;
  destination: string;
  /** Whether the frame is marked. */
  star: boolean;
  /** Guests of the network that are here. */
  guests: ReadonlySet<string>;
  /** Peers whose links are down. */
  down: ReadonlySet<string>;
  hasLan: boolean;
}

/** The text on rules in schema/wire/host-state.schema.json, read aloud: it looks at every rule, and shares nothing with any core. */
export function decide(rules: readonly Rule[], at: Situation): { rule: Rule; star: boolean } | undefined {
  const candidates = rules.filter((rule) => {
    if (rule.network !== at.network) return false;
    if ((rule.destination === 'group') !== (at.destination === 'group')) return false;
    if (at.star && rule.source !== 'any') return false;
    if (!takes(rule.source, at.source) || !takes(rule.destination, at.destination)) return false;
    return rule.to.some(({ kind, ...output }) => {
      if (kind === 'port') return 'guest' in output && at.guests.has(output.guest);
      return kind === 'lan' ? at.hasLan : true;
    });
  });
  const best = Math.max(...candidates.map(rank));
  const [rule, second] = candidates
    .filter((each) => rank(each) === best)
    .sort((a, b) => Number(b.destination === at.destination) - Number(a.destination === at.destination));
  if (!rule) return undefined;
  if (second && (second.destination === at.destination) === (rule.destination === at.destination))
    throw new Error(`tie: ${JSON.stringify([rule, second])}`);
  const isDown = rule.to.some((output) => output.kind === 'link' && at.down.has(output.peer));
  return isDown && rule.source !== 'any' ? decide(rules, { ...at, star: true }) : { rule, star: at.star };
}

function takes(qualifier: string, address: string): boolean {
  if (['any', 'none', 'group'].includes(qualifier)) return true;
  return qualifier.startsWith('not-') ? qualifier !== `not-${address}` : qualifier === address;
}

function rank({ source, destination }: Rule): number {
  const isNot = [source, destination].some((each) => each.startsWith('not-'));
  const anys = [source, destination].filter((each) => each === 'any').length;
  if (destination === 'group') return anys === 0 ? 2 : 1;
  if (destination === 'none') return 4;
  if (isNot) return anys === 0 ? 7 : 5;
  return anys === 0 ? 8 : anys === 1 ? 6 : 3;
}
