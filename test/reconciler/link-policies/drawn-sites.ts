import type { LinkEnd, LinkPolicy, LinkPolicyEnd } from '../../../schema/generated/types.js';
import { type Draw, drawFrom, pick, shuffled } from '../../generators/draw.js';
import type { Labels } from './link-judge.js';

type Spec = LinkPolicy['spec'];
type Type = LinkEnd['type'];

/** Sites with hosts, VMs that want to talk, and what paths say of links; without policies. */
export interface DrawnSites {
  sites: Map<string, Labels>;
  hosts: { name: string; site: string; maxGuests: number; sshPort: number }[];
  proxy: string;
  vms: { name: string; sites: string[] | null }[];
  /** By both sites, in alphabetical order. */
  links: Map<string, { type: Type; listen?: string; port?: number }>;
}

const types: Type[] = ['udp', 'tcp', 'tls', 'ssh', 'http', 'wireguard'];

export function drawnSites(seed: number): DrawnSites {
  const draw = drawFrom(seed);
  const names = ['east', 'north', 'south', 'west'].slice(0, 2 + draw(3));
  const sites = new Map(
    names.map((name): [string, Labels] => [name, draw(2) ? { zone: pick(draw, ['red', 'green']) } : {}]),
  );
  const hosts = names.flatMap((site, place) =>
    Array.from({ length: 1 + draw(2) }, (_, index) => {
      return { name: `host-${place}${index}`, site, maxGuests: 1 + draw(2), sshPort: pick(draw, [22, 22, 443]) };
    }),
  );
  const room = hosts.reduce((sum, { maxGuests }) => sum + maxGuests, 0);
  const vms = Array.from({ length: Math.min(room, 1 + draw(4)) }, (_, index) => {
    return { name: `vm-${index}`, sites: draw(4) === 0 ? [pick(draw, names)] : null };
  });
  const links: DrawnSites['links'] = new Map();
  for (const a of names) {
    for (const b of names) {
      if (a > b || draw(4) > 0) continue;
      const type = pick(draw, types);
      const isOpened = ['tcp', 'tls', 'http', 'ssh'].includes(type);
      links.set(`${a} ${b}`, {
        type,
        ...(isOpened && draw(2) ? { listen: pick(draw, [a, b]) } : {}),
        ...(isOpened && type !== 'ssh' && draw(2) ? { port: 443 } : {}),
      });
    }
  }
  return { sites, hosts, proxy: pick(draw, hosts).name, vms, links };
}

/** Policies that do not contradict themselves; any two may speak of the same sites, each with a priority of its own. */
export function drawnPolicies(seed: number, sites: readonly string[]): Map<string, Spec> {
  const draw = drawFrom(seed);
  return new Map(
    Array.from({ length: draw(5) }, (_, index): [string, Spec] => {
      const where =
        draw(4) === 0 ? { within: endOf(draw, sites) } : { between: [endOf(draw, sites), endOf(draw, sites)] };
      return [`policy-${index}`, { ...where, ...rulesOf(draw, where), priority: index }];
    }),
  );
}

function endOf(draw: Draw, sites: readonly string[]): LinkPolicyEnd {
  const which = draw(3);
  return {
    ...(which === 0
      ? { site: pick(draw, sites) }
      : which === 1
        ? { labels: { zone: pick(draw, ['red', 'green']) } }
        : {}),
    ...(draw(4) === 0 ? { opens: false } : {}),
    ...(draw(4) === 0 ? { ports: pick(draw, [[443], [22, 443], [4789]]) } : {}),
  };
}

function rulesOf(draw: Draw, where: Spec): Spec {
  if (draw(5) === 0) return { links: 'forbidden' };
  // One of the ends at least opens something.
  const [first] = where.between ?? [where.within ?? {}];
  if (first) delete first.opens;
  const few = shuffled(draw, types).slice(0, 1 + draw(3));
  const rules: Spec[] = [
    { allowed: [...few, 'tls', 'ssh'].filter((type, index, all) => all.indexOf(type) === index) as Type[] },
    { forbidden: few },
    { preferred: few },
  ];
  return { ...pick(draw, rules), ...(draw(4) === 0 ? { preferred: [], encryption: 'required' } : {}) };
}

const head = (kind: string, name: string, labels?: Labels) => {
  return { apiVersion: 'virtuoso.dev/v1alpha1', kind, metadata: { name, ...(labels ? { labels } : {}) } };
};

/** As files; JSON is YAML too. */
export function filesOf({ sites, hosts, proxy, vms, links }: DrawnSites, policies: ReadonlyMap<string, Spec>) {
  const names = [...sites.keys()];
  const pairs = names.flatMap((a) => names.flatMap((b) => (a <= b ? [[a, b] as const] : [])));
  const linkOf = (a: string, b: string) => ({ ...(links.has(`${a} ${b}`) ? { link: links.get(`${a} ${b}`) } : {}) });
  const documents = [
    ...[...sites].map(([name, labels]) => ({ ...head('Site', name, labels), spec: {} })),
    {
      ...head('Network', 'wan'),
      spec: {
        within: names.map((site) => ({ site, bandwidth: '1Gbps', ...linkOf(site, site) })),
        between: pairs.flatMap(([a, b]) => (a === b ? [] : [{ sites: [a, b], bandwidth: '100Mbps', ...linkOf(a, b) }])),
      },
    },
    ...hosts.map(({ name, site, maxGuests, sshPort }, index) => ({
      ...head('Host', name),
      spec: {
        ...{ site, maxGuests, compute: 8, memory: '8Gi', agentKey: `sha256:${'A'.repeat(43)}=` },
        interfaces: [{ name: 'eth0', network: 'wan', address: `192.0.2.${index + 1}/24` }],
        ssh: { user: 'virtuoso', port: sshPort, hostKey: `ssh-ed25519 ${'A'.repeat(60)}` },
      },
    })),
    { ...head('VirtualNetwork', 'lan'), spec: { vni: 1, proxy } },
    ...vms.map(({ name, sites: placed }, index) => ({
      ...head('VMSet', `set-${name}`),
      spec: {
        ...{ network: 'lan', compute: 1, memory: '256Mi', members: [{ name }] },
        ...(placed ? { placement: { sites: placed } } : {}),
        ...(index > 0 ? { demands: [{ from: name, to: 'vm-0', bandwidth: '20Mbps' }] } : {}),
      },
    })),
    {
      ...head('Adaptation', 'quick'),
      spec: { vadapt: { iterations: 200, algorithm: hosts.length % 3 === 0 ? 'engine' : 'greedy-order' } },
    },
    ...[...policies].map(([name, { preferred, ...spec }]) => ({
      ...head('LinkPolicy', name),
      spec: { ...spec, ...(preferred?.length ? { preferred } : {}) },
    })),
  ];
  return documents.map((document, index) => ({ path: `policies/${index}.yaml`, text: JSON.stringify(document) }));
}
