import { hasPhases, hostState, hostTerms } from './host-state.js';
import type { LockStep } from './lock-step.js';
import { canonicalJson } from './model/canonical.js';
import type { Snapshot } from './model/snapshot.js';
import type { Fleet } from './ports.js';

/**
 * Tells agents again what their hosts are when the fleet is as decided: after a restart an agent knows its generation but not how
 * often to observe, a guest that a broken-off move left awaited is awaited no longer, and who may schedule its processes is no part of
 * what it reports. Changes no host.
 */
export class AgentRefresh {
  readonly #fleet: Fleet;
  readonly #lockStep: LockStep;
  /** By host: what it was told last, in short. */
  readonly #told = new Map<string, string>();

  constructor(fleet: Fleet, lockStep: LockStep) {
    this.#fleet = fleet;
    this.#lockStep = lockStep;
  }

  /** To be called with a snapshot in which nothing is left to do. */
  refresh(snapshot: Snapshot): void {
    const termsOf = hostTerms(snapshot, (host) => this.#lockStep.clockOf(host));
    for (const { name, presence, report } of snapshot.hosts) {
      const config = snapshot.current.get(name);
      if (presence !== 'connected' || !report || !config) continue;
      const awaited = report.guests.filter(({ phase }) => phase === 'awaited').map(({ guest }) => guest.name);
      const terms = termsOf(name);
      const { clock: _, ...lasting } = terms;
      const state = canonicalJson([report.boot, lasting, awaited]);
      if (this.#told.get(name) === state) continue;
      const sent = this.#fleet.desire(hostState({ host: name }, config, terms));
      if (sent.kind === 'sent') this.#told.set(name, state);
    }
  }

  /** Tells hosts with VMs in lock step how far their clocks are by now, where that is not what they take them to be. */
  followClocks(): void {
    for (const { host, connected } of this.#fleet.hosts()) {
      const told = this.#fleet.told(host);
      const clock = this.#lockStep.clockOf(host);
      if (!connected || !clock || !told || clock === told.clock) continue;
      const { generation: _, ...state } = told;
      if (hasPhases(state.schedules ?? [])) this.#fleet.desire({ ...state, clock });
    }
  }
}
