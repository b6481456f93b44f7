import type { HostReport } from '../schema/generated/types.js';
import { canonicalJson } from './model/canonical.js';
import type { HostConfig } from './model/fleet-state.js';

/**
 * Whether a host is what it was told to be: networks, rules and guests exactly, links up at least at this end. Guests in `awaited`
 * may still be on their way.
 */
export function converged(report: HostReport, wanted: HostConfig, awaited: string[]): boolean {
  if (report.faults.length > 0) return false;
  const waiting = new Set(awaited);
  const phases = new Map(report.guests.map(({ guest, phase }) => [guest.name, phase]));
  const present = report.guests.filter(({ phase }) => phase !== 'awaited').map(({ guest }) => guest.name);
  return (
    [...wanted.guests.keys()].every(
      (name) => phases.get(name) === 'running' || (waiting.has(name) && phases.get(name) === 'awaited'),
    ) &&
    present.every((name) => wanted.guests.has(name)) &&
    same(report.networks, [...wanted.networks.values()]) &&
    same(
      report.links.map(({ link }) => link),
      [...wanted.links.values()],
    ) &&
    same(report.rules, [...wanted.rules.values()])
  );
}

/** Equal as sets. */
function same(a: unknown[], b: unknown[]): boolean {
  if (a.length !== b.length) return false;
  const known = new Set(a.map(canonicalJson));
  return b.every((item) => known.has(canonicalJson(item)));
}
