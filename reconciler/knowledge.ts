import type {
  DemandLine,
  DriftList,
  JournalEntry,
  Observed,
  Outcome,
  Placement,
  Plan,
  Quarantine,
  RecentMove,
} from '../schema/generated/types.js';
import { ChangesOfLate } from './changes-of-late.js';
import { FleetAsLeft } from './fleet-as-left.js';
import { Inference, inFlight } from './inference.js';
import { LockStep } from './lock-step.js';
import { memoryOfMoves } from './merge/memory-of-moves.js';
import { mergeDemands, mergeReports, type Rejected, type Reported } from './merge/merge.js';
import { digest } from './model/canonical.js';
import { Derived } from './model/derived.js';
import { movesIn } from './model/recent-moves.js';
import type { Snapshot } from './model/snapshot.js';
import { inForceOf } from './pass/quarantine.js';
import { stateDigest } from './plan/state-digest.js';
import type { Admission, Clock, Fleet, Inferred, Journal, JournalRead, Log, Source } from './ports.js';
import { requestedAt } from './requested-at.js';
import { noDocuments, pinnedKeys, type StandingDocuments } from './standing-documents.js';
import { TakenDocuments } from './taken-documents.js';
import { isCarriedOut, isWhole } from './verdict.js';
import { PlanVerification } from './verification.js';
import { advanceOutages, type LinkReading, type Outages, outagesIn } from './wren/outages.js';

/** Why a pass makes no sense yet, and when to look again. */
export interface Waiting {
  /** `start`: hosts of the inventory have not reported; `flight`: a guest is between two hosts. */
  kind: 'start' | 'flight';
  reason: string;
  retryMs: number;
}

const flightRetryMs = 200;

interface KnowledgePorts {
  source: Source;
  fleet: Fleet;
  journal: Journal;
  admission: Admission;
  clock: Clock;
  log: Log;
}

/** What the reconciler knows between passes: documents in effect, what was inferred, where VMs were last seen. */
export class Knowledge {
  readonly inference = new Inference(0);
  readonly lockStep: LockStep;
  readonly left = new FleetAsLeft();
  readonly verification: PlanVerification;
  documents: StandingDocuments = noDocuments;
  readonly taken: TakenDocuments;
  /** Those in effect before them; null if there were none since this process began. */
  older: StandingDocuments | null = null;
  readonly #ports: KnowledgePorts;
  readonly #graceEndsMs: number;
  #lastPlacement: Placement[] | null = null;
  /** Null until the journal has been read. */
  #moves: RecentMove[] | null = null;
  readonly #changes = new ChangesOfLate();
  /** What was observed last. */
  #seen: Observed | null = null;
  #pins = new Map<string, string>();
  #outages: Outages = new Map();
  /** Null: no VM ran when this process first saw the fleet. Undefined: it has not seen it yet. */
  #resumedAtMs: number | null | undefined;
  readonly #reported = new Derived<Reported | Rejected>();
  readonly #demands = new Derived<DemandLine[]>();
  readonly #stateDigest = new Derived<string>();

  constructor(ports: KnowledgePorts, startGraceMs: number) {
    this.#ports = ports;
    this.taken = new TakenDocuments(ports);
    this.verification = new PlanVerification(ports.log);
    this.lockStep = new LockStep(ports.fleet, this.inference.clocks);
    this.#graceEndsMs = ports.clock.nowMs() + startGraceMs;
  }

  /** Reads the newest documents and lets the hosts speak whose keys they pin. */
  async refresh(): Promise<void> {
    const before = this.documents;
    this.documents = await this.taken.next(before);
    if (before.source !== this.documents.source && before.documents.length > 0) this.older = before;
    this.#trust(pinnedKeys(this.documents.documents));
    if (this.#lastPlacement === null) this.left.recall(await this.#recordedPasses(), this.documents.source);
    if (this.#lastPlacement === null) {
      const latest = await this.#ports.journal.latest();
      this.verification.recall(latest);
      this.#lastPlacement = latest?.entry.placement ?? [];
    }
    this.verification.follow(this.documents.documents);
    this.#moves ??= await this.#recordedMoves();
    const { journal, clock } = this.#ports;
    await this.#changes.recall(this.documents.documents, journal, clock.nowMs());
  }

  /** What a pass that begins now would go by, if that is another commit, or directory, than this one goes by; null otherwise. */
  newerSource(): Promise<string | null> {
    return this.taken.newer(this.documents);
  }

  /** Entries down to the newest that changed the fleet. */
  async #recordedPasses(): Promise<JournalRead[]> {
    const found: JournalRead[] = [];
    for await (const read of this.#ports.journal.entries()) {
      found.push(read);
      if (read.kind === 'record' && isCarriedOut(read.entry.verdict)) break;
    }
    return found;
  }

