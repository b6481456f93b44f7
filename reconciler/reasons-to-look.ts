import type { Knowledge } from './knowledge.js';
import type { Snapshot } from './model/snapshot.js';
import type { Clock } from './ports.js';

/** What has happened between passes that asks for one. */
export class ReasonsToLook {
  readonly #knowledge: Knowledge;
  readonly #clock: Clock;
  /** Digest of the fleet as the last pass left it. */
  #left: string | null = null;
  /** Digest of what links depend on, as the last pass met it. */
  #met: string | null = null;

  constructor(knowledge: Knowledge, clock: Clock) {
    this.#knowledge = knowledge;
    this.#clock = clock;
  }

  /** To be called as a pass begins. */
  met(): void {
    this.#met = this.#knowledge.surroundings();
  }

  /** To be called as a pass ends. What failed is tried again after a while, not because it failed. */
  left(hasFailed: boolean): void {
    const snapshot = hasFailed ? null : this.#knowledge.snapshot();
    this.#left = snapshot && this.#knowledge.stateDigest(snapshot);
  }

  /** To be asked about once a sampling interval. */
  since(snapshot: Snapshot): string[] {
    const knowledge = this.#knowledge;
    const reasons: string[] = [];
    if (knowledge.inference.advance(this.#clock.nowMs(), snapshot))
      reasons.push('the application topology has changed');
    const { smoothingIntervalMs } = knowledge.inference.traffic();
    const sent = (fromMs: number, toMs: number) => knowledge.inference.sentBetween(fromMs, toMs);
    if (knowledge.verification.look(snapshot, sent, smoothingIntervalMs)) reasons.push('a change has made it worse');
    if (knowledge.inference.pathsChanged()) reasons.push('what paths give has changed');
    if (this.#left !== null && knowledge.stateDigest(snapshot) !== this.#left) {
      reasons.push('the fleet is not as it was left');
    }
    knowledge.watchLinks(snapshot);
    if (this.#met !== null && knowledge.surroundings() !== this.#met) reasons.push('what links depend on has changed');
    return reasons;
  }
}
