import type { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { FleetWatch } from '../fleet-watch.js';
import type { StepMoment } from './mortal-reconciler.js';
import { watchedVms } from './scenario.js';

/** How often the fleet is looked at, whether or not anything is known to have changed. */
const lookMs = 10;

/** Watches a fleet while plans are carried out and broken off. Frames of a VM may get lost within its own move only. */
export class Lookout {
  readonly #watch: FleetWatch;
  readonly #timer: NodeJS.Timeout;
  /** The VM of the move that is going on. */
  #moving: string | null = null;
  /** VMs whose move was broken off, until another plan begins and finds that their frames arrive. */
  readonly #stranded = new Set<string>();
  #occasion = 'at first';
  /** Steps that were over while frames of the VM they moved still got lost. */
  readonly unfinished: string[] = [];

  constructor(fleet: EmulatedFleet) {
    this.#watch = new FleetWatch(fleet, watchedVms);
    this.#timer = setInterval(() => this.look('some time'), lookMs);
  }

  follow({ step, moment }: StepMoment): void {
    this.#occasion = `step ${step.id} (${step.title})`;
    // Not earlier: a message of a reconciler that died may still be under way.
    if (moment === 'before')
      for (const vm of this.#stranded) if (this.#watch.isConnected(vm)) this.#stranded.delete(vm);
    if (step.kind !== 'move' || moment === 'sent') return;
    const [guest] = step.edits.flatMap(({ addGuests }) => addGuests ?? []);
    if (!guest) return;
    this.#moving = moment === 'before' ? guest.name : null;
    if (moment === 'before' || this.#watch.isConnected(guest.name)) return;
    // The step has failed; the next plan has to put it right.
    this.#stranded.add(guest.name);
    this.unfinished.push(this.#occasion);
  }

  /** The reconciler has died: what it was doing stays half done, and what it has sent may still be under way. */
  moveIsBrokenOff(): void {
    if (this.#moving !== null) this.#stranded.add(this.#moving);
    this.#moving = null;
  }

  look(when: string): void {
    const inFlight = new Set([...this.#stranded, ...(this.#moving === null ? [] : [this.#moving])]);
    this.#watch.look(`${this.#occasion}, ${when}`, inFlight);
  }

  /** Ends the watch: everything that must not have been. */
  breaches(): string[] {
    clearInterval(this.#timer);
    this.#watch.look('at the end', new Set());
    return this.#watch.breaches();
  }
}
