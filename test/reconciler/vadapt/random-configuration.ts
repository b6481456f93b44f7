import type { Problem } from '../../../reconciler/model/problem.js';
import { drawFrom, pick, shuffled } from '../../generators/draw.js';

export interface Configuration {
  problem: Problem;
  mapping: number[];
  paths: number[][];
}

/** VMs anywhere, and paths over up to two other hosts, whether or not there is an edge. */
export function randomConfiguration(seed: number, problem: Problem): Configuration {
  const draw = drawFrom(seed);
  const hosts = problem.hosts.map((_, host) => host);
  const mapping = problem.vms.map(() => pick(draw, hosts));
  const paths = problem.demands.map(({ source, destination }) => {
    const [from, to] = [mapping[source] as number, mapping[destination] as number];
    if (from === to) return [from];
    const others = hosts.filter((host) => host !== from && host !== to);
    return [from, ...shuffled(draw, others).slice(0, draw(3)), to];
  });
  return { problem, mapping, paths };
}
