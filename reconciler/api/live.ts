import type {
  Applied,
  ApplyFailed,
  Condition,
  DriftList,
  FleetView,
  HostDetail,
  LiveEvent,
  Plan,
  Proposal,
  Quarantine,
  RollbackRequest,
} from '../../schema/generated/types.js';
import type { Snapshot } from '../model/snapshot.js';
import type { Inferred } from '../ports.js';

/** The running loop, as the API sees it. */
export interface Live {
  readonly inferred: Inferred;
  view(): FleetView;
  /** The newest plan; null before the first. */
  plan(): Plan | null;
  conditions(): Condition[];
  /** The newest picture of the fleet; null before there are valid documents. */
  snapshot(): Snapshot | null;
  /** Every host, as it is and as it shall be. */
  hosts(): HostDetail[];
  /** What of the fleet is not as the last pass left it. */
  drift(): DriftList;
  /** Asks for a pass soon; returns at once. */
  requestPass(reason: string): void;
  /** Applies a saved plan if its hash is `hash` and the fleet is as it was when the plan was made. */
  apply(plan: Plan, hash: string, actor: string): Promise<ApplyResult>;
  /** A way back to what an entry of the journal left; changes nothing. */
  rollback(request: RollbackRequest): Promise<RollbackResult>;
  /** What was taken back and is not decided again for now. */
  quarantines(): Quarantine[];
  /** Ends the quarantine of a plan, or all; returns the plans of those that were ended. */
  lift(plan: string | null, actor: string): Promise<string[]>;
  /** Calls back for every event from now on; the function it returns ends that. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}

export type RollbackResult =
  | { kind: 'planned'; plan: Plan }
  | { kind: 'proposed'; proposal: Proposal }
  | { kind: 'not-found'; message: string }
  /** There is no way back within what documents ask for, or no branch could be made. */
  | { kind: 'impossible'; message: string };

export type ApplyResult =
  | Applied
  | ApplyFailed
  /** Nothing was done: the fleet or the documents are no longer what the plan was made from. */
  | { kind: 'stale'; message: string }
  | { kind: 'wrong-hash'; message: string }
  /** Nothing was done: rules forbid the plan. */
  | { kind: 'denied'; message: string }
  | { kind: 'malformed'; message: string };