  /** To be called before each pass: has anybody else changed the fleet since it was left? */
  notice(): void {
    const snapshot = this.snapshot();
    if (snapshot) this.left.notice(snapshot, this.#ports.clock.nowMs());
  }

  /** To be called after each pass. One that was not carried out leaves the fleet as the one before it did. */
  leave(verdict: JournalEntry['verdict'] | 'converged'): void {
    const snapshot = this.snapshot();
    const reason = 'A step of the last pass failed: what it has left is known after the next one.';
    if (verdict === 'partial') this.left.leaveUnknown(reason);
    else if (snapshot && (isWhole(verdict) || verdict === 'converged' || verdict === 'regressed'))
      this.left.leave(snapshot, this.#ports.clock.nowMs());
  }

  /** What is not as it was left, for whoever asks. */
  drift(pending: number): DriftList {
    const snapshot = this.snapshot();
    const { leftAtMs, reason } = this.left;
    const unheard = (snapshot?.hosts ?? []).filter(({ presence }) => presence !== 'connected').map(({ name }) => name);
    const drift = snapshot ? this.left.driftIn(snapshot) : [];
    return { format_version: '1', leftAtMs, reason, drift, unheard, pending };
  }

  /** Migrations that the journal tells of, as far back as any limit looks. */
  async #recordedMoves(): Promise<RecentMove[]> {
    const sinceMs = this.#ports.clock.nowMs() - memoryOfMoves(this.documents.documents);
    const found: RecentMove[][] = [];
    for await (const read of this.#ports.journal.entries()) {
      if (read.kind === 'unreadable') continue;
      const atMs = Date.parse(read.entry.at);
      if (atMs <= sinceMs) break;
      if (read.plan) found.unshift(movesIn(read.plan, read.entry.outcomes, atMs));
    }
    return found.flat();
  }

  /** To be called before a plan is carried out that was decided upon what was observed last. */
  carryingOut(plan: Plan, snapshot: Snapshot): void {
    const { smoothingIntervalMs } = this.inference.traffic();
    if (this.#seen !== null) this.verification.begin(plan, { snapshot, observed: this.#seen }, smoothingIntervalMs);
  }

  /** To be called with what became of a plan. */
  carriedOut(plan: Plan, outcomes: readonly Outcome[]): void {
    const nowMs = this.#ports.clock.nowMs();
    this.#moves = [...(this.#moves ?? []), ...movesIn(plan, outcomes, nowMs)];
    this.#changes.carriedOut(plan, outcomes, nowMs);
    this.verification.end(nowMs);
  }

  /** Migrations of late, as far back as any limit looks. */
  #recentMoves(nowMs: number): RecentMove[] {
    const sinceMs = nowMs - memoryOfMoves(this.documents.documents);
    this.#moves = (this.#moves ?? []).filter(({ atMs }) => atMs > sinceMs);
    return this.#moves;
  }

  /** A host that was taken out of the inventory with guests on it stays heard, so that the pass sees what it would lose. */
  #trust(pins: Map<string, string>): void {
    for (const { host, connected, report } of this.#ports.fleet.hosts()) {
      const pin = this.#pins.get(host);
      if (connected && !pins.has(host) && pin !== undefined && report.guests.length > 0) pins.set(host, pin);
    }
    this.#pins = pins;
    this.#ports.fleet.trust(pins);
  }

  /** When the documents in effect ask for a pass by annotation; null when they do not. */
  requestedAt(): string | null {
    return requestedAt(this.documents.documents.map(({ document }) => document));
  }

  observed(): Observed {
    const { clock, fleet } = this.#ports;
    const nowMs = clock.nowMs();
    const outages = outagesIn(this.#outages);
    const moves = this.#recentMoves(nowMs);
    const paths = this.inference.paths(nowMs);
    const bottlenecks = this.inference.bottlenecks();
    const hosts = fleet.hosts();
    const { foreign } = this.left;
    const back = this.verification.regression?.back;
    const quarantines = this.verification.quarantines.at(nowMs);
    if (this.#resumedAtMs === undefined) {
      this.#resumedAtMs = hosts.some(({ report }) => report.guests.length > 0) ? nowMs : null;
    }
    const resumedAtMs = this.#resumedAtMs;
    this.#seen = {
      format_version: '1',
      nowMs,
      hosts,
      traffic: this.inference.traffic(),
      lastPlacement: this.#lastPlacement ?? [],
      ...(resumedAtMs === null ? {} : { resumedAtMs }),
      ...(moves.length > 0 ? { moves } : {}),
      ...this.#changes.since(nowMs),
      ...(foreign.length > 0 ? { foreign } : {}),
      ...(back === undefined ? {} : { back }),
      ...(quarantines.length > 0 ? { quarantines } : {}),
      ...(outages.length > 0 ? { outages } : {}),
      ...(paths.length > 0 ? { paths } : {}),
      ...(bottlenecks.length > 0 ? { bottlenecks } : {}),
    };
    return this.#seen;
  }

