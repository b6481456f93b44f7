import { observe } from '../../agents/look.js';
import type { Substrate } from '../../agents/substrate.js';
import type { VttifParameters } from '../../reconciler/model/snapshot.js';
import { ingest } from '../../reconciler/vttif/ingest.js';
import { type VttifState, vttifStart } from '../../reconciler/vttif/state.js';
import { step } from '../../reconciler/vttif/step.js';

/** VTTIF over the hosts of a lab, without the reconciler around it: nothing adapts to what it infers. */
export class VttifWatch {
  readonly parameters: VttifParameters;
  readonly #substrates: ReadonlyMap<string, Substrate>;
  #state: VttifState;
  #sequence = 0;

  constructor(substrates: ReadonlyMap<string, Substrate>, parameters: VttifParameters) {
    this.parameters = parameters;
    this.#substrates = substrates;
    this.#state = vttifStart(parameters.smoothingIntervalMs);
  }

  get state(): VttifState {
    return this.#state;
  }

  /** Reads the local matrices of all hosts; whether a change of the application is declared. */
  async look(): Promise<boolean> {
    this.#sequence += 1;
    const observations = await Promise.all(
      [...this.#substrates].map(([host, substrate]) => observe(substrate, host, this.#sequence, Date.now())),
    );
    const nowMs = Date.now();
    for (const observation of observations) this.#state = ingest(this.#state, observation, nowMs);
    // Paths of a lab that is not shaped hold nothing back.
    const options = { nowMs, parameters: this.parameters, boundMs: 0, saturated: () => new Uint8Array() };
    const { state, declared } = step(this.#state, options);
    this.#state = state;
    return declared;
  }
}
