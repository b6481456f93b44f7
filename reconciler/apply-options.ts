import type { Step } from '../schema/generated/types.js';
import type { Backoff } from './backoff.js';
import type { HostTerms } from './host-state.js';
import type { Clock, Fleet } from './ports.js';

export interface ApplyOptions {
  fleet: Fleet;
  clock: Clock;
  terms: (host: string) => HostTerms;
  /** How long a step may take until every host it touches has converged. */
  stepTimeoutMs: number;
  /** How long a new link may take until both its ends hear each other; the plan then goes on without it. */
  linkPatienceMs: number;
  /** Hosts that have failed of late and are not tried now; told who fails and who does not. */
  backoff?: Backoff;
  /** Aborted with the commit that the plan is to make way for. */
  stop?: AbortSignal;
  /** Why no further step may begin now; null when one may. */
  isClosed?(): string | null;
  /** Called before and after each step; a test may throw here to play a crash. */
  onStep?(step: Step, moment: 'before' | 'sent' | 'after'): void | Promise<void>;
}
