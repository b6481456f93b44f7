import type {
  ApplicationView,
  DemandList,
  FleetView,
  PathList,
  Topology,
  Traffic,
  VmDemand,
} from '../../schema/generated/types.js';
import type { Inferred } from '../ports.js';

type Vms = FleetView['vms'];

/** What VTTIF infers, with the names of VMs beside their addresses. */
export function demandList(traffic: Traffic, vms: Vms): DemandList {
  const { declaredAtMs, smoothingIntervalMs, computes = [] } = traffic;
  return {
    format_version: '1',
    declaredAtMs,
    smoothingIntervalMs,
    demands: demandsOf(traffic, vms),
    applications: applicationsOf(traffic, vms),
    computes,
  };
}

export function pathList(inferred: Inferred): PathList {
  return { format_version: '1', paths: inferred.paths(), bottlenecks: inferred.bottlenecks() };
}

/** Applications above, the underlay below, and where they meet. */
export function topology(inferred: Inferred, { hosts, vms }: Pick<FleetView, 'hosts' | 'vms'>): Topology {
  const traffic = inferred.traffic();
  const residents = new Map<string | null, string[]>();
  for (const { name, host } of vms) residents.set(host, [...(residents.get(host) ?? []), name]);
  return {
    format_version: '1',
    declaredAtMs: traffic.declaredAtMs,
    hosts: hosts.map(({ name, site }) => ({ name, site, vms: residents.get(name) ?? [] })),
    applications: applicationsOf(traffic, vms),
    demands: demandsOf(traffic, vms),
    paths: inferred.paths(),
    bottlenecks: inferred.bottlenecks(),
  };
}

function demandsOf({ demands }: Traffic, vms: Vms): VmDemand[] {
  const nameOf = names(vms);
  return demands.map(({ network, source, destination, rateMbps, deviationMbps, origin }) => {
    const [sourceVm, destinationVm] = [nameOf.get(source), nameOf.get(destination)];
    return {
      network,
      source,
      destination,
      ...(sourceVm === undefined ? {} : { sourceVm }),
      ...(destinationVm === undefined ? {} : { destinationVm }),
      rateMbps,
      ...(deviationMbps === undefined ? {} : { deviationMbps }),
      origin,
    };
  });
}

function applicationsOf({ applications = [] }: Traffic, vms: Vms): ApplicationView[] {
  const nameOf = names(vms);
  return applications.map(({ vms: addresses, ...application }) => {
    const members = addresses.map((address) => {
      const vm = nameOf.get(address);
      return vm === undefined ? { address } : { address, vm };
    });
    return { ...application, members };
  });
}

function names(vms: Vms): Map<string, string> {
  return new Map(vms.flatMap(({ name, macs }) => macs.map((mac): [string, string] => [mac, name])));
}
