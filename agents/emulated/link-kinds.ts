import { createHash } from 'node:crypto';
import type { LinkEnd } from '../../schema/generated/types.js';

type LinkType = LinkEnd['type'];

interface LinkKind {
  /** Until the first keep-alive is confirmed. */
  roundTrips: number;
  /** Of both ends together, until then. */
  workMs: number;
  /** Fields without which there is no such link, and what they are for. */
  needs(end: LinkEnd): Partial<Record<keyof LinkEnd, string>>;
  /** Whether two ends that address each other are those of one link. */
  agree(near: LinkEnd, far: LinkEnd): boolean;
}

const role = { role: 'say which end listens and which connects' };
const listening = { ...role, port: 'name the TCP port that the listening end listens on' };
const pin = { peerKey: "give the pin of the key that the peer's agent shows" };
const isPaired = (near: LinkEnd, far: LinkEnd) => new Set([near.role, far.role]).size === 2 && near.port === far.port;

/** What tells the types of links apart in the emulation. All have the capacity of the underlay. */
export const linkKinds: Record<LinkType, LinkKind> = {
  udp: {
    roundTrips: 1,
    workMs: 1,
    needs: () => ({}),
    agree: (near, far) => (near.port ?? 4789) === (far.port ?? 4789),
  },
  tcp: { roundTrips: 2, workMs: 2, needs: () => listening, agree: isPaired },
  tls: { roundTrips: 3, workMs: 6, needs: () => ({ ...listening, ...pin }), agree: isPaired },
  ssh: {
    roundTrips: 8,
    workMs: 80,
    needs: (end) => ({ ...role, ...(end.role === 'connect' ? { ssh: "name the peer's SSH server" } : {}) }),
    agree: isPaired,
  },
  http: {
    roundTrips: 4,
    workMs: 8,
    needs: ({ http }) => ({ ...listening, ...(http?.secure ? pin : {}) }),
    agree: (near, far) =>
      isPaired(near, far) &&
      (near.http?.secure ?? false) === (far.http?.secure ?? false) &&
      (near.http?.path ?? '/virtuoso') === (far.http?.path ?? '/virtuoso'),
  },
  wireguard: {
    roundTrips: 2,
    workMs: 3,
    needs: () => ({ wireguard: "give the tunnel's inner addresses and the peer's key" }),
    agree: ({ wireguard: near, ...end }, { wireguard: far, ...other }) =>
      near?.local === far?.remote &&
      near?.remote === far?.local &&
      near?.publicKey === wireguardKey(end.peer) &&
      far?.publicKey === wireguardKey(other.peer),
  },
  stun: {
    roundTrips: 3,
    workMs: 2,
    needs: () => ({ port: 'name the local UDP port', stun: 'name a STUN server' }),
    agree: (near, far) => near.remotePort === far.port && near.port === far.remotePort,
  },
};

/** Whether two ends are those of one link. */
export function agree(near: LinkEnd, far: LinkEnd): boolean {
  const isMutual = near.type === far.type && near.local === far.remote && near.remote === far.local;
  return isMutual && linkKinds[near.type].agree(near, far);
}

/** What a link end lacks, as a remedy; undefined when nothing. */
export function lackOf(end: LinkEnd): string | undefined {
  const needs = Object.entries(linkKinds[end.type].needs(end));
  const [field, remedy] = needs.find(([name]) => end[name as keyof LinkEnd] === undefined) ?? [];
  return field && `The ${end.type} link to ${end.peer} has no ${field}: ${remedy}.`;
}

/** The public key that an emulated host shows; nothing is encrypted with it. */
export function wireguardKey(host: string): string {
  return createHash('sha256').update(`wireguard ${host}`).digest('base64');
}
