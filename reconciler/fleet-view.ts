import type { FleetView, LinkView, VmView } from '../schema/generated/types.js';
import type { Snapshot } from './model/snapshot.js';

type Now = Pick<FleetView, 'pass' | 'phase' | 'traffic' | 'score' | 'gangs'>;

/** Before there are documents. */
export function emptyView(now: Now): FleetView {
  return { format_version: '1', source: null, ...now, hosts: [], vms: [], links: [] };
}

/** A snapshot as dashboards and scripts see it. */
export function fleetView(snapshot: Snapshot, now: Now): FleetView {
  return {
    format_version: '1',
    source: snapshot.source,
    ...now,
    hosts: snapshot.hosts.map(({ name, site, presence, report }) => ({
      name,
      site,
      presence,
      guests: (report?.guests ?? []).map(({ guest }) => guest.name).sort(),
    })),
    vms: [...snapshot.vms.map((vm) => vmView(snapshot, vm)), ...strayViews(snapshot)].sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
    links: linkViews(snapshot),
  };
}

function vmView(snapshot: Snapshot, vm: Snapshot['vms'][number]): VmView {
  const host = snapshot.hosts.find(({ name }) => name === vm.host);
  const reported = host?.report?.guests.find(({ guest }) => guest.name === vm.name);
  const phase = !host ? 'absent' : host.presence === 'connected' ? (reported?.phase ?? 'absent') : 'unknown';
  return { name: vm.name, host: vm.host, phase, macs: [vm.spec.mac] };
}

function strayViews(snapshot: Snapshot): VmView[] {
  return snapshot.strays.map(({ guest, host }) => ({ name: guest.name, host, phase: 'running', macs: [guest.mac] }));
}

function linkViews(snapshot: Snapshot): LinkView[] {
  const proxies = new Set(snapshot.networks.map(({ proxy }) => proxy));
  const reports = new Map(
    snapshot.hosts.flatMap(({ name, report }) =>
      (report?.links ?? []).map((end) => [`${name} ${end.link.peer}`, end] as const),
    ),
  );
  const pairs = new Map<string, LinkView>();
  for (const [host, { links }] of snapshot.current) {
    for (const [peer, { type }] of links) {
      const [a, b] = host < peer ? [host, peer] : [peer, host];
      const ends = [reports.get(`${a} ${b}`), reports.get(`${b} ${a}`)];
      const trouble = ends.flatMap((end) => end?.trouble ?? []).join(' ');
      const star = proxies.has(a) || proxies.has(b);
      const up = ends.every((end) => end?.up);
      pairs.set(`${a} ${b}`, { a, b, star, up, type, ...(trouble === '' ? {} : { trouble }) });
    }
  }
  return [...pairs.keys()].sort().flatMap((key) => pairs.get(key) ?? []);
}
