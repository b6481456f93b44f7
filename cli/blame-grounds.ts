import { ofKind } from '../reconciler/merge/documents-by-kind.js';
import { adaptationParameters } from '../reconciler/merge/parameters.js';
import type { JournalRecord } from '../reconciler/ports.js';
import { concernOf, subjectOf } from './blame-concern.js';
import { type Happening, hostsOf, vmsOf } from './blame-events.js';
import { type DemandChange, demandChanges, type GivenChange, givenChanges } from './blame-traffic.js';
import { whichOf } from './blame-which.js';
import type { Decided } from './blamed-pass.js';
import { type DocumentChange, documentChanges } from './document-changes.js';

/** In what the fleet was not as it had been left. */
export type Disturbance =
  | { kind: 'host'; host: string; change: 'came' | 'went' }
  | { kind: 'link'; a: string; b: string; change: 'came' | 'went' }
  | { kind: 'vm'; from: string | null; to: string | null };

/**
 * `policy`: people asked for it in documents; `traffic`: demands or what paths give changed; `both`; `repair`: the fleet was not as it was
 * left; `reverted`: what had been changed was measured to have made it worse; `operator`: somebody applied a saved plan; `user`: somebody used bounds that documents grant; `others`: no recorded pass did it;
 * `unchanged`: nothing had changed but the time; `unknown`: the documents are not there any more.
 */
export type Answer =
  | 'policy'
  | 'traffic'
  | 'both'
  | 'repair'
  | 'reverted'
  | 'operator'
  | 'user'
  | 'others'
  | 'unchanged'
  | 'unknown';

/** What had changed when something happened to a VM, since the last pass that was carried out whole. */
export interface Grounds {
  answer: Answer;
  /** Nothing of this VM alone had changed: what is told is of others, with whom it shares the fleet. */
  ofOthers: boolean;
  /** Both had changed, and deciding again with either of them as it was has told which of them it took. */
  decidedAgain: boolean;
  /** The pass that it is compared with; null: there was none. */
  since: { pass: number; source: string } | null;
  /** Null: not known, for `reason`. */
  documents: DocumentChange[] | null;
  reason: string;
  demands: DemandChange[];
  paths: GivenChange[];
  disturbances: Disturbance[];
}

/** Whether policy or traffic was behind what happened to a VM, from two passes and what they were made from. Pure. */
export function groundsOf(
  vm: string,
  happening: Happening,
  before: Decided | null,
  now: Decided,
  found: Disturbance[],
): Grounds {
  const since = before && { pass: before.read.entry.pass, source: before.read.entry.source };
  const nothing = {
    ofOthers: false,
    decidedAgain: false,
    since,
    documents: [],
    reason: '',
    demands: [],
    paths: [],
    disturbances: [],
  };
  if (happening.kind === 'found') return { ...nothing, answer: 'others' };
  if (happening.kind === 'adjusted') return { ...nothing, answer: 'user' };
  if (now.read.plan?.decision.back?.cause === 'regression') return { ...nothing, answer: 'reverted' };
  const all = changed(vm, happening, before, now, found);
  const own = pick(all, 'own');
  const others = pick(all, 'others');
  const ofOthers = isEmpty(own) && !isEmpty(others);
  const told = ofOthers ? others : own;
  const isOperators = now.read.entry.actor !== 'virtuoso';
  const differs = answerOf(told, now.read);
  // Where both have changed, deciding again with either of them as it was tells which of them it took.
  const answer = differs === 'both' && before !== null ? whichOf(vm, happening, before, now) : differs;
  const decidedAgain = !isOperators && answer !== differs;
  return { ...told, ofOthers, since, decidedAgain, answer: isOperators ? 'operator' : answer };
}

type Told = Pick<Grounds, 'documents' | 'demands' | 'paths' | 'disturbances'>;

function isEmpty({ documents, demands, paths, disturbances }: Told): boolean {
  return documents?.length === 0 && demands.length + paths.length + disturbances.length === 0;
}

interface Changed {
  documents: { concern: string; change: DocumentChange }[] | null;
  reason: string;
  demands: { concern: string; change: DemandChange }[];
  paths: { concern: string; change: GivenChange }[];
  disturbances: { concern: string; change: Disturbance }[];
}

