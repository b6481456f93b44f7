import type { LinkPolicyEnd } from '../generated/types.js';
import {
  byRank,
  choosesSite,
  endsOf,
  type LabelledSite,
  type LinkPolicies,
  type StatedPolicy,
} from './stated-policy.js';

/** The policy that decides about a pair of sites. */
export interface PairRule {
  policy: StatedPolicy;
  /** What it says of hosts of either site; more than once where its ends fit both ways round, and then either is good. */
  ways: { a: LinkPolicyEnd; b: LinkPolicyEnd }[];
}

/** Look-up by the names of two sites, or of one twice; null where no policy speaks of them. */
export type RuleOf = (a: string, b: string) => PairRule | null;

/** Which policy decides about each pair of sites, wholly: the most specific one. A pair is worked out when it is first asked for. */
export function decidingPolicies({ policies, sites }: LinkPolicies): RuleOf {
  const ranked = [...policies].sort(byRank);
  const siteOf = new Map(sites.map((site) => [site.name, site]));
  const known = new Map<string, PairRule | null>();
  return (a, b) => {
    const key = `${a} ${b}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const bare = (name: string): LabelledSite => siteOf.get(name) ?? { name, labels: {} };
    const rule = firstThatSpeaks(ranked, bare(a), bare(b));
    known.set(key, rule);
    return rule;
  };
}

function firstThatSpeaks(ranked: readonly StatedPolicy[], a: LabelledSite, b: LabelledSite): PairRule | null {
  for (const policy of ranked) {
    const ways = waysRound(policy, a, b);
    if (ways.length > 0) return { policy, ways };
  }
  return null;
}

/** How the ends of a policy fit two sites; not at all where it does not speak of them. */
function waysRound({ spec }: StatedPolicy, a: LabelledSite, b: LabelledSite): PairRule['ways'] {
  if ((spec.within !== undefined) !== (a.name === b.name)) return [];
  const [first, second] = endsOf(spec);
  const turns = [
    { a: first, b: second },
    { a: second, b: first },
  ];
  return turns.filter((turn) => choosesSite(turn.a, a) && choosesSite(turn.b, b));
}
