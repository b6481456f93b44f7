import type { HostReport, Observed } from '../../schema/generated/types.js';
import { emptyHost, type FleetState, type HostConfig, ruleName } from '../model/fleet-state.js';
import type { Whereabouts } from './whereabouts.js';

/** What is in effect on each host of the inventory, as it last reported; a host that never did has nothing. */
export function currentState(
  hosts: readonly string[],
  observed: Pick<Observed, 'hosts'>,
  { hostOf }: Whereabouts,
): FleetState {
  const reports = new Map(observed.hosts.map(({ host, report }) => [host, report]));
  return new Map(
    hosts.map((host) => {
      const report = reports.get(host);
      return [host, report ? hostConfig(report, hostOf) : emptyHost()];
    }),
  );
}

function hostConfig(report: HostReport, hostOf: Map<string, string>): HostConfig {
  // A guest that runs where it is not believed to be is there all the same: it has to be removed.
  const isHere = ({ guest, phase }: HostReport['guests'][number]) =>
    phase === 'running' || (phase !== 'failed' && hostOf.get(guest.name) === report.host);
  return {
    networks: byKey(report.networks, ({ name }) => name),
    links: byKey(
      report.links.map(({ link }) => link),
      ({ peer }) => peer,
    ),
    guests: byKey(
      report.guests.filter(isHere).map(({ guest: { from: _from, ...guest } }) => guest),
      ({ name }) => name,
    ),
    rules: byKey(report.rules, ruleName),
    schedules: byKey(report.schedules ?? [], ({ vm }) => vm),
  };
}

function byKey<T>(items: readonly T[], key: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [key(item), item]));
}