function changed(
  vm: string,
  happening: Happening,
  before: Decided | null,
  now: Decided,
  found: Disturbance[],
): Changed {
  const hosts = hostsOf(happening);
  const is = now.documents.kind === 'documents' ? now.documents.documents : [];
  const was = before?.documents.kind === 'documents' ? before.documents.documents : [];
  const unknown = [now.documents, before?.documents].find((each) => each?.kind === 'unknown');
  const subject = subjectOf(vmsOf(vm, happening), hosts, [was, is]);
  const isSameCommit = before?.read.entry.source === now.read.entry.source;
  const documents =
    unknown === undefined && !isSameCommit
      ? documentChanges(was, is)
          .map((change) => ({ concern: concernOf(change, subject), change }))
          .sort((a, b) => Number(b.change.kind === 'VMSet') - Number(a.change.kind === 'VMSet'))
      : [];
  // Only a better configuration has to do with traffic; nor does whether a VM is there, or how large it is.
  const mayBeTraffic =
    (happening.kind === 'moved' || happening.kind === 'paths') && now.read.plan?.decision.verdict === 'adapt';
  const threshold = adaptationParameters(ofKind(is, 'Adaptation')[0]).vttif.detectionThreshold;
  const ownIf = (isOwn: boolean) => (isOwn ? 'own' : 'others');
  return {
    documents: unknown === undefined || isSameCommit ? documents : null,
    reason: unknown?.kind === 'unknown' && !isSameCommit ? unknown.reason : '',
    demands: (mayBeTraffic ? demandChanges(before?.read ?? null, now.read, threshold) : []).map((change) => {
      return { concern: ownIf(change.source === vm || change.destination === vm), change };
    }),
    paths: (mayBeTraffic ? givenChanges(before?.read ?? null, now.read, threshold) : []).map((change) => {
      return { concern: ownIf(hosts.has(change.from) || hosts.has(change.to)), change };
    }),
    disturbances: [...found, ...(before === null ? [] : disturbances(before.read, now.read))].map((change) => {
      const isOwn = change.kind === 'vm' || [...hosts].some((host) => Object.values(change).includes(host));
      return { concern: ownIf(isOwn), change };
    }),
  };
}

function pick({ documents, reason, demands, paths, disturbances }: Changed, concern: 'own' | 'others') {
  const only = <T>(list: { concern: string; change: T }[]) =>
    list.filter((each) => each.concern === concern).map(({ change }) => change);
  return {
    documents: documents && only(documents),
    reason,
    demands: only(demands),
    paths: only(paths),
    disturbances: only(disturbances),
  };
}

function answerOf(told: Told, now: JournalRecord): Answer {
  const isPolicy = (told.documents?.length ?? 0) > 0;
  const isTraffic = told.demands.length + told.paths.length > 0;
  if (!isPolicy && told.disturbances.some(({ kind }) => kind === 'vm')) return 'repair';
  if (isPolicy && isTraffic) return 'both';
  if (isPolicy) return 'policy';
  if (told.documents === null) return 'unknown';
  if (isTraffic) return 'traffic';
  return told.disturbances.length > 0 || now.plan?.decision.verdict === 'keep' ? 'repair' : 'unchanged';
}

/** Hosts that came or went, and links that cannot be counted on any more, or can again. */
function disturbances(before: JournalRecord, now: JournalRecord): Disturbance[] {
  const connected = ({ observed }: JournalRecord) =>
    new Set(observed.hosts.filter((status) => status.connected).map(({ host }) => host));
  const out = ({ observed }: JournalRecord) => new Set((observed.outages ?? []).map(({ a, b }) => `${a} ${b}`));
  const linkOf = (name: string, change: 'came' | 'went'): Disturbance => {
    const [a = '', b = ''] = name.split(' ');
    return { kind: 'link', a, b, change };
  };
  const [were, are] = [connected(before), connected(now)];
  const [failed, fails] = [out(before), out(now)];
  return [
    ...[...are].filter((host) => !were.has(host)).map((host): Disturbance => ({ kind: 'host', host, change: 'came' })),
    ...[...were].filter((host) => !are.has(host)).map((host): Disturbance => ({ kind: 'host', host, change: 'went' })),
    ...[...fails].filter((name) => !failed.has(name)).map((name) => linkOf(name, 'went')),
    ...[...failed].filter((name) => !fails.has(name)).map((name) => linkOf(name, 'came')),
  ];
}