  /** To be called about once a sampling interval: follows which links are up. */
  watchLinks(snapshot: Snapshot): void {
    const { keepAliveMs } = snapshot.adaptation;
    this.#outages = advanceOutages(this.#outages, linkReadings(snapshot), snapshot.nowMs, keepAliveMs);
  }

  /** Digest of what links depend on beside the documents: when it changes, other links may be wanted. */
  surroundings(): string {
    const hosts = this.#ports.fleet.hosts().map(({ host, capabilities, report }) => {
      return { host, capabilities, endpoints: report.endpoints };
    });
    return digest({ hosts, outages: outagesIn(this.#outages) });
  }

  /** The newest picture of the fleet; null before there are valid documents. */
  snapshot(): Snapshot | null {
    const { documents, source } = this.documents;
    if (documents.length === 0) return null;
    const hosts = this.#ports.fleet.hosts();
    const lastPlacement = this.#lastPlacement ?? [];
    const said = hosts.flatMap(({ connected, report, capabilities }) => [connected, report, capabilities]);
    const reported = this.#reported.of([documents, source, this.#lastPlacement, ...said], () =>
      mergeReports(documents, source, { hosts, lastPlacement }),
    );
    if ('kind' in reported) return null;
    const { inference } = this;
    const nowMs = this.#ports.clock.nowMs();
    const observed = inference.declaredDemands();
    const demands = this.#demands.of([documents, reported, observed], () =>
      mergeDemands(documents, reported, observed),
    );
    const outages = outagesIn(this.#outages);
    return {
      ...reported,
      nowMs,
      moves: this.#moves ?? [],
      foreign: this.left.foreign,
      outages,
      paths: inference.paths(nowMs),
      bottlenecks: inference.bottlenecks(),
      demands,
      isChanging: inference.isChanging(),
    };
  }

  inferred(): Inferred {
    const { inference, lockStep } = this;
    return {
      traffic: () => inference.traffic(),
      paths: () => inference.markedPaths(this.#ports.clock.nowMs()),
      bottlenecks: () => inference.bottlenecks(),
      implausible: () => inference.implausible(),
      gangs: () => lockStep.gangs(this.snapshot() ?? { vms: [] }),
    };
  }

  /** Digest of what is in effect by a picture of the fleet. */
  stateDigest({ current }: Snapshot): string {
    return this.#stateDigest.of([current], () => stateDigest(current));
  }

  /** What is not decided again for now. */
  quarantines(): Quarantine[] {
    const nowMs = this.#ports.clock.nowMs();
    return inForceOf({ nowMs, quarantines: this.verification.quarantines.at(nowMs) }, this.documents.documents);
  }

  /** Where each VM is now. */
  placement(): Placement[] {
    return (this.snapshot()?.vms ?? []).flatMap(({ name, host }) => (host === null ? [] : [{ vm: name, host }]));
  }

  /** To be called with what the journal has taken. */
  placementRecorded(placement: Placement[]): void {
    this.#lastPlacement = placement;
  }

  /** Hosts of the inventory that have not reported to this process. */
  missingHosts(): string[] {
    const reported = new Set(this.#ports.fleet.hosts().map(({ host }) => host));
    return this.documents.documents.flatMap(({ document }) =>
      document.kind === 'Host' && !reported.has(document.metadata.name) ? [document.metadata.name] : [],
    );
  }

  /** A VM must not be created while a host that may run it has not been heard of; nor judged while it moves. */
  waiting(): Waiting | null {
    const guest = inFlight(this.#ports.fleet.hosts());
    if (guest !== null) return { kind: 'flight', reason: `${guest} was on its way`, retryMs: flightRetryMs };
    const missing = this.missingHosts();
    const leftMs = this.#graceEndsMs - this.#ports.clock.nowMs();
    if (missing.length === 0 || leftMs <= 0) return null;
    return { kind: 'start', reason: 'not every host had reported', retryMs: leftMs };
  }
}

/** Links in effect, as their connected ends report them. */
function linkReadings({ hosts, current }: Snapshot): LinkReading[] {
  const readings = new Map<string, LinkReading>();
  for (const { name, presence, report } of hosts) {
    if (presence !== 'connected') continue;
    for (const { link, up } of report?.links ?? []) {
      if (!current.has(link.peer)) continue;
      const [a, b] = name < link.peer ? [name, link.peer] : [link.peer, name];
      // For as long as the two ends are of different types, it is a link of neither.
      const other = readings.get(`${a} ${b} ${link.type}`);
      readings.set(`${a} ${b} ${link.type}`, { a, b, type: link.type, up: up && (other?.up ?? true) });
    }
  }
  return [...readings.values()];
}
