import type { WayBack } from '../../schema/generated/types.js';
import type { Configuration, FastPath } from '../model/configuration.js';
import type { Problem, Solution } from '../model/problem.js';
import { isAdmissible } from '../vadapt/admissible.js';
import { evaluate } from '../vadapt/evaluate.js';
import type { Choice } from './choose.js';
import { inIndices } from './indices.js';
import type { Posed } from './pose.js';

/** `closed`: there is nothing to go back to within what documents ask for now. */
export type Way = { kind: 'open'; choice: Choice } | { kind: 'closed'; reason: string };

/**
 * The choice of a configuration that the fleet had before, as far as that is possible: a VM whose host is gone, or closed to it by now,
 * stays where it is, one that was not there before too, and paths that cannot be led any more are left to the star. If that keeps no
 * constraint, paths alone go back.
 */
export function wayBack(posed: Posed, { cause, to, reason, placement, paths }: WayBack): Way {
  const { problem, question, running } = posed;
  const now = question.running;
  if (now === null) return { kind: 'closed', reason: 'Some VM runs nowhere yet.' };
  const before = evaluate(problem, now.mapping, now.paths);
  const { mapping, staying } = formerMapping(problem, now.mapping, placement);
  for (const each of mapping.join() === now.mapping.join() ? [mapping] : [mapping, now.mapping]) {
    const configuration = { mapping: inHostNames(problem, each), paths: usable(posed, each, paths) };
    if (isSame(configuration, running)) continue;
    const solution = solutionOf(posed, each, configuration);
    if (solution === null) continue;
    const left =
      each === mapping ? staying : problem.vms.flatMap(({ name }, vm) => (mapping[vm] === each[vm] ? [] : [name]));
    const told = left.length === 0 ? reason : `${reason} ${left.join(', ')} cannot go back and stay where they are.`;
    const choice: Choice = {
      ...{ kind: 'choice', verdict: 'adapt', reason: told, solution, before, levers: [], fewerMoves: null },
      back: { to: { cause, to }, configuration },
    };
    return { kind: 'open', choice };
  }
  const isThere = isSame({ mapping: inHostNames(problem, mapping), paths: usable(posed, mapping, paths) }, running);
  return {
    kind: 'closed',
    reason: isThere
      ? 'The fleet is so already, as far as documents and hosts allow.'
      : 'What was before no longer keeps the constraints of the documents.',
  };
}

function formerMapping(problem: Problem, now: readonly number[], placement: WayBack['placement']) {
  const hosts = new Map(placement.map(({ vm, host }) => [vm, host]));
  const staying: string[] = [];
  const mapping = problem.vms.map(({ name, allowed }, vm) => {
    const current = now[vm] ?? -1;
    const former = hosts.get(name);
    if (former === undefined) return current;
    const host = problem.hosts.findIndex((each) => each.name === former);
    if (host === current || allowed.includes(host)) return host;
    staying.push(name);
    return current;
  });
  return { mapping, staying };
}

/** Of former paths those whose VMs are at their ends again, over links that are possible. */
function usable(
  { problem, linkEnds, snapshot }: Posed,
  mapping: readonly number[],
  paths: readonly FastPath[],
): FastPath[] {
  const at = inHostNames(problem, mapping);
  const connected = new Set(snapshot.hosts.filter(({ presence }) => presence === 'connected').map(({ name }) => name));
  const out = new Set(snapshot.outages.flatMap(({ a, b }) => [`${a} ${b}`, `${b} ${a}`]));
  const isOpen = (a: string, b: string) => !out.has(`${a} ${b}`) && linkEnds(a, b) !== null;
  return paths.filter(
    ({ source, destination, hosts }) =>
      hosts[0] === at.get(source) &&
      hosts.at(-1) === at.get(destination) &&
      hosts.every((host) => connected.has(host)) &&
      hosts.every((host, hop) => hop === 0 || isOpen(hosts[hop - 1] ?? '', host)),
  );
}

/** Null where it does not keep the constraints. */
function solutionOf(
  { problem, snapshot }: Posed,
  mapping: readonly number[],
  configuration: Configuration,
): Solution | null {
  const moved = { ...problem, vms: problem.vms.map((vm, place) => ({ ...vm, current: mapping[place] ?? null })) };
  const paths = inIndices(moved, configuration, snapshot.current)?.paths;
  if (paths === undefined || !isAdmissible(problem, mapping, paths)) return null;
  const score = evaluate(problem, mapping, paths);
  const bound = { unmetMbps: score.unmetMbps, value: score.values[0] ?? 0 };
  return { mapping: [...mapping], paths, score, bound, algorithm: 'as it was', iterations: 0, isProved: false };
}

function inHostNames({ vms, hosts }: Problem, mapping: readonly number[]): Map<string, string> {
  return new Map(vms.map(({ name }, vm) => [name, hosts[mapping[vm] ?? -1]?.name ?? '']));
}

function isSame(a: Configuration, b: Configuration): boolean {
  const paths = ({ paths }: Configuration) =>
    paths.map(({ source, destination, hosts }) => [source, destination, hosts].join());
  const isInPlace = [...a.mapping].every(([vm, host]) => b.mapping.get(vm) === host);
  return isInPlace && paths(a).sort().join('\n') === paths(b).sort().join('\n');
}
