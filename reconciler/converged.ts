import { laterOf } from '../schema/adjusted-schedule.js';
import type { HostReport, Rule, VmSchedule } from '../schema/generated/types.js';
import { canonicalJson } from './model/canonical.js';
import { type HostConfig, ruleName } from './model/fleet-state.js';

/**
 * Whether a host is what it was told to be: networks, rules, guests, schedules and link ends exactly, whether or not its links are up. A link
 * that cannot be set up, with the rules over it, holds nobody else up, nor does a LAN, nor a schedule that was admitted and cannot be
 * enforced, because of what runs in the VM. Guests in `awaited` may still be on their way.
 */
export function converged(report: HostReport, wanted: HostConfig, awaited: string[]): boolean {
  const lost = lostLinks(report, wanted);
  const excuses = lost.size > 0 ? ['lan', 'schedule', 'link', 'rule'] : ['lan', 'schedule'];
  if (report.faults.some(({ kind }) => !excuses.includes(kind))) return false;
  const links = [...wanted.links.values()].filter(({ peer }) => !lost.has(peer));
  return (
    guestsConverged(report, wanted, awaited) &&
    same(report.networks, [...wanted.networks.values()]) &&
    schedulesConverged(report.schedules ?? [], wanted) &&
    same(
      report.links.map(({ link }) => link).filter(({ peer }) => !lost.has(peer)),
      links,
    ) &&
    rulesConverged(report, wanted, lost)
  );
}

/** What a user has chosen since holds nobody up: hosts go on from it. */
function schedulesConverged(reported: readonly VmSchedule[], { schedules }: HostConfig): boolean {
  const expected = reported.map((schedule): VmSchedule | undefined => {
    const { vm, cpus, adjusted } = schedule;
    const wanted = schedules.get(vm);
    const isNewer =
      adjusted !== undefined && wanted?.adjusted !== adjusted && laterOf(wanted?.adjusted, adjusted) === adjusted;
    return wanted !== undefined && isNewer ? { ...wanted, cpus, adjusted } : wanted;
  });
  return reported.length === schedules.size && same([...reported], expected);
}

/** Peers of links that the host could not set up, and says so. */
function lostLinks({ faults }: HostReport, { links }: HostConfig): ReadonlySet<string> {
  const subjects = faults.filter(({ kind }) => kind === 'link').map(({ subject }) => subject);
  return new Set(subjects.filter((subject) => links.has(subject)));
}

function guestsConverged({ guests }: HostReport, wanted: HostConfig, awaited: string[]): boolean {
  const waiting = new Set(awaited);
  const phases = new Map(guests.map(({ guest, phase }) => [guest.name, phase]));
  const present = guests.filter(({ phase }) => phase !== 'awaited').map(({ guest }) => guest.name);
  return (
    [...wanted.guests.keys()].every(
      (name) => phases.get(name) === 'running' || (waiting.has(name) && phases.get(name) === 'awaited'),
    ) && present.every((name) => wanted.guests.has(name))
  );
}

function rulesConverged({ rules }: HostReport, wanted: HostConfig, lost: ReadonlySet<string>): boolean {
  if (lost.size === 0) return same(rules, [...wanted.rules.values()]);
  const isOverLost = ({ to }: Rule) => to.some((output) => output.kind === 'link' && lost.has(output.peer));
  const held = new Set(rules.map(canonicalJson));
  return (
    rules.every((rule) => wanted.rules.has(ruleName(rule))) &&
    [...wanted.rules.values()].every((rule) => isOverLost(rule) || held.has(canonicalJson(rule)))
  );
}

/** Equal as sets. */
function same(a: unknown[], b: unknown[]): boolean {
  if (a.length !== b.length) return false;
  const known = new Set(a.map(canonicalJson));
  return b.every((item) => known.has(canonicalJson(item)));
}
