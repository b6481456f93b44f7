import { isRoom } from '../bounds/is-room.js';
import type { Arrangement, Kept } from '../engine/arrangement.js';
import { adopt, type Configured, configurationOf } from '../engine/configuration.js';
import type { Routing } from '../engine/routing.js';
import { arrange, emptyArrangement, type Setting } from '../engine/setting.js';
import type { CompiledObjective } from '../objective/compiled-objective.js';
import type { Found } from './incumbent.js';

/** What whole configurations are worth, by rank. */
export class Valuation {
  readonly ranks: CompiledObjective['ranks'];
  /** Whether the first rank is the sum of residual bottlenecks, maximised: what the search can bound closely. */
  readonly isRoom: boolean;
  readonly #arrangement: Arrangement;
  readonly #routing: Routing;

  constructor(setting: Setting) {
    const { arrangement, routing } = emptyArrangement(setting);
    this.#arrangement = arrangement;
    this.#routing = routing;
    this.ranks = this.#arrangement.ledger.objective.ranks;
    this.isRoom = isRoom(setting);
  }

  /** @returns the configuration with what it is worth */
  found(kept: Kept): Found {
    this.#arrangement.restore(kept);
    return this.#found(kept);
  }

  adopted(configured: Configured): Found {
    adopt(this.#arrangement, configured);
    return this.#found(this.#arrangement.save());
  }

  /** With paths found one after the other, without looking back. */
  routed(mapping: Int32Array): Found {
    arrange(this.#arrangement, this.#routing, mapping);
    return this.#found(this.#arrangement.save());
  }

  #found(kept: Kept): Found {
    const { unmetMbps, values } = this.#arrangement.standing();
    return { ...kept, unmetMbps, values };
  }

  /** In hosts. */
  configured(kept: Kept): { mapping: number[]; paths: number[][] } {
    this.#arrangement.restore(kept);
    return configurationOf(this.#arrangement);
  }
}
