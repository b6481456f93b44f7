import type { LinkReport, Outage } from '../schema/generated/types.js';
import type { ConditionDraft } from './condition-draft.js';
import { linkName } from './model/configuration.js';
import type { Snapshot, SnapshotNetwork } from './model/snapshot.js';
import { underlayOf } from './model/underlay.js';
import { bridges } from './plan/bridges.js';
import { type LinkEndsOf, linkEndsOver } from './vreserve/link-ends.js';

/** Conditions of overlay links and of virtual networks, and what hosts lack. */
export function vnetConditions(snapshot: Snapshot): ConditionDraft[] {
  const { hosts, underlays, current, linkPolicies } = snapshot;
  const ends = linkEndsOver(hosts, underlayOf(hosts, underlays, linkPolicies), current, snapshot);
  const fleet = new Fleet(snapshot);
  return [
    ...hosts.flatMap(lackCondition),
    ...linksOf(snapshot).flatMap(([a, b]) => linkConditions(fleet, a, b, ends)),
    ...snapshot.networks.map((network) => networkCondition(fleet, network, ends)),
  ];
}

/** A snapshot with its hosts and their reports of links at hand. */
class Fleet {
  readonly snapshot: Snapshot;
  /** Names of connected hosts. */
  readonly connected: ReadonlySet<string>;
  readonly #reports = new Map<string, LinkReport>();
  readonly #faults = new Map<string, string>();
  readonly #outages: ReadonlyMap<string, Outage>;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    const connected = snapshot.hosts.filter(({ presence }) => presence === 'connected');
    this.connected = new Set(connected.map(({ name }) => name));
    this.#outages = new Map(snapshot.outages.map((outage) => [`${outage.a} ${outage.b} ${outage.type ?? ''}`, outage]));
    for (const { name, report } of connected) {
      for (const link of report?.links ?? []) this.#reports.set(`${name} ${link.link.peer}`, link);
      for (const { kind, subject, message } of report?.faults ?? [])
        this.#faults.set(`${kind} ${name} ${subject}`, message);
    }
  }

  /** Whether a connected host reports that its end of a link carries frames. */
  isUp(host: string, peer: string): boolean {
    return this.#reports.get(`${host} ${peer}`)?.up ?? false;
  }

  /** Whether a link, of the type that it has or shall have, was down for long. */
  isOut(a: string, b: string, type: string): boolean {
    return this.#outages.has(`${a} ${b} ${type}`) || this.#outages.has(`${a} ${b} `);
  }

  /** Other types that a link had, and was down with. */
  typesOut(a: string, b: string, type: string): string[] {
    const out = [...this.#outages.values()].filter((outage) => outage.a === a && outage.b === b);
    return out.flatMap((outage) => (outage.type === undefined || outage.type === type ? [] : [outage.type]));
  }

  /** What a connected host says that is wrong with something; undefined when nothing. */
  fault(kind: 'link' | 'lan', host: string, subject: string): string | undefined {
    return this.#faults.get(`${kind} ${host} ${subject}`);
  }

  /** What a connected host complains of at its end of a link; undefined when of nothing. */
  complaint(host: string, peer: string): string | undefined {
    const fault = this.fault('link', host, peer);
    if (fault !== undefined || !this.connected.has(host) || this.isUp(host, peer)) return fault;
    return this.#reports.get(`${host} ${peer}`)?.trouble ?? 'it is not up yet.';
  }
}

function lackCondition({ name, capabilities }: Snapshot['hosts'][number]): ConditionDraft[] {
  const lacks = capabilities?.lacks ?? [];
  if (lacks.length === 0) return [];
  return [
    { object: `host/${name}`, type: 'Degraded', status: 'True', reason: 'LacksCapabilities', message: lacks.join(' ') },
  ];
}

/** Links in effect and those that the stars need, by their ends. */
function linksOf({ hosts, networks, current }: Snapshot): [string, string][] {
  const links = new Map<string, [string, string]>();
  const add = (x: string, y: string) => links.set(linkName(x, y), x < y ? [x, y] : [y, x]);
  for (const [host, config] of current) for (const peer of config.links.keys()) if (current.has(peer)) add(host, peer);
  for (const { proxy } of networks) {
    for (const { name, presence } of hosts) if (name !== proxy && presence === 'connected') add(name, proxy);
  }
  return [...links.values()].sort((x, y) => (x.join(' ') < y.join(' ') ? -1 : 1));
}

