import type { HostDetail, LinkReport } from '../schema/generated/types.js';

interface Line {
  a: string;
  b: string;
  type: string;
  up: boolean;
  star: boolean;
}

/** The overlay as a Mermaid flowchart: hosts with their VMs; thick lines are fast-path links, dotted ones are down. */
export function mermaid(hosts: readonly HostDetail[]): string {
  const id = ids(hosts);
  const nodes = hosts.map(({ host, connected, report }) => {
    const vms = report.guests.map(({ guest }) => guest.name).join(', ');
    return `  ${id(host)}["${[host + (connected ? '' : ' (silent)'), vms].filter(Boolean).join('<br/>')}"]`;
  });
  const edges = lines(hosts).map(({ a, b, type, up, star }) => {
    const stroke = up ? (star ? '---' : '===') : '-.-';
    return `  ${id(a)} ${stroke}|${type}| ${id(b)}`;
  });
  return ['graph LR', ...nodes, ...edges, ''].join('\n');
}

/** The same for Graphviz. */
export function dot(hosts: readonly HostDetail[]): string {
  const nodes = hosts.map(({ host, connected, report }) => {
    const vms = report.guests.map(({ guest }) => guest.name).join(', ');
    const label = [host + (connected ? '' : ' (silent)'), vms].filter(Boolean).join('\\n');
    return `  "${host}" [label="${label}"];`;
  });
  const edges = lines(hosts).map(({ a, b, type, up, star }) => {
    const style = up ? (star ? 'solid' : 'bold') : 'dotted';
    return `  "${a}" -- "${b}" [label="${type}", style=${style}];`;
  });
  return ['graph virtuoso {', '  node [shape=box];', ...nodes, ...edges, '}', ''].join('\n');
}

/** Every link once; it is up if both ends say so. */
function lines(hosts: readonly HostDetail[]): Line[] {
  const proxies = new Set(hosts.flatMap(({ report }) => report.networks.map(({ proxy }) => proxy)));
  const ends = new Map<string, LinkReport[]>();
  for (const { host, report } of hosts) {
    for (const each of report.links) {
      const name = [host, each.link.peer].sort().join(' ');
      ends.set(name, [...(ends.get(name) ?? []), each]);
    }
  }
  return [...ends]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, both]) => {
      const [a = '', b = ''] = name.split(' ');
      const up = both.length === 2 && both.every((end) => end.up);
      return { a, b, type: both[0]?.link.type ?? 'udp', up, star: proxies.has(a) || proxies.has(b) };
    });
}

/** Mermaid takes letters, digits and underscores for the names of nodes. */
function ids(hosts: readonly HostDetail[]): (host: string) => string {
  const order = new Map(hosts.map(({ host }, index) => [host, `h${index}`]));
  return (host) => order.get(host) ?? `x_${host.replaceAll('-', '_')}`;
}
