import type { LinkEnd, LinkReport } from '../../schema/generated/types.js';
import type { CarrierState } from './carrier.js';
import { layout } from './layout.js';
import { monotonicMs } from './vnet-state.js';

/** What keep-alives have told of a link: times on the monotonic clock, in milliseconds, 0 for never. */
export interface Liveness {
  heardMs: number;
  confirmedMs: number;
  firstMs: number;
  largeMs: number;
}

export function decodeLiveness(bytes: Buffer): Liveness {
  const at = (offset: number): number => Number(bytes.readBigUInt64LE(offset) / 1000n) / 1000;
  const { heardNs, confirmedNs, firstNs, largeNs } = layout.liveness;
  return { heardMs: at(heardNs), confirmedMs: at(confirmedNs), firstMs: at(firstNs), largeMs: at(largeNs) };
}

/** What else there is to know. */
export interface LinkFacts {
  setUpMs: number;
  carrier: CarrierState;
  keepAliveMs: number;
  /** Bytes of the largest packet that the link has to carry. */
  largestPacket: number;
  /** Why this host sends no keep-alives. */
  silence: string | undefined;
}

/** One in so many keep-alives is large, and several of them may be lost before it means anything. */
const patience = 4;

/** A link end as it is, judged as the core judges it. */
export function linkReport(link: LinkEnd, liveness: Liveness, facts: LinkFacts): LinkReport {
  const { setUpMs, carrier, keepAliveMs } = facts;
  const nowMs = monotonicMs();
  const up = liveness.confirmedMs > 0 && nowMs - liveness.confirmedMs < keepAliveMs;
  const trouble = up
    ? narrowness(link, liveness, facts, nowMs)
    : (carrier.trouble ?? facts.silence ?? absence(link, liveness, facts, nowMs));
  return {
    link,
    up,
    setUpMs,
    ...(trouble === undefined ? {} : { trouble }),
    ...(carrier.connections > 0 ? { connections: carrier.connections } : {}),
  };
}

function absence(
  { peer, local, remote }: LinkEnd,
  { heardMs }: Liveness,
  { keepAliveMs }: LinkFacts,
  nowMs: number,
): string {
  if (heardMs > 0 && nowMs - heardMs < keepAliveMs)
    return `${peer} is heard, and does not hear this host: let what this host sends from ${local} to ${remote} through.`;
  return `Nothing is heard of ${peer}: look whether it is up, knows this link, and what it sends from ${remote} to ${local} comes through.`;
}

function narrowness(
  { peer }: LinkEnd,
  { firstMs, largeMs }: Liveness,
  { keepAliveMs, largestPacket }: LinkFacts,
  nowMs: number,
): string | undefined {
  if (nowMs - Math.max(firstMs, largeMs) < patience * keepAliveMs) return undefined;
  return `The path from ${peer} carries less than packets of ${largestPacket} bytes: lower the MTU of the networks, or raise that of the path.`;
}
