import type { Findings } from './findings.js';
import type { ShapedProblem } from './shaped-problem.js';

/** Solvers keep a table of all pairs of hosts where the network does not say how they are grouped. */
const maxHostsInPairs = 5000;

/** Each different list of sites makes a list of hosts. */
const maxHostsInLists = 50_000_000;

/** What a network says fits the hosts, and hosts and limits fit the network. */
export function checkNetwork(problem: ShapedProblem, findings: Findings): void {
  const { network, hosts } = problem;
  if (network !== 'levels' && hosts.sound.length > maxHostsInPairs) {
    const summary = `There are ${hosts.sound.length} hosts; in a network that is no hierarchy of zones, there can be ${maxHostsInPairs}.`;
    findings.tell('VIRT6011', ['hosts'], summary);
  }
  const lists = new Set(problem.vms.sound.map(({ value }) => JSON.stringify(value.sites)));
  if (lists.size * hosts.sound.length > maxHostsInLists) {
    const summary = `VMs have ${lists.size} different lists of sites on ${hosts.sound.length} hosts.`;
    findings.tell('VIRT6011', ['vms'], summary, 'Let more VMs have the same `sites`.');
  }
  checkZones(problem, findings);
  if (network === 'links') checkLinks(problem, findings);
  if (network === 'latencyMs') checkMatrix(problem, findings);
  if (network !== null && network !== 'links') checkNoCapacities(problem, findings);
}

function checkZones({ zones, network, hosts }: ShapedProblem, findings: Findings): void {
  if (network === 'levels' && zones === null) return;
  const levels = zones?.levels.length ?? 0;
  for (const { value, place } of hosts.sound) {
    const count = value.zones?.length ?? 0;
    if (count === levels) continue;
    const field = ['hosts', place, ...(value.zones === undefined ? [] : ['zones'])];
    const summary = `\`${value.name}\` is in ${count} ${count === 1 ? 'zone' : 'zones'}; the network has ${levels} ${levels === 1 ? 'level' : 'levels'}.`;
    if (zones === null) findings.tell('VIRT6009', field, summary, 'Remove `zones`, or give the network `levels`.');
    else findings.tell('VIRT6007', field, summary);
  }
}

function checkLinks({ links }: ShapedProblem, findings: Findings): void {
  const seen = new Set<string>();
  for (const { value, place } of links.sound) {
    const field = ['network', 'links', place];
    const { from, to, capacityMbps, through } = value;
    if (from === to) findings.tell('VIRT6005', field, `This link begins and ends at \`${from}\`.`);
    if (capacityMbps === undefined && through === undefined)
      findings.tell('VIRT6006', field, `Nothing says what the link from \`${from}\` to \`${to}\` carries.`);
    const pair = JSON.stringify([from, to]);
    if (seen.has(pair)) findings.tell('VIRT6004', field, `There is a link from \`${from}\` to \`${to}\` already.`);
    seen.add(pair);
  }
}

function checkMatrix({ rows, hosts }: ShapedProblem, findings: Findings): void {
  const field = ['network', 'latencyMs'];
  const wanted = hosts.sound.length + hosts.otherNames.length;
  if (hosts.hasUnnamed) return;
  if (rows.length !== wanted) {
    findings.tell('VIRT6008', field, `The matrix has ${rows.length} rows for ${wanted} hosts.`);
  }
  rows.forEach((row, from) => {
    if (!Array.isArray(row)) findings.tell('VIRT2006', [...field, from], 'A row must be a list of numbers.');
    else if (row.length !== wanted)
      findings.tell('VIRT6008', [...field, from], `This row has ${row.length} numbers for ${wanted} hosts.`);
    else checkRow(row, from, findings);
  });
}

function checkRow(row: readonly unknown[], from: number, findings: Findings): void {
  const place = row.findIndex((ms) => typeof ms !== 'number' || !(ms >= 0 && ms <= 1e6));
  if (place < 0) return;
  const detail = 'Write a latency in ms, from 0 to 1000000.';
  findings.tell('VIRT2009', ['network', 'latencyMs', from, place], 'This is no latency.', detail);
}

/** Without capacities, nothing says how fast a VM migrates, and nothing has to be certain. */
function checkNoCapacities({ rest, vms }: ShapedProblem, findings: Findings): void {
  const limits = rest?.limits ?? {};
  for (const name of ['fastPathLinks', 'migrationSeconds'] as const) {
    if (limits[name] !== undefined)
      findings.tell('VIRT6009', ['limits', name], `Links without capacity know no \`${name}\`.`);
  }
  if (rest?.confidence !== undefined)
    findings.tell('VIRT6009', ['confidence'], 'There are no capacities that demands could fail to find.');
  for (const { value, place } of vms.sound) {
    if (value.migration?.maxSeconds !== undefined)
      findings.tell('VIRT6009', ['vms', place, 'migration', 'maxSeconds'], 'Nothing says how long a migration takes.');
  }
}
