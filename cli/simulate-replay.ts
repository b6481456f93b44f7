import { memoryOfMoves } from '../reconciler/merge/memory-of-moves.js';
import { observedAs } from '../reconciler/merge/observed-as.js';
import { linkName } from '../reconciler/model/configuration.js';
import { advance, emptyHost, type FleetState } from '../reconciler/model/fleet-state.js';
import { movesIn } from '../reconciler/model/recent-moves.js';
import { decide } from '../reconciler/pass.js';
import type { JournalRecord } from '../reconciler/ports.js';
import { observedAfter, reportedState, stateAfter } from '../reconciler/state-after.js';
import type { JournalEntry, Observed, Outcome, Plan, RecentMove, Score } from '../schema/generated/types.js';
import type { LocatedDocument } from '../schema/validate/document.js';
import { scoreOf } from './scored.js';
import { type Tally, tallyOf, travelledIn } from './simulate-tally.js';

/** Documents that are tried on what was observed. */
export interface Candidate {
  /** As it was named. */
  name: string;
  /** Commit or directory. */
  source: string;
  documents: readonly LocatedDocument[];
}

/** What one observation led to, and what it would have led to. */
export interface Instant {
  entry: number;
  atMs: number;
  happened: { verdict: JournalEntry['verdict']; score: Score | null; moves: number };
  candidate: {
    /** `suspended`: the candidate has plans wait; all but `planned` leave the fleet as it is. */
    kind: 'planned' | 'suspended' | 'infeasible' | 'unsafe' | 'rejected';
    /** Why there is no plan. */
    message: string;
    score: Score | null;
    moves: number;
  };
}

export interface Simulation {
  format_version: '1';
  kind: 'simulation';
  candidate: { name: string; source: string };
  fromMs: number;
  toMs: number;
  longestGapMs: number;
  /** Demands of all observations, and those of them that are lower bounds, because the network held them back. */
  demands: { count: number; censored: number };
  instants: Instant[];
  totals: { happened: Tally; candidate: Tally };
}

/** The fleet as the candidate would have left it. */
interface World {
  state: FleetState;
  moves: RecentMove[];
}

/**
 * Decides anew by the candidate's documents for each observation. Where VMs are, links, tables and schedules are what the candidate has made
 * of them until then; what VMs send to one another, what paths give and which hosts are there is what was observed. Every step succeeds.
 * Pure: the same records and documents give the same result.
 * @param records oldest first, at least one
 */
export function simulate(records: readonly JournalRecord[], candidate: Candidate): Simulation {
  const made: { instant: Instant; happened: Change; simulated: Change }[] = [];
  let world: World | null = null;
  for (const record of records) {
    const observed: Observed =
      world === null ? firstOf(record.observed) : counterfactual(record.observed, world, candidate);
    const before: FleetState = reportedState(observed);
    const passed = passOf(observed, before, candidate);
    const moves: RecentMove[] = [...(world?.moves ?? observed.moves ?? []), ...passed.moves];
    world = { state: passed.state, moves };
    made.push(instantOf(record, candidate, before, passed));
  }
  const times = made.map(({ instant }) => instant.atMs);
  const demands = records.flatMap(({ observed }) => observed.traffic.demands);
  return {
    format_version: '1',
    kind: 'simulation',
    candidate: { name: candidate.name, source: candidate.source },
    fromMs: times[0] ?? 0,
    toMs: times.at(-1) ?? 0,
    longestGapMs: Math.max(0, ...times.slice(1).map((atMs, place) => atMs - (times[place] ?? atMs))),
    demands: { count: demands.length, censored: demands.filter(({ origin }) => origin === 'at-least').length },
    instants: made.map(({ instant }) => instant),
    totals: {
      happened: totalOf(
        made.map(({ instant, happened }) => ({ atMs: instant.atMs, score: instant.happened.score, ...happened })),
      ),
      candidate: totalOf(
        made.map(({ instant, simulated }) => ({ atMs: instant.atMs, score: instant.candidate.score, ...simulated })),
      ),
    },
  };
}

