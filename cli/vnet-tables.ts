import type { HostDetail, LinkEnd, LinkReport, Output } from '../schema/generated/types.js';
import { columns } from './columns.js';

/** What VNET is made of on every host. */
export type VnetPart = 'interfaces' | 'links' | 'rules' | 'networks';

type Row = string[];

const heads: Record<VnetPart, Row> = {
  interfaces: ['HOST', 'NETWORK', 'PORT', 'ADDRESS', 'PHASE'],
  links: ['HOST', 'PEER', 'TYPE', 'OVER', 'STATE', 'SET UP', 'TROUBLE'],
  rules: ['HOST', 'NETWORK', 'SOURCE', 'DESTINATION', 'TO'],
  networks: ['NETWORK', 'VNI', 'MTU', 'PROXY', 'LAN', 'HOSTS', 'VMS'],
};

/** One part of VNET as its agents report it, in aligned columns. */
export function vnetTable(part: VnetPart, hosts: readonly HostDetail[]): string {
  const rows = part === 'networks' ? networkRows(hosts) : hosts.flatMap((host) => rowsOf(part, host));
  return `${columns([heads[part], ...rows]).join('\n')}\n`;
}

/** The same as data. */
export function vnetData(part: VnetPart, hosts: readonly HostDetail[]): unknown[] {
  if (part === 'networks') {
    return networkRows(hosts).map(([name, vni, mtu, proxy, lan, on, vms]) => {
      return {
        name,
        vni: Number(vni),
        mtu: Number(mtu),
        proxy,
        lan: lan === '-' ? null : lan,
        hosts: Number(on),
        vms: Number(vms),
      };
    });
  }
  return hosts.flatMap(({ host, report }): unknown[] => {
    if (part === 'links') return report.links.map((link) => ({ host, ...link }));
    if (part === 'rules') return report.rules.map((rule) => ({ host, ...rule }));
    return report.guests.map(({ guest, phase }) => {
      return { host, network: guest.network, guest: guest.name, mac: guest.mac, address: guest.address ?? null, phase };
    });
  });
}

function rowsOf(part: Exclude<VnetPart, 'networks'>, { host, report, connected }: HostDetail): Row[] {
  if (part === 'interfaces') {
    return report.guests.map(({ guest, phase }) => {
      return [host, guest.network, guest.name, [guest.mac, guest.address ?? ''].join(' ').trim(), phase];
    });
  }
  if (part === 'rules') {
    return report.rules.map(({ network, source, destination, to }) => {
      return [host, network, source, destination, to.map(outputText).join(', ')];
    });
  }
  return report.links.map((link) => linkRow(host, link, connected));
}

function linkRow(host: string, { link, up, setUpMs, trouble }: LinkReport, connected: boolean): Row {
  const state = connected ? (up ? 'up' : 'down') : up ? 'was up' : 'was down';
  const time = setUpMs > 0 ? `${setUpMs.toFixed(0)} ms` : '-';
  return [host, link.peer, link.type, overText(link), state, time, trouble ?? ''];
}

/** The underlay that a link end uses. */
function overText({ local, remote, port, remotePort }: LinkEnd): string {
  const far = remotePort ?? port;
  return `${local} -> ${remote}${far === undefined ? '' : `:${far}`}`;
}

export function outputText(output: Output): string {
  if (output.kind === 'port') return output.guest;
  return output.kind === 'link' ? `link ${output.peer}` : 'LAN';
}

function networkRows(hosts: readonly HostDetail[]): Row[] {
  const all = hosts.flatMap(({ host, report }) => report.networks.map((network) => ({ host, network })));
  const names = [...new Set(all.map(({ network }) => network.name))].sort();
  return names.flatMap((name) => {
    const on = all.filter(({ network }) => network.name === name);
    const [first] = on;
    if (!first) return [];
    const { vni, mtu, proxy } = first.network;
    const lan = on.flatMap(({ host, network }) => (network.lan ? [`${host}/${network.lan}`] : [])).join(', ');
    const vms = hosts.flatMap(({ report }) => report.guests.filter(({ guest }) => guest.network === name)).length;
    return [[name, String(vni), String(mtu), proxy, lan || '-', String(on.length), String(vms)]];
  });
}
