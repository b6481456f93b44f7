import { type Configuration, type FastPath, starPath } from '../model/configuration.js';
import type { FleetState } from '../model/fleet-state.js';
import { trace } from '../model/trace.js';
import { pairRules } from './pair-rules.js';
import { byAddress, residents } from './residents.js';

/**
 * The configuration that a fleet runs. A pair has a fast path when its source's host has a rule for it and frames arrive, other
 * than over the star. Rules that lead nowhere, or that no frame meets, are not part of the configuration.
 */
export function configurationOf(state: FleetState): Configuration {
  const located = residents(state);
  const at = byAddress(located);
  const paths: FastPath[] = [];
  for (const { network, source, destination, rules } of pairRules(state).values()) {
    const from = at.get(`${network} ${source}`);
    const to = at.get(`${network} ${destination}`);
    if (!from || !to || !rules.has(from.host)) continue;
    const way = trace(state, network, from.host, source, destination);
    if (way.kind !== 'delivered' || way.guest !== to.name) continue;
    const proxy = state.get(from.host)?.networks.get(network)?.proxy;
    const star = proxy === undefined ? [] : starPath(from.host, to.host, proxy);
    if (way.hosts.length < 2 || way.hosts.join(' ') === star.join(' ')) continue;
    paths.push({ source: from.name, destination: to.name, hosts: way.hosts });
  }
  const mapping = new Map([...located].map(([name, { host }]) => [name, host]));
  return { mapping, paths: paths.sort(bySourceThenDestination) };
}

function bySourceThenDestination(a: FastPath, b: FastPath): number {
  if (a.source !== b.source) return a.source < b.source ? -1 : 1;
  return a.destination < b.destination ? -1 : 1;
}
