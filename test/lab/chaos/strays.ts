import { interfaceNames } from '../../../agents/linux/ip.js';
import { NetworkNamespace, namespacePath } from '../../../agents/linux/namespace.js';
import { portDevice } from '../../../agents/vmm/netns-guest.js';
import { loadedCores } from '../../../agents/vnet/loaded-cores.js';
import type { LabNames } from '../../../lab/names.js';
import type { HostDetail } from '../../../schema/generated/types.js';
import { programs } from './disturbances.js';

/** Devices of a host beside those of guests and links. */
const fixed = new Set(['lo', 'eth0', 'control', 'vnet', 'vnet-pulse']);

/** What is on the hosts of a lab that nothing they report accounts for, after everything has healed. */
export function strays(names: LabNames, hosts: readonly HostDetail[]): string[] {
  const cores = loadedCores().filter((owner) => owner.startsWith(`${names.lab}/`));
  return hosts.flatMap(({ host, report }) => {
    const namespace = new NetworkNamespace(namespacePath(names.host(host)));
    const devices = namespace.within(interfaceNames);
    namespace.close();
    const ports = new Set(report.guests.map(({ guest }) => portDevice(guest.name)));
    const others = devices.filter((device) => !fixed.has(device) && !ports.has(device));
    const streams = report.links.filter(({ link }) => ['tcp', 'tls', 'http', 'ssh'].includes(link.type));
    const found =
      others.length === streams.length ? [] : [`${host}: devices ${others.join(' ')} for ${streams.length} links`];
    const running = programs(names.host(host)).map(({ command }) => command);
    const count = (pattern: RegExp) => running.filter((command) => pattern.test(command)).length;
    const connecting = streams.filter(({ link }) => link.role === 'connect');
    const expected: [string, number, number][] = [
      ['keep-alives', count(/^virtuoso-pulse\b/), 1],
      ['connecting pumps', count(/^virtuoso-pump connect\b/), connecting.length],
      ['SSH clients', count(/^ssh\b/), connecting.filter(({ link }) => link.type === 'ssh').length],
      ['agents', count(/^node .*\bagent run\b/), 1],
      ['cores in the kernel', cores.filter((owner) => owner === `${names.lab}/${host}`).length, 1],
    ];
    return [
      ...found,
      ...expected.flatMap(([what, is, shall]) => (is === shall ? [] : [`${host}: ${is} ${what} instead of ${shall}`])),
    ];
  });
}
