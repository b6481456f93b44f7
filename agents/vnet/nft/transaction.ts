import { hasChain, hasLookup, type Listing } from './listing.js';
import { type Chain, generationOf, type Lookup, type RuleSet } from './rule-set.js';

/** The table in a host's network namespace. */
export const table = 'netdev vnet';

const epochPrefix = 'epoch-';

/** Names the life of the counters, which are in sets that no switch touches. */
export function epochOf(listing: Listing): string | undefined {
  return [...listing.chains.keys()].find((name) => name.startsWith(epochPrefix))?.slice(epochPrefix.length);
}

export const matrixSet = (vni: number): string => `matrix-${vni}`;

/** The generation that frames are forwarded by; 0 before the first. */
export function currentGeneration(listing: Listing): number {
  return Math.max(0, ...[...listing.chains.keys()].map((name) => generationOf(name) ?? 0));
}

export function isInEffect(listing: Listing, rules: RuleSet): boolean {
  return (
    [...rules.chains.values()].every((chain) => hasChain(listing, chain)) &&
    [...rules.lookups.values()].every((lookup) => hasLookup(listing, lookup))
  );
}

/** What makes the kernel forward by `rules` and nothing else, to be done at once. What counts is left as it is. */
export function switchLines(listing: Listing, rules: RuleSet, vnis: readonly number[], epoch: string): string[] {
  const counting = [
    'set counts { type mark; size 65536; flags dynamic; counter; }',
    'set alive { type mark; size 131072; flags dynamic,timeout; }',
    ...vnis.map((vni) => `set ${matrixSet(vni)} { type ether_addr . ether_addr; size 65536; flags dynamic; counter; }`),
  ].filter((line) => !listing.sets.has(line.split(' ')[1] ?? ''));
  const stays = [...listing.chains.keys()].filter((name) => name.startsWith('in-'));
  return [
    `table ${table} {`,
    ...counting,
    ...(epochOf(listing) === undefined ? [`chain ${epochPrefix}${epoch} {`, '}'] : []),
    '}',
    // Base chains are emptied and filled, never replaced: the kernel would leave a moment between the two.
    ...stays.map((name) => `flush chain ${table} ${name}`),
    `table ${table} {`,
    ...[...rules.lookups.values()].flatMap(lookupLines),
    ...[...rules.chains.values()].flatMap(chainLines),
    '}',
  ];
}

function lookupLines({ name, type, elements }: Lookup): string[] {
  const kind = type.includes(':') ? 'map' : 'set';
  const list = [...elements].map(([key, value]) => (value === '' ? key : `${key} : ${value}`));
  return [`${kind} ${name} {`, `type ${type};`, `elements = { ${list.join(',\n')} }`, '}'];
}

function chainLines({ name, lines, hook }: Chain): string[] {
  const head = hook ? [`type filter hook ingress device "${hook.device}" priority 0; policy ${hook.policy};`] : [];
  return [`chain ${name} {`, ...head, ...lines, '}'];
}

/**
 * What takes away all that `rules` do not have. After the switch, in a transaction of its own: frames on their way through the last
 * generation find it whole.
 */
export function sweepLines(listing: Listing, rules: RuleSet): string[] {
  const chains = [...listing.chains.keys()].filter(
    (name) => !rules.chains.has(name) && (name.startsWith('in-') || generationOf(name) !== undefined),
  );
  const lookups = [...listing.lookups.keys()].filter(
    (name) => !rules.lookups.has(name) && generationOf(name) !== undefined,
  );
  return [
    ...chains.map((name) => `flush chain ${table} ${name}`),
    ...lookups.map((name) => `delete ${listing.sets.has(name) ? 'set' : 'map'} ${table} ${name}`),
    ...chains.map((name) => `delete chain ${table} ${name}`),
  ];
}
