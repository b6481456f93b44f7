import { hostState, hostTiming } from './host-state.js';
import type { Snapshot } from './model/snapshot.js';
import type { Fleet } from './ports.js';

/**
 * Tells agents again what their hosts are when the fleet is as decided: after a restart an agent knows its generation but not how
 * often to observe, and a guest that a broken-off move left awaited is awaited no longer. Changes no host.
 */
export class AgentRefresh {
  readonly #fleet: Fleet;
  /** By host: what it was told last, in short. */
  readonly #told = new Map<string, string>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** To be called with a snapshot in which nothing is left to do. */
  refresh(snapshot: Snapshot): void {
    const timing = hostTiming(snapshot.adaptation);
    for (const { name, presence, report } of snapshot.hosts) {
      const config = snapshot.current.get(name);
      if (presence !== 'connected' || !report || !config) continue;
      const awaited = report.guests.filter(({ phase }) => phase === 'awaited').map(({ guest }) => guest.name);
      const state = [report.boot, timing.samplingIntervalMs, timing.keepAliveMs, ...awaited].join(' ');
      if (this.#told.get(name) === state) continue;
      const sent = this.#fleet.desire(hostState({ host: name }, config, timing));
      if (sent.kind === 'sent') this.#told.set(name, state);
    }
  }
}
