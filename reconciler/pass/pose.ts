import type { Decision, Diagnostic, Observed } from '../../schema/generated/types.js';
import type { LocatedDocument } from '../../schema/validate/document.js';
import { merge } from '../merge/merge.js';
import type { Configuration } from '../model/configuration.js';
import type { Problem } from '../model/problem.js';
import type { Snapshot } from '../model/snapshot.js';
import { underlayOf } from '../model/underlay.js';
import { configurationOf } from '../plan/configuration-of.js';
import type { LinkEnds } from '../plan/realise.js';
import { endsInUse, type LinkEndsOf, linkEndsOver } from '../vreserve/link-ends.js';
import { pathCapacities } from '../wren/path-capacities.js';
import type { Question } from './choose.js';
import { formulate } from './formulate.js';
import { holdsOf } from './holds.js';
import { inIndices } from './indices.js';
import { leftAlone } from './left-alone.js';
import { fixedDemands, holdsWith, inForceOf } from './quarantine.js';
import { heldBackDemands } from './relief.js';
import { fastened, lessRoom, type StandingStill, standingStill, withoutRouted } from './standing-still.js';

/** Everything a pass looks at: what people wrote, and what was seen. */
export interface Inputs {
  documents: readonly LocatedDocument[];
  /** Commit or directory of the documents. */
  source: string;
  observed: Observed;
}

/** What is to be decided, and what it was made from. */
export interface Posed {
  kind: 'posed';
  snapshot: Snapshot;
  problem: Problem;
  question: Question;
  running: Configuration;
  ends: LinkEndsOf;
  linkEnds: LinkEnds;
  /** What no plan changes, because it or its host is suspended. */
  still: StandingStill;
  origin: Decision['capacities'];
}

/** From what people wrote and what was seen to the problem that this poses. */
export function pose(
  { documents, source, observed }: Inputs,
  begins: (part: 'solve') => void = () => undefined,
): Posed | { kind: 'rejected'; diagnostics: Diagnostic[] } {
  const merged = merge(documents, source, observed);
  if ('kind' in merged) return merged;
  const open = leftAlone(merged);
  begins('solve');
  const { snapshot, ends, linkEnds, running, still, problem, origin } = problemOf(open);
  const { adaptation, isChanging, current } = snapshot;
  const terms = {
    minimumGain: isChanging ? null : adaptation.minimumGain,
    isAtRest: isAtRest(observed),
    paybackSeconds: adaptation.paybackMs / 1000,
    returnFactor: adaptation.returns.gainFactor,
  };
  const quarantines = inForceOf(observed, documents);
  const question = {
    running: inIndices(problem, running, current),
    options: adaptation,
    terms,
    holds: holdsWith(holdsOf(snapshot), quarantines),
    patience: {
      heldBack: origin === 'measured' ? heldBackDemands(problem, snapshot) : new Set<number>(),
      isResuming: isResuming(observed),
    },
    fixed: fixedDemands(problem, quarantines),
  };
  return { kind: 'posed', snapshot, problem, question, running, ends, linkEnds, still, origin };
}

/** The problem that a snapshot poses, and the links that there can be. */
export function problemOf(open: Snapshot): Omit<Posed, 'kind' | 'question'> {
  const { hosts, underlays, linkPolicies, current } = open;
  const { underlay, origin } = pathCapacities(open, underlayOf(hosts, underlays, linkPolicies));
  const ends = linkEndsOver(hosts, underlay, current, open);
  const linkEnds = endsInUse(ends);
  const isForbidden = (a: string, b: string) => linkPolicies !== undefined && ends(a, b).kind === 'forbidden';
  const running = configurationOf(current);
  const still = standingStill(open, running);
  const snapshot = withoutRouted(open, still);
  const room = lessRoom(underlay, hosts, still);
  const problem = fastened(formulate(snapshot, room, linkEnds, isForbidden), still);
  return { snapshot, ends, linkEnds, running, still, problem, origin };
}

/** In smoothing intervals: for a change of the paths, and for what is wanted over them to be declared. */
const resumesFor = 4;

/** Whether what is seen may still come of what the reconciler before this one was doing when it ended. */
function isResuming({ nowMs, resumedAtMs, traffic: { smoothingIntervalMs } }: Observed): boolean {
  return resumedAtMs !== undefined && nowMs - resumedAtMs < resumesFor * smoothingIntervalMs;
}

/** In smoothing intervals. */
const restsAfter = 3;

/** Whether demands have been the same for so long that what they are worth has been looked at before. */
function isAtRest({ nowMs, traffic: { declaredAtMs, smoothingIntervalMs } }: Observed): boolean {
  return declaredAtMs !== null && nowMs - declaredAtMs > restsAfter * smoothingIntervalMs;
}
