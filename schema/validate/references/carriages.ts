import type { Diagnostic, LinkCarriage } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import type { FieldPath, Located } from '../document.js';
import { type Check, place, type Repository } from './repository.js';

type LinkType = LinkCarriage['type'];

/** An entry of a Network with a `link`. */
interface Entry {
  network: Located<'Network'>;
  sites: readonly string[];
  link: LinkCarriage;
  field: FieldPath;
}

/** Links can cross every path as its entry asks: it says what the type needs, and hosts have what the type needs. */
export const checkCarriages: Check = (repository) => {
  if (!repository.isComplete('Network')) return [];
  const entries = repository.of('Network').flatMap(entriesOf);
  const own = entries.flatMap((entry) => [...uselessSettings(entry), ...wrongListener(entry), ...missingServer(entry)]);
  return repository.isComplete('Host') ? [...own, ...missingInHosts(repository, entries)] : own;
};

function entriesOf(network: Located<'Network'>): Entry[] {
  const { within = [], between = [] } = network.document.spec;
  return [
    ...within.map(({ site, link }, index) => ({ sites: [site], link, field: ['spec', 'within', index, 'link'] })),
    ...between.map(({ sites, link }, index) => ({ sites, link, field: ['spec', 'between', index, 'link'] })),
  ].flatMap(({ link, ...entry }) => (link ? [{ network, ...entry, link }] : []));
}

const settings: Record<LinkType, readonly (keyof LinkCarriage)[]> = {
  udp: [],
  tcp: ['port', 'listen'],
  tls: ['port', 'listen'],
  ssh: ['listen'],
  http: ['port', 'listen', 'http'],
  wireguard: ['port'],
  stun: ['port', 'stun'],
};

function uselessSettings({ network, link, field }: Entry): Diagnostic[] {
  const known = settings[link.type];
  return (['port', 'listen', 'http', 'stun'] as const)
    .filter((name) => link[name] !== undefined && !known.includes(name))
    .map((name) => {
      const choice = known.length > 0 ? `it has ${known.map((each) => `\`${each}\``).join(', ')}` : 'it has none';
      const summary = `Links of type \`${link.type}\` have no \`${name}\`: ${choice}.`;
      return broken('VIRT3020', network.locate([...field, name]), summary);
    });
}

function wrongListener({ network, sites, link, field }: Entry): Diagnostic[] {
  const { listen } = link;
  if (listen === undefined || sites.includes(listen)) return [];
  const summary = `\`${listen}\` is no end of this path; ${sites.map((site) => `\`${site}\``).join(' and ')} can listen.`;
  return [broken('VIRT3019', network.locate([...field, 'listen']), summary)];
}

function missingServer({ network, link, field }: Entry): Diagnostic[] {
  if (link.type !== 'stun' || link.stun !== undefined) return [];
  return [broken('VIRT3021', network.locate([...field, 'type']), 'Links of type `stun` need a STUN server.')];
}

/** What hosts at an end of a path lack; each host is told once for each field. */
function missingInHosts(repository: Repository, entries: readonly Entry[]): Diagnostic[] {
  const lackSsh = new Map<Located<'Host'>, Entry>();
  const lackKey = new Map<Located<'Host'>, Entry>();
  for (const entry of entries) {
    const { type, http } = entry.link;
    const isPinned = type === 'tls' || (type === 'http' && http?.secure !== false);
    if (type !== 'ssh' && !isPinned) continue;
    for (const { host, listens } of endsOf(repository, entry)) {
      const { ssh, agentKey } = host.document.spec;
      if (type === 'ssh' && listens && !ssh && !lackSsh.has(host)) lackSsh.set(host, entry);
      if (isPinned && agentKey === undefined && !lackKey.has(host)) lackKey.set(host, entry);
    }
  }
  return [
    ...[...lackSsh].map(([host, entry]) => {
      const summary = `The host has no \`ssh\`, but others reach it through its SSH server: ${asked(entry)}.`;
      return broken('VIRT3022', host.locate(['metadata', 'name']), summary);
    }),
    ...[...lackKey].map(([host, entry]) => {
      const summary = `The host has no \`agentKey\`, but its peers have to know its key: ${asked(entry)}.`;
      return broken('VIRT3023', host.locate(['metadata', 'name']), summary);
    }),
  ];
}

function asked({ network, link, field }: Entry): string {
  return `${place(network.locate(field))} asks for links of type \`${link.type}\``;
}

/** Hosts with an interface at either end of the path and a peer there, and whether a peer may have to connect to them. */
function endsOf(
  repository: Repository,
  { network, sites, link }: Entry,
): { host: Located<'Host'>; listens: boolean }[] {
  const { name } = network.document.metadata;
  const at = (site: string | undefined) =>
    repository
      .of('Host')
      .filter(({ document: { spec } }) => spec.site === site && spec.interfaces.some((each) => each.network === name));
  const [here, there = here] = sites.map(at);
  if (!here || !there) return [];
  const nameOf = (host: Located<'Host'>) => host.document.metadata.name;
  const last = (hosts: Located<'Host'>[]) => hosts.map(nameOf).sort().at(-1) ?? '';
  const ends = (hosts: Located<'Host'>[], peers: Located<'Host'>[]) =>
    hosts
      .filter((host) => peers.some((peer) => peer !== host))
      .map((host) => ({ host, listens: listensTo(host, last(peers)) }));
  const listensTo = (host: Located<'Host'>, lastPeer: string) =>
    sites.length === 2 && link.listen !== undefined ? link.listen === host.document.spec.site : nameOf(host) < lastPeer;
  return here === there ? ends(here, here) : [...ends(here, there), ...ends(there, here)];
}
