import type { GuestReport, HostReport, LinkReport, Observed, Placement } from '../../schema/generated/types.js';
import { emptyHost, type FleetState, type HostConfig } from '../model/fleet-state.js';

/**
 * What would have been observed had the fleet been in another state: hosts report that one, and all else stays as it was seen. A host that
 * had not reported is left as it is. Links that were not there are taken to be up.
 */
export function observedAs(observed: Observed, state: FleetState): Observed {
  const hosts = observed.hosts.map((status) => {
    const config = state.get(status.host);
    return config === undefined ? status : { ...status, report: reportAs(status.report, config) };
  });
  return { ...observed, hosts, lastPlacement: placementIn(observed, state) };
}

function reportAs(report: HostReport, config: HostConfig): HostReport {
  const { schedules: _schedules, ...rest } = report;
  const links = new Map(report.links.map((each) => [each.link.peer, each]));
  const schedules = valuesOf(config.schedules);
  return {
    ...rest,
    networks: valuesOf(config.networks),
    links: valuesOf(config.links).map((link): LinkReport => {
      const known = links.get(link.peer);
      return known ? { ...known, link } : { link, up: true, setUpMs: 0 };
    }),
    guests: valuesOf(config.guests).map((guest): GuestReport => ({ guest, phase: 'running' })),
    rules: valuesOf(config.rules),
    ...(schedules.length > 0 ? { schedules } : {}),
  };
}

/** Hosts that have not reported may still hold VMs that were seen there. */
function placementIn({ hosts, lastPlacement }: Observed, state: FleetState): Placement[] {
  const reported = new Set(hosts.map(({ host }) => host));
  const placed = [...reported].flatMap((host) => {
    return [...(state.get(host) ?? emptyHost()).guests.keys()].map((vm): Placement => ({ vm, host }));
  });
  const known = new Set(placed.map(({ vm }) => vm));
  const unheard = lastPlacement.filter(({ vm, host }) => !reported.has(host) && !known.has(vm));
  return [...placed, ...unheard].sort((a, b) => (a.vm < b.vm ? -1 : 1));
}

/** By key, so that the order in which a state came about tells nothing. */
function valuesOf<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
