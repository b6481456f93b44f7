import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Problem, ProblemGroup } from '../../../../reconciler/model/problem.js';

/** Every link is as wide, so a migration takes the same time to every host. */
export const linkMbps = 100;

/** A small problem drawn from a seed, with every kind of constraint on mappings; about half of them have a mapping. */
export function tightProblem(seed: number): Problem {
  const random = xoroshiro128plus(seed);
  const draw = (from: number, to: number) => uniformInt(random, from, to);
  const chance = (percent: number) => draw(1, 100) <= percent;
  const hostCount = draw(2, 4);
  const vmCount = draw(1, 5);
  const all = Array.from({ length: hostCount }, (_, host) => host);
  const hosts = all.map((host): Problem['hosts'][0] => ({
    name: `host-${host}`,
    computeCores: draw(1, 4),
    memoryMib: 256 * draw(1, 5),
    maxGuests: chance(40) ? draw(0, 3) : null,
    ...(chance(30) && { diskGib: draw(1, 4) }),
    ...(chance(80) && { site: draw(0, 1) }),
    internal: 0,
  }));
  const vms = Array.from({ length: vmCount }, (_, vm): Problem['vms'][0] => {
    const some = all.filter(() => chance(60));
    return {
      name: `vm-${vm}`,
      computeCores: draw(0, 4) / 2,
      memoryMib: 256 * draw(0, 3),
      current: chance(70) ? draw(0, hostCount - 1) : null,
      allowed: chance(50) ? all : some,
      proxy: 0,
      ...(chance(30) && { diskGib: draw(0, 2) }),
      ...(chance(60) && {
        migration: {
          stateMib: 100 * draw(0, 3),
          dirtyMbps: draw(0, 3) * 40,
          ...(chance(40) && { maxSeconds: draw(5, 60) }),
        },
      }),
    };
  });
  const groups = Array.from({ length: vmCount < 2 ? 0 : draw(0, 2) }, (_, group): ProblemGroup => {
    const members = vms.map((_, vm) => vm).filter(() => chance(60));
    return {
      name: `group-${group}`,
      kind: chance(50) ? 'together' : 'apart',
      within: chance(50) ? 'host' : 'site',
      vms: members,
    };
  });
  const edges = all.flatMap((from) =>
    all.filter((to) => to !== from).map((to) => ({ from, to, resources: [1], latencyMs: 1 })),
  );
  return {
    ...{ hosts, vms, groups, edges },
    demands: [],
    resources: [
      { name: 'internal', capacityMbps: 1000 },
      { name: 'link', capacityMbps: linkMbps },
    ],
    objective: { level: 'path', goal: 'maximise' },
    fastPath: null,
    migrationBudget: {
      ...(chance(40) && { moves: draw(0, 2) }),
      ...(chance(25) && { seconds: draw(0, 60) }),
      ...(chance(25) && { mib: 100 * draw(0, 4) }),
    },
  };
}

/** Time to copy what a VM has, and what of it changes meanwhile. */
export function secondsOf({ vms }: Problem): (vm: number, host: number) => number {
  return (vm, host) => {
    const { migration, current } = vms[vm] as Problem['vms'][0];
    if (!migration || migration.stateMib === 0 || current === null || current === host) return 0;
    const left = linkMbps - migration.dirtyMbps;
    return left > 0 ? (migration.stateMib * 1024 * 1024 * 8) / 1e6 / left : Number.POSITIVE_INFINITY;
  };
}
