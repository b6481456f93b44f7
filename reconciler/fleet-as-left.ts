import type { Drift, ForeignChange } from '../schema/generated/types.js';
import { Derived } from './model/derived.js';
import type { FleetState } from './model/fleet-state.js';
import type { Snapshot } from './model/snapshot.js';
import { driftOf } from './plan/drift.js';
import type { JournalRead, JournalRecord } from './ports.js';
import { stateAfter } from './state-after.js';
import { isCarriedOut } from './verdict.js';

type Picture = Pick<Snapshot, 'hosts' | 'current' | 'source'>;

const never = 'No pass has left the fleet as decided since this reconciler began.';

/** Differences that one message names. */
const mostNamed = 3;

/** How the last pass left the fleet, what of it is not so any more, and what others have changed since the newest commit. */
export class FleetAsLeft {
  /** Null: not known, as `reason` says. */
  leftAtMs: number | null = null;
  reason = never;
  foreign: ForeignChange[] = [];
  #state: FleetState = new Map();
  /** Told by the journal of a run before this one: reports of hosts may be worded otherwise since then. */
  #isRecalled = false;
  /** Of what is told in `foreign`, what others have done since the fleet was left. */
  readonly #noticed = new Set<string>();
  #source = '';
  readonly #drift = new Derived<Drift[]>();

  /** A pass has done all there was to do. */
  leave({ hosts, current }: Picture, atMs: number): void {
    const heard = new Set(hosts.filter(({ presence }) => presence !== 'unknown').map(({ name }) => name));
    this.#set(new Map([...current].filter(([host]) => heard.has(host))), atMs);
    this.#isRecalled = false;
  }

  /** A pass has ended half way: what is there is neither as it was nor as decided. */
  leaveUnknown(reason: string): void {
    this.#set(new Map(), null);
    this.reason = reason;
  }

  /** What a run before this one left, from the journal, newest entry first. */
  recall(reads: readonly JournalRead[], source: string): void {
    const records = reads.filter((read): read is JournalRecord => read.kind === 'record');
    const [latest] = records;
    this.#source = source;
    if (latest?.entry.source === source) this.foreign = latest.observed.foreign ?? [];
    const last = records.find(({ entry: { verdict } }) => isCarriedOut(verdict));
    if (last?.plan == null || last.entry.verdict === 'partial') return;
    this.#set(stateAfter(last), Date.parse(last.entry.at));
    this.#isRecalled = true;
  }

  /** Takes down what others have changed; to be called before each pass. A new commit is a person's last word on what was before it. */
  notice(picture: Picture, nowMs: number): void {
    if (picture.source !== this.#source) this.foreign = [];
    this.#source = picture.source;
    for (const [object, some] of byObject(this.driftIn(picture))) {
      const isTable = object.startsWith('host/');
      const key = `${object} ${isTable ? '' : some[0]?.is}`;
      if (this.#noticed.has(key) || (isTable && this.#isRecalled)) continue;
      this.#noticed.add(key);
      this.foreign = [...this.foreign, { object, message: messageOf(some), atMs: nowMs }];
    }
  }

  /** What is not as it was left; nothing while that is not known. */
  driftIn({ hosts, current }: Pick<Picture, 'hosts' | 'current'>): Drift[] {
    if (this.leftAtMs === null) return [];
    return this.#drift.of([this.#state, hosts, current], () => {
      const connected = hosts.filter(({ name, presence }) => presence === 'connected' && this.#state.has(name));
      return driftOf(this.#state, current, new Set(connected.map(({ name }) => name)));
    });
  }

  #set(state: FleetState, atMs: number | null): void {
    this.#state = state;
    this.leftAtMs = atMs;
    this.reason = '';
    this.#noticed.clear();
  }
}

/** What others have changed: each VM that they moved by itself, all else by host. */
function byObject(drift: readonly Drift[]): Map<string, Drift[]> {
  const found = new Map<string, Drift[]>();
  for (const each of drift) {
    // A VM that nobody has left anywhere is not one that is fought over.
    if (!each.byOthers || (each.part === 'vm' && each.left === null)) continue;
    const object = each.part === 'vm' ? `vm/${each.object}` : `host/${each.host}`;
    found.set(object, [...(found.get(object) ?? []), each]);
  }
  return found;
}

function messageOf(drift: readonly Drift[]): string {
  const named = drift.slice(0, mostNamed).map(({ part, object, left, is }) => {
    if (part === 'vm') return `it was moved from ${left} to ${is}`;
    return left === null ? `${part} ${object} was added (${is})` : `${part} ${object} was ${left} and is ${is}`;
  });
  const more = drift.length > mostNamed ? [`${drift.length - mostNamed} more`] : [];
  return [...named, ...more].join('; ').slice(0, 512);
}