function linkConditions(fleet: Fleet, a: string, b: string, ends: LinkEndsOf): ConditionDraft[] {
  const object = `link/${linkName(a, b)}`;
  const planned = ends(a, b);
  const { current } = fleet.snapshot;
  const type = current.get(a)?.links.get(b)?.type ?? current.get(b)?.links.get(a)?.type;
  const degraded = { object, type: 'Degraded', status: 'True' } as const;
  const wanted = planned.kind === 'link-ends' ? planned.a.type : '';
  const others = wanted === '' ? [] : fleet.typesOut(a, b, wanted);
  const drafts: ConditionDraft[] = [];
  if (planned.kind === 'refused') drafts.push({ ...degraded, reason: 'TypeRefused', message: planned.message });
  else if (planned.kind === 'forbidden' && type !== undefined) {
    const message = `It is there all the same, until what needs it can do without: ${planned.message}`;
    drafts.push({ ...degraded, reason: 'Forbidden', message });
  } else if (fleet.isOut(a, b, wanted || (type ?? ''))) {
    const message = 'It was down for long: no path is led over it until it has been up for a while.';
    drafts.push({ ...degraded, reason: 'Avoided', message });
  } else if (others.length > 0) {
    const message = `Of type ${others.join(', ')} it was down for long: it is of type ${wanted} until that is tried again.`;
    drafts.push({ ...degraded, reason: 'OtherType', message });
  }
  return type === undefined && planned.kind !== 'refused' ? drafts : [...drafts, readiness(fleet, a, b, type)];
}

function readiness(fleet: Fleet, a: string, b: string, type: string | undefined): ConditionDraft {
  const base = { object: `link/${linkName(a, b)}`, type: 'Ready' as const };
  if (type === undefined) {
    return { ...base, status: 'False', reason: 'NoLink', message: 'It could not be set up: see its other condition.' };
  }
  if (!fleet.connected.has(a) && !fleet.connected.has(b)) {
    return { ...base, status: 'Unknown', reason: 'EndsSilent', message: 'The agents of both its ends are silent.' };
  }
  const complaints = [
    [a, fleet.complaint(a, b)],
    [b, fleet.complaint(b, a)],
  ].flatMap(([host, text]) => (text === undefined ? [] : [`${host}: ${text}`]));
  if (complaints.length === 0) {
    return { ...base, status: 'True', reason: 'Up', message: `It carries frames over ${type}.` };
  }
  const { networks } = fleet.snapshot;
  const isStar = networks.some(({ proxy }) => proxy === a || proxy === b);
  const meanwhile = isStar
    ? 'Fast paths over it take the star; what needs it for the star waits.'
    : 'Its frames take the star.';
  return {
    ...base,
    status: 'False',
    reason: 'Down',
    message: `${meanwhile} Link of type ${type}. ${complaints.join(' ')}`,
  };
}

/** Whether the star of a network is whole. */
function networkCondition(fleet: Fleet, { name, proxy, lan }: SnapshotNetwork, ends: LinkEndsOf): ConditionDraft {
  const base = { object: `virtual-network/${name}`, type: 'Ready' as const };
  const { current } = fleet.snapshot;
  const joined = [...fleet.connected].filter((host) => host !== proxy && current.get(host)?.networks.has(name)).sort();
  // A host that may have no link to the Proxy holds no VM of the network, and nothing is missing there.
  const isLeftOut = (host: string) =>
    current.has(proxy) && !current.get(host)?.links.has(proxy) && ends(host, proxy).kind === 'forbidden';
  const leaves = joined.filter((host) => !isLeftOut(host));
  const isHeard = (host: string) => fleet.isUp(host, proxy) && (!fleet.connected.has(proxy) || fleet.isUp(proxy, host));
  const cut = leaves.filter((host) => !isHeard(host));
  const consequence =
    'Fast paths that there are go on. Frames without one, broadcasts, and the LAN if there is one, do not reach';
  if (!fleet.connected.has(proxy)) {
    const unheard = leaves.length > 0 && cut.length === leaves.length;
    const message = unheard
      ? `Its Proxy ${proxy} is lost: its agent is not connected and no host hears it. ${consequence} anybody. It heals when ${proxy} is back; if it is gone for good, name another Proxy and remove its Host.`
      : `The agent of its Proxy ${proxy} is not connected. Frames go on over it, but nothing of the network can be changed there. Look at the agent's log.`;
    return { ...base, status: 'False', reason: unheard ? 'ProxyLost' : 'ProxySilent', message };
  }
  if (cut.length > 0) {
    const message = `Without a working link to its Proxy ${proxy}: ${cut.join(', ')}. ${consequence} VMs there. See the conditions of these links.`;
    return { ...base, status: 'False', reason: 'StarBroken', message };
  }
  const fault = fleet.fault('lan', proxy, name);
  if (lan !== undefined && fault !== undefined) {
    return {
      ...base,
      status: 'False',
      reason: 'LanFault',
      message: `It is not bridged to the LAN on ${proxy}: ${fault}`,
    };
  }
  const others = bridges(current, name).filter((host) => host !== proxy);
  if (lan !== undefined && others.length > 0 && !bridges(current, name).includes(proxy)) {
    const message = `It is not bridged to the LAN on ${proxy}, because ${others.join(', ')} may still bridge it: wait for the agent there, or remove the Host if it is gone for good.`;
    return { ...base, status: 'False', reason: 'LanClosed', message };
  }
  return { ...base, status: 'True', reason: 'Whole', message: `All hosts reach its Proxy ${proxy}.` };
}
