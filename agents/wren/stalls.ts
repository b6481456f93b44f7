import type { BusyPair } from './busy-pair.js';
import { fullPacketBits } from './packet.js';

/** For how long hosts may stall without being suspected, and how many packets of others may come at once. */
const slackNs = 3e5;
const slackPackets = 4;
/** Arrivals closer than that share of their service catch up. */
const catchingUp = 0.75;

/**
 * Tells stalls from cross traffic. A host that does something else for a moment, or a timer that holds an acknowledgement back, makes one
 * gap between arrivals longer than all that others can have sent in the gap between departures; what follows comes faster than
 * the link lets through, or nothing follows. After a real burst it comes as the link lets it through. So such a gap is held until
 * the next pair says which it was.
 */
export class Stalls {
  #held: BusyPair | undefined;
  #isCatchingUp = false;

  /** What is to be used now: the pair, one that was held before it, or nothing yet. */
  usable(pair: BusyPair, nsPerBit: number): BusyPair[] {
    const { bits, arrivingNs, departingNs } = pair;
    const servingNs = bits * nsPerBit;
    if (arrivingNs > servingNs + departingNs + slackNs + slackPackets * fullPacketBits * nsPerBit) {
      this.#held = pair;
      return [];
    }
    const held = this.#held;
    this.#held = undefined;
    this.#isCatchingUp = (held !== undefined || this.#isCatchingUp) && arrivingNs < catchingUp * servingNs;
    if (this.#isCatchingUp) return [];
    return held ? [held, pair] : [pair];
  }

  /** The next pair does not follow the last. */
  gap(): void {
    this.#held = undefined;
    this.#isCatchingUp = false;
  }
}
