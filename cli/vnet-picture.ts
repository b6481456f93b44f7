import type { HostDetail, LinkReport } from '../schema/generated/types.js';
import type { Drawing, DrawnEdge } from './drawing.js';

/** The overlay: hosts with their VMs; bold lines are fast-path links, dotted ones are down. */
export function vnetDrawing(hosts: readonly HostDetail[]): Drawing {
  const nodes = hosts.map(({ host, connected, report }) => {
    const vms = report.guests.map(({ guest }) => guest.name).join(', ');
    return { id: host, label: [host + (connected ? '' : ' (silent)'), vms].filter(Boolean), shape: 'box' as const };
  });
  return { isDirected: false, nodes, groups: [], edges: edges(hosts), note: '' };
}

/** Every link once; it is up if both ends say so. */
function edges(hosts: readonly HostDetail[]): DrawnEdge[] {
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
      const [from = '', to = ''] = name.split(' ');
      const isUp = both.length === 2 && both.every((end) => end.up);
      const isStar = proxies.has(from) || proxies.has(to);
      return { from, to, label: both[0]?.link.type ?? 'udp', style: isUp ? (isStar ? 'solid' : 'bold') : 'dotted' };
    });
}
