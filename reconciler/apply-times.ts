import type { Plan } from '../schema/generated/types.js';
import { takesBack } from './gate.js';
import type { Snapshot } from './model/snapshot.js';
import { type Opening, openingAt } from './opening.js';
import type { Calendar, Clock } from './ports.js';

/** When plans may be carried out, by the windows and freezes of the documents in effect. */
export class ApplyTimes {
  readonly #calendar: Calendar;
  readonly #clock: Clock;

  constructor({ calendar, clock }: { calendar: Calendar; clock: Clock }) {
    this.#calendar = calendar;
    this.#clock = clock;
  }

  now({ adaptation }: Snapshot): Opening {
    return openingAt(adaptation, this.#calendar, this.#clock.nowMs());
  }

  /** To be asked before each step of a plan: why it may not begin now; null when it may. */
  closing(plan: Plan, snapshot: Snapshot): () => string | null {
    if (takesBack(plan)) return () => null;
    return () => {
      const opening = this.now(snapshot);
      return opening.kind === 'open'
        ? null
        : `${opening.why} What is left is decided anew when plans may be carried out.`;
    };
  }

  /** In how many milliseconds plans may be carried out again; null where they may now, or nobody knows when. */
  opensInMs(snapshot: Snapshot | null): number | null {
    const opening = snapshot ? this.now(snapshot) : null;
    if (opening?.kind !== 'closed' || opening.opensMs === null) return null;
    return Math.max(0, opening.opensMs - this.#clock.nowMs());
  }
}
