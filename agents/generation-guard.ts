import { createHash } from 'node:crypto';
import type { HostState } from '../schema/generated/types.js';

/** The newest state an agent has accepted: what it must never fall behind, across restarts. */
export interface Accepted {
  generation: number;
  /** SHA-256 of the state as received; two different states of one generation are a replay or a second reconciler. */
  digest: string;
  /** That state: what the host goes on being while no reconciler can be reached, also after a restart. */
  state?: HostState;
}

export interface GenerationMemory {
  load(): Promise<Accepted>;
  save(accepted: Accepted): Promise<void>;
}

export const nothingAccepted: Accepted = { generation: 0, digest: '' };

export type Admission = { kind: 'accepted'; accepted: Accepted } | { kind: 'stale'; message: string };

/** Whether a host that has accepted `seen` may follow `state`. Hearing the same state again is fine. */
export function admit(seen: Accepted, state: HostState): Admission {
  const digest = createHash('sha256').update(JSON.stringify(state)).digest('hex');
  if (state.generation > seen.generation)
    return { kind: 'accepted', accepted: { generation: state.generation, digest, state } };
  if (state.generation === seen.generation && digest === seen.digest)
    return { kind: 'accepted', accepted: { ...seen, state } };
  const what = state.generation < seen.generation ? 'is older than' : 'differs from what was accepted as';
  return {
    kind: 'stale',
    message: `Generation ${state.generation} for ${state.host} ${what} generation ${seen.generation}. Send one above ${seen.generation}.`,
  };
}
