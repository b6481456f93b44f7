import { decidingPolicies, type PairRule } from '../../schema/link-policy/deciding-policy.js';
import type { LinkPolicies } from '../../schema/link-policy/stated-policy.js';
import {
  encrypts,
  type LinkWay,
  unasked,
  usualTypes,
  vxlanPort,
  whyNotPermitted,
} from '../../schema/link-policy/why-not-permitted.js';
import type { Carriage } from './snapshot.js';

/** Ports of links that no document states. */
export const standardPorts = { tcp: 7444, tls: 7445, http: 7446, wireguard: 51820, stun: 3479 } as const;

/** What a path has that says nothing of links. */
const plainCarriage: Carriage = {
  type: 'udp',
  port: null,
  listen: null,
  http: { secure: true, path: '/virtuoso', proxy: null },
  stun: null,
};

/**
 * How links may cross a path between hosts of two sites, the first choice first.
 * @param stated what the path says; undefined when nothing
 */
export type CarriagesOf = (stated: Carriage | undefined, a: string, b: string) => readonly Carriage[];

/**
 * As link policies let it. A path that states its link has that one or none; one that states none has the types that its policy
 * prefers and then the others that it permits; where no policy decides, paths are crossed as they say. For the same sites and the
 * same statement it is the same list.
 */
export function carriagesUnder(policies: LinkPolicies | undefined): CarriagesOf {
  const ruleOf = policies === undefined ? () => null : decidingPolicies(policies);
  const known = new Map<Carriage | undefined, Map<string, readonly Carriage[]>>();
  return (stated, ...ends) => {
    const [a, b] = ends.sort() as [string, string];
    const ofStated = known.get(stated) ?? new Map<string, readonly Carriage[]>();
    known.set(stated, ofStated);
    const rule = ruleOf(a, b);
    const key = rule === null ? '' : `${a} ${b}`;
    const carriages = ofStated.get(key) ?? (rule === null ? [stated ?? plainCarriage] : permitted(stated, rule, a, b));
    ofStated.set(key, carriages);
    return carriages;
  };
}

function permitted(stated: Carriage | undefined, rule: PairRule, a: string, b: string): Carriage[] {
  const wished = stated === undefined ? typesByPreference(rule).map((type) => ({ ...plainCarriage, type })) : [stated];
  return wished.flatMap((each) => fitted(each, rule, a, b));
}

/** Of paths that state none: `stun` needs a server, which only a path can state. */
function typesByPreference({ policy }: PairRule): Carriage['type'][] {
  const { preferred = [] } = policy.spec;
  return [...preferred, ...usualTypes.filter((type) => !preferred.includes(type))].filter((type) => type !== 'stun');
}

/** With who listens and on which port, where that is left to choose; nothing where the policy permits it in no way. */
function fitted(wish: Carriage, rule: PairRule, a: string, b: string): Carriage[] {
  const ways = listenersOf(wish, a, b).flatMap((listen) => {
    const tried = portsOf(wish, rule).map((port): Carriage => ({ ...wish, listen, port }));
    return tried.find((each) => whyNotPermitted(rule, wayOf(each, a, b), { a, b }) === null) ?? [];
  });
  // Which port an SSH server has, only its host says: who has to listen shows there.
  return wish.type === 'ssh' ? ways : ways.slice(0, 1);
}

/** Why a policy leaves a type no way to cross a path between two sites; null where it does. The policy is the subject of the sentence. */
export function whyNoCarriage(
  type: Carriage['type'],
  stated: Carriage | undefined,
  rule: PairRule,
  a: string,
  b: string,
) {
  const wish = stated?.type === type ? stated : { ...plainCarriage, type };
  if (fitted(wish, rule, a, b).length > 0) return null;
  return whyNotPermitted(rule, wayOf(wish, a, b), { a, b });
}

/** Null: of two hosts the one with the smaller name, which may be at either site. */
function listenersOf({ type, listen }: Carriage, a: string, b: string): (string | null)[] {
  return listen !== null || a === b || unasked.has(type) ? [listen] : [null, a, b];
}

function portsOf({ type, port }: Carriage, { ways }: PairRule): (number | null)[] {
  if (port !== null || type === 'udp' || type === 'ssh') return [port];
  const stated = ways.flatMap((way) => [...(way.a.ports ?? []), ...(way.b.ports ?? [])]);
  return [null, ...new Set(stated)];
}

function wayOf({ type, listen, port: stated, http }: Carriage, a: string, b: string): LinkWay {
  const port = type === 'udp' ? vxlanPort : type === 'ssh' ? null : (stated ?? standardPorts[type]);
  const froms = (['a', 'b'] as const).filter((from) => {
    return unasked.has(type) || listen === null || a === b || listen !== (from === 'a' ? a : b);
  });
  return { type, isEncrypted: encrypts(type, http.secure), openings: froms.map((from) => ({ from, port })) };
}
