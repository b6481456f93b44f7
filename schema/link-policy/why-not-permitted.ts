import type { LinkEnd } from '../generated/types.js';
import type { PairRule } from './deciding-policy.js';

/** Somebody opens a connection, or sends unasked: from a host of one site to a port of one of the other. */
export interface Opening {
  from: 'a' | 'b';
  /** Null: not known yet, and not judged. */
  port: number | null;
}

/** A way to link two hosts, as far as policies judge it. */
export interface LinkWay {
  type: LinkEnd['type'];
  isEncrypted: boolean;
  openings: readonly Opening[];
}

const encrypting: ReadonlySet<LinkEnd['type']> = new Set(['wireguard', 'tls', 'ssh']);

/** @param isSecure of `http`: whether it is over TLS */
export function encrypts(type: LinkEnd['type'], isSecure: boolean): boolean {
  return encrypting.has(type) || (type === 'http' && isSecure);
}

/** Types both of whose ends send unasked. */
export const unasked: ReadonlySet<LinkEnd['type']> = new Set(['udp', 'wireguard', 'stun']);

/** UDP port of VXLAN. */
export const vxlanPort = 4789;

/** Types that a path may be crossed by which states none, those that cost the least first. */
export const usualTypes: readonly LinkEnd['type'][] = ['udp', 'wireguard', 'tls', 'tcp', 'http', 'ssh'];

/** Why a type may not be, whoever opens what; null where it may. The policy is the subject of the sentence. */
export function whyNotType({ policy }: Pick<PairRule, 'policy'>, type: LinkEnd['type'], isEncrypted: boolean) {
  const { links, allowed, forbidden, encryption } = policy.spec;
  if (links === 'forbidden') return 'forbids all links there';
  if (forbidden?.includes(type)) return `forbids links of type ${type} there`;
  if (allowed?.includes(type) === false) return `allows links of type ${allowed.join(', ')} only`;
  if (encryption === 'required' && !isEncrypted) return `requires encryption, which ${type} has not`;
  return null;
}

/**
 * Why a link may not be so; null where it may.
 * @param sites names of the two sites, for the message
 */
export function whyNotPermitted(rule: PairRule, way: LinkWay, sites: { a: string; b: string }): string | null {
  const why = whyNotType(rule, way.type, way.isEncrypted);
  if (why !== null) return why;
  const closed = rule.ways.map((ends) => way.openings.find((opening) => !isOpen(ends, opening)));
  const [refused] = closed;
  if (refused === undefined || closed.includes(undefined)) return null;
  const { from, port } = refused;
  const to = from === 'a' ? 'b' : 'a';
  if (rule.ways.every((ends) => ends[from].opens === false))
    return `lets hosts of site ${sites[from]} open no connections to site ${sites[to]}`;
  return `lets hosts of site ${sites[from]} open no connections to port ${port} of site ${sites[to]}`;
}

function isOpen(ends: PairRule['ways'][number], { from, port }: Opening): boolean {
  const { opens, ports } = ends[from];
  return opens !== false && (ports === undefined || port === null || ports.includes(port));
}

/** The policy and where it is written, as messages name it. */
export function named({ policy }: Pick<PairRule, 'policy'>): string {
  return `LinkPolicy ${policy.name} (${policy.at})`;
}
