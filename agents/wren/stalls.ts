/** For how long hosts may stall without being suspected, and how many packets of others may come at once. */
const slackNs = 3e5;
const slackPackets = 4;
const packetBits = 12_112;
/** Arrivals closer than that share of their service catch up. */
const catchingUp = 0.75;

/** What was held back, and turned out to be cross traffic. */
export interface Held {
  atNs: number;
  bits: number;
  arrivingNs: number;
  departingNs: number;
}

/**
 * Tells stalls from cross traffic. A host that does something else for a moment, or a timer that holds an acknowledgement back, makes one
 * gap between arrivals longer than all that others can have sent in the gap between departures; what follows comes faster than
 * the link lets through, or nothing follows. After a real burst it comes as the link lets it through. So such a gap is held until
 * the next pair says which it was.
 */
export class Stalls {
  #held: Held | undefined;
  #isCatchingUp = false;

  /** What of the busy pair, and of one before it, is to be used. */
  pair(pair: Held, nsPerBit: number): 'use' | 'use-with-held' | 'leave' {
    const { bits, arrivingNs, departingNs } = pair;
    const servingNs = bits * nsPerBit;
    if (arrivingNs > servingNs + departingNs + slackNs + slackPackets * packetBits * nsPerBit) {
      this.#held = { ...pair };
      return 'leave';
    }
    if ((this.#held || this.#isCatchingUp) && arrivingNs < catchingUp * servingNs) {
      this.#held = undefined;
      this.#isCatchingUp = true;
      return 'leave';
    }
    this.#isCatchingUp = false;
    return this.#held ? 'use-with-held' : 'use';
  }

  /** The gap that was held, given once. */
  takeHeld(): Held | undefined {
    const held = this.#held;
    this.#held = undefined;
    return held;
  }

  /** The next pair does not follow the last. */
  gap(): void {
    this.#held = undefined;
    this.#isCatchingUp = false;
  }
}