/** What one pass did to the fleet. */
interface Change {
  moves: RecentMove[];
  linksAdded: number;
  linksRemoved: number;
}

function totalOf(changes: readonly (Change & { atMs: number; score: Score | null })[]): Tally {
  return tallyOf(
    changes,
    changes.flatMap(({ moves }) => moves),
  );
}

/** What others did to the fleet is not what the candidate would have met. */
function firstOf({ foreign: _foreign, ...observed }: Observed): Observed {
  return observed;
}

function counterfactual(seen: Observed, { state, moves }: World, { documents }: Candidate): Observed {
  const { foreign: _foreign, moves: _moves, ...observed } = seen;
  const sinceMs = seen.nowMs - memoryOfMoves(documents);
  const recent = moves.filter(({ atMs }) => atMs > sinceMs);
  // A host that comes later has nothing on it yet, whatever it had when it came.
  const all = new Map(seen.hosts.map(({ host }) => [host, state.get(host) ?? emptyHost()]));
  return observedAs({ ...observed, ...(recent.length > 0 ? { moves: recent } : {}) }, all);
}

interface Passed {
  kind: Instant['candidate']['kind'];
  message: string;
  score: Score | null;
  state: FleetState;
  moves: RecentMove[];
}

function passOf(observed: Observed, before: FleetState, { documents, source }: Candidate): Passed {
  const decided = decide({ documents, source, observed });
  if (decided.kind === 'planned' && !decided.snapshot.adaptation.suspend) {
    const { plan } = decided;
    const state = plan.steps.flatMap(({ edits }) => edits).reduce(advance, before);
    const moves = movesIn(plan, allDone(plan), observed.nowMs);
    return { kind: 'planned', message: '', score: plan.decision.after, state, moves };
  }
  const score = scoreOf({ documents, source, observed });
  const message = decided.kind === 'infeasible' || decided.kind === 'unsafe' ? decided.message : '';
  const kind = decided.kind === 'planned' ? 'suspended' : decided.kind;
  return { kind, message, score, state: before, moves: [] };
}

function allDone({ steps }: Plan): Outcome[] {
  return steps.map(({ id }) => ({ step: id, status: 'done', message: '', tookMs: 0 }));
}

function instantOf(record: JournalRecord, { documents, source }: Candidate, before: FleetState, passed: Passed) {
  const { entry, plan, observed } = record;
  const atMs = observed.nowMs;
  const moves = plan === null ? [] : movesIn(plan, entry.outcomes, atMs);
  const score = scoreOf({ documents, source, observed: observedAfter(record) });
  const instant: Instant = {
    entry: entry.pass,
    atMs,
    happened: { verdict: entry.verdict, score, moves: travelledIn(moves).length },
    candidate: {
      kind: passed.kind,
      message: passed.message,
      score: passed.score,
      moves: travelledIn(passed.moves).length,
    },
  };
  return {
    instant,
    happened: { moves, ...linkCounts(reportedState(observed), stateAfter(record)) },
    simulated: { moves: passed.moves, ...linkCounts(before, passed.state) },
  };
}

function linkCounts(before: FleetState, after: FleetState): { linksAdded: number; linksRemoved: number } {
  const [was, is] = [linksIn(before), linksIn(after)];
  const countOf = (some: ReadonlySet<string>, others: ReadonlySet<string>) =>
    [...some].filter((each) => !others.has(each)).length;
  return { linksAdded: countOf(is, was), linksRemoved: countOf(was, is) };
}

function linksIn(state: FleetState): Set<string> {
  return new Set(
    [...state].flatMap(([host, { links }]) =>
      [...links.keys()].map((peer) => (host < peer ? linkName(host, peer) : linkName(peer, host))),
    ),
  );
}
