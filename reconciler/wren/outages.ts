import type { LinkEnd, Outage } from '../../schema/generated/types.js';

/** What is remembered of one link as long as it was of one type: a link of another type may be up where this one is not. */
interface LinkHistory {
  a: string;
  b: string;
  type: LinkEnd['type'];
  up: boolean;
  /** Since when it is as it is. */
  sinceMs: number;
  /** When somebody last reported it. */
  seenMs: number;
  /** It was down for long, and has not been up for long since. */
  isOut: boolean;
  /** How often it went out without a long time up in between. */
  relapses: number;
}

/** Links by `a b type`, the ends in alphabetical order. A plain value that does not change. */
export type Outages = ReadonlyMap<string, LinkHistory>;

/** One link as its connected ends report it: up if all do. */
export interface LinkReading {
  a: string;
  b: string;
  type: LinkEnd['type'];
  up: boolean;
}

/** In keep-alives. A short break is left to the fallback of the hosts; a link that comes and goes is not trusted at once. */
const downFor = 10;
const upFor = 30;
/** A link that is there no more, because no path is led over it, is tried again after this, then after twice as long, and so on. */
const firstRetry = 300;
const lastRetry = 3600;

/** What is known of links after another look at them. */
export function advanceOutages(
  before: Outages,
  readings: readonly LinkReading[],
  nowMs: number,
  keepAliveMs: number,
): Outages {
  const after = new Map(before);
  for (const reading of readings) {
    const key = `${reading.a} ${reading.b} ${reading.type}`;
    after.set(key, seen(before.get(key), reading, nowMs, keepAliveMs));
  }
  for (const [key, link] of after) {
    const unseenMs = nowMs - link.seenMs;
    const retryMs = Math.min(lastRetry, firstRetry * 2 ** (link.relapses - 1)) * keepAliveMs;
    if (link.isOut && unseenMs >= retryMs) after.set(key, { ...link, isOut: false });
    else if (unseenMs >= 2 * lastRetry * keepAliveMs) after.delete(key);
  }
  return after;
}

/** Links that cannot be counted on, by their ends, then type. */
export function outagesIn(outages: Outages): Outage[] {
  return [...outages]
    .filter(([, { isOut }]) => isOut)
    .sort(([x], [y]) => (x < y ? -1 : 1))
    .map(([, { a, b, type }]) => ({ a, b, type }));
}

function seen(
  old: LinkHistory | undefined,
  { a, b, type, up }: LinkReading,
  nowMs: number,
  keepAliveMs: number,
): LinkHistory {
  const sinceMs = old?.up === up ? old.sinceMs : nowMs;
  const asItIs = (nowMs - sinceMs) / keepAliveMs;
  const link = { a, b, type, up, sinceMs, seenMs: nowMs };
  const [isOut, relapses] = [old?.isOut ?? false, old?.relapses ?? 0];
  if (!up && !isOut && asItIs >= downFor) return { ...link, isOut: true, relapses: relapses + 1 };
  if (up && isOut && asItIs >= upFor) return { ...link, isOut: false, relapses };
  return { ...link, isOut, relapses: up && asItIs >= lastRetry ? 0 : relapses };
}
