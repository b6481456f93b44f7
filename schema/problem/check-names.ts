import type { FieldPath } from '../validate/document.js';
import type { Findings } from './findings.js';
import type { Entries, ShapedProblem } from './shaped-problem.js';

/** Names that things of one kind have. */
interface Known {
  what: string;
  names: ReadonlySet<string>;
  /** Whether there may be others, because some cannot be read. */
  isOpen: boolean;
}

/** Names are there once, and lead somewhere. */
export function checkNames(problem: ShapedProblem, findings: Findings): void {
  const hosts = named('host', problem.hosts, ['hosts'], findings);
  const vms = named('VM', problem.vms, ['vms'], findings);
  const shared = named('shared bottleneck', problem.shared, ['network', 'shared'], findings);
  named('group', problem.groups, ['groups'], findings);
  const siteNames = problem.hosts.sound.flatMap(({ value }) => value.site ?? []);
  const isOpen = problem.hosts.otherNames.length > 0 || problem.hosts.hasUnnamed;
  const sites: Known = { what: 'site', names: new Set(siteNames), isOpen };

  checkVms(problem, { hosts, sites }, findings);
  checkDemands(problem, vms, findings);
  for (const { value, place } of problem.groups.sound) checkList(vms, value.vms, ['groups', place, 'vms'], findings);
  for (const { value, place } of problem.links.sound) {
    const field = ['network', 'links', place];
    checkName(hosts, value.from, [...field, 'from'], findings);
    checkName(hosts, value.to, [...field, 'to'], findings);
    checkList(shared, value.through ?? [], [...field, 'through'], findings);
  }
  if (problem.star !== null) checkName(hosts, problem.star, ['network', 'star'], findings);
  const levels = (problem.zones?.levels ?? []).map((value, place) => ({ value, place }));
  named('level', { sound: levels, otherNames: [], hasUnnamed: false }, ['network', 'levels'], findings);
}

function named(what: string, entries: Entries<{ name: string }>, field: FieldPath, findings: Findings): Known {
  const names = new Set<string>();
  for (const { value, place } of entries.sound) {
    if (names.has(value.name)) {
      const summary = `The name \`${value.name}\` is that of another ${what} already.`;
      findings.tell('VIRT6001', [...field, place, 'name'], summary);
    }
    names.add(value.name);
  }
  return { what, names: new Set([...names, ...entries.otherNames]), isOpen: entries.hasUnnamed };
}

function checkVms(
  { vms }: ShapedProblem,
  { hosts, sites }: Record<'hosts' | 'sites', Known>,
  findings: Findings,
): void {
  for (const { value, place } of vms.sound) {
    const field = ['vms', place];
    if (value.host !== undefined) checkName(hosts, value.host, [...field, 'host'], findings);
    if (value.pin !== undefined) checkName(hosts, value.pin, [...field, 'pin'], findings);
    checkList(hosts, value.hosts ?? [], [...field, 'hosts'], findings);
    checkList(sites, value.sites ?? [], [...field, 'sites'], findings);
  }
}

function checkDemands({ demands }: ShapedProblem, vms: Known, findings: Findings): void {
  for (const { value, place } of demands.sound) {
    checkName(vms, value.from, ['demands', place, 'from'], findings);
    checkName(vms, value.to, ['demands', place, 'to'], findings);
    if (value.from !== value.to) continue;
    findings.tell('VIRT6003', ['demands', place], `\`${value.from}\` is both ends of this demand.`);
  }
}

function checkName({ what, names, isOpen }: Known, name: string, field: FieldPath, findings: Findings): void {
  if (!isOpen && !names.has(name)) findings.tellUnknown(what, name, field, names);
}

function checkList(known: Known, list: readonly string[], field: FieldPath, findings: Findings): void {
  const seen = new Set<string>();
  list.forEach((name, place) => {
    if (seen.has(name)) findings.tell('VIRT2011', [...field, place], `\`${name}\` is in this list already.`);
    else checkName(known, name, [...field, place], findings);
    seen.add(name);
  });
}
