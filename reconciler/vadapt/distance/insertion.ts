import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { below } from '../engine/random.js';
import { nowhere } from './items.js';
import type { Placed } from './placed.js';

/** Hosts looked at for an item, where there are more. */
const hostsLookedAt = 256;
/** What an item weighs at first that would have to leave the host it runs on. */
const residentWeight = 3;
/** Random moves after each ejection, so that the same ones do not come again. */
const shakes = 8;
/** To add up what is left of a host. */
const mibBesideOneCore = 4096;

/**
 * Places items that fit nowhere by ejecting others, which are placed in turn: those first that were the easiest to place so far. Guided
 * ejection search: Nagata and Bräysy, 2009.
 * @returns whether all found a place within `steps`
 */
export function insertAll(placed: Placed, waiting: readonly number[], random: RandomGenerator, steps: number): boolean {
  const { home, count } = placed.items;
  const weights = Float64Array.from({ length: count }, (_, item) => ((home[item] as number) >= 0 ? residentWeight : 1));
  const pool = [...waiting];
  for (let step = 0; step < steps; step++) {
    const item = pool.pop();
    if (item === undefined) return true;
    const host = roomiest(placed, item, random);
    if (host !== nowhere) {
      placed.put(item, host);
      continue;
    }
    (weights[item] as number)++;
    const ejection = lightestEjection(placed, item, weights, random);
    if (ejection === null) return false;
    for (const other of ejection.items) placed.take(other);
    placed.put(item, ejection.host);
    pool.push(...ejection.items);
    for (let shake = 0; shake < shakes; shake++) moveAny(placed, random);
  }
  return pool.length === 0;
}

/** Its home if that has room, else the tightest host that has. */
function roomiest(placed: Placed, item: number, random: RandomGenerator): number {
  const home = placed.items.home[item] as number;
  if (home >= 0 && placed.admits(item, home, nowhere)) return home;
  let [best, least] = [nowhere, Number.POSITIVE_INFINITY];
  for (const host of drawnHosts(placed, item, random)) {
    if (!placed.admits(item, host, nowhere)) continue;
    const left = (placed.computeCores[host] as number) + (placed.memoryMib[host] as number) / mibBesideOneCore;
    if (best === nowhere || left < least) [best, least] = [host, left];
  }
  return best;
}

/** The hosts that an item may be on, or some of them from a random one on. */
function drawnHosts(placed: Placed, item: number, random: RandomGenerator): Int32Array {
  const allowed = placed.allowed.of(item);
  if (allowed.length <= hostsLookedAt) return allowed;
  const first = below(random, allowed.length);
  return Int32Array.from({ length: hostsLookedAt }, (_, place) => allowed[(first + place) % allowed.length] as number);
}

interface Ejection {
  host: number;
  items: number[];
}

function lightestEjection(
  placed: Placed,
  item: number,
  weights: Float64Array,
  random: RandomGenerator,
): Ejection | null {
  let best: Ejection | null = null;
  let [least, ties] = [Number.POSITIVE_INFINITY, 1];
  for (const host of drawnHosts(placed, item, random)) {
    const items = ejected(placed, item, host, weights);
    if (items === null) continue;
    const weight = items.reduce((sum, other) => sum + (weights[other] as number), 0);
    ties = weight === least ? ties + 1 : 1;
    if (weight > least || (weight === least && below(random, ties) > 0)) continue;
    least = weight;
    best = { host, items };
  }
  return best;
}

/** Items without which there is room for another one on a host, the lightest ones; null if those that may leave are not enough. */
function ejected(placed: Placed, item: number, host: number, weights: Float64Array): number[] | null {
  const opponents = placed.groups.opponents(item, host);
  const isBound = (other: number) => placed.allowed.of(other).length === 1;
  if (opponents.some(isBound)) return null;
  const guests = placed.guestsOf(host).filter((other) => !isBound(other) && !opponents.includes(other));
  guests.sort((a, b) => (weights[a] as number) - (weights[b] as number) || a - b);
  const hosts = new Map<number, number>();
  const eject = (other: number) => {
    hosts.set(other, placed.hostOf[other] as number);
    placed.take(other);
  };
  opponents.forEach(eject);
  for (const other of guests) {
    if (placed.admits(item, host, nowhere)) break;
    eject(other);
  }
  const fits = placed.admits(item, host, nowhere);
  for (const [other, from] of hosts) placed.put(other, from);
  return fits ? [...hosts.keys()] : null;
}

function moveAny(placed: Placed, random: RandomGenerator): void {
  const item = below(random, placed.items.count);
  if (placed.hostOf[item] === nowhere) return;
  const allowed = placed.allowed.of(item);
  const host = allowed[below(random, allowed.length)] as number;
  if (host !== placed.hostOf[item] && placed.permits(item, host, nowhere)) placed.move(item, host, nowhere);
}
