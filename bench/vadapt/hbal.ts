import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlacementProblem, Solved, SolveHost, SolveVm } from '../../schema/generated/types.js';
import type { Figure } from '../figure.js';
import { drawFrom } from './draw.js';
import { type Judged, judged } from './judged.js';
import { solvedApart } from './solved-apart.js';

/** Virtual processors that may share one: of the policy that both sides keep. */
const vcpuRatio = 4;

/**
 * Of Ganeti's cluster score, what is not 0 for instances on storage that all nodes reach: the deviation of the share of free memory,
 * and that of virtual processors for each physical one. `computeCores` counts virtual ones.
 */
const expression = `deviation(memoryUse) + ${vcpuRatio} * deviation(computeUse)`;

/** Uneven hosts, and VMs crowded onto the first of them. */
export function balancingProblem(hosts: number, vms: number, seed: number): PlacementProblem {
  const draw = drawFrom(seed);
  const list = Array.from(
    { length: hosts },
    (_, place): Required<Pick<SolveHost, 'name' | 'computeCores' | 'memoryMib'>> => {
      const memoryMib = 1024 * (draw.share() < 0.3 ? 256 : 128);
      return { name: `h${place}`, computeCores: vcpuRatio * (draw.share() < 0.3 ? 64 : 32), memoryMib };
    },
  );
  const left = list.map(({ computeCores, memoryMib }) => ({ computeCores, memoryMib }));
  const placed = Array.from({ length: vms }, (_, place): SolveVm => {
    const [computeCores, memoryMib] = [draw.of([1, 2, 4]), 1024 * draw.of([1, 2, 4, 8])];
    for (;;) {
      const host = Math.floor(hosts * draw.share() ** 2);
      const room = left[host] as (typeof left)[number];
      if (room.computeCores < computeCores || room.memoryMib < memoryMib) continue;
      room.computeCores -= computeCores;
      room.memoryMib -= memoryMib;
      return { name: `v${place}`, host: `h${host}`, computeCores, memoryMib };
    }
  });
  return {
    format_version: '1',
    name: `balancing ${hosts}/${vms}`,
    hosts: list,
    vms: placed,
    network: { levels: [{ name: 'cluster', latencyMs: 0 }], beyondMs: 0 },
    objective: { level: 'path', goal: 'minimise', expression },
  };
}

/** Everything is in one zone: who exchanges what does not matter here. */
function inOneZone(file: PlacementProblem): PlacementProblem {
  return { ...file, hosts: file.hosts.map((host) => ({ ...host, zones: ['cluster'] })) };
}

/** The text format of Ganeti's htools. */
function ganetiText({ hosts, vms }: PlacementProblem, hostOf: (vm: number) => string): string {
  const usedMib = new Map<string, number>();
  vms.forEach(({ memoryMib = 0 }, place) => {
    usedMib.set(hostOf(place), (usedMib.get(hostOf(place)) ?? 0) + memoryMib);
  });
  const nodes = hosts.map(({ name, memoryMib = 0, computeCores = 0 }) => {
    const free = memoryMib - (usedMib.get(name) ?? 0);
    return `${name}|${memoryMib}|0|${free}|1000000|1000000|${computeCores / vcpuRatio}|N|uuid-1|1||N|0|1|1.0`;
  });
  const instances = vms.map(
    ({ name, memoryMib, computeCores }, place) =>
      `${name}|${memoryMib}|0|${computeCores}|running|Y|${hostOf(place)}||ext||0|0|N`,
  );
  const policy = `1,1,0,0,0,0|1,1,0,0,0,0;1048576,256,1048576,16,8,12|ext|${vcpuRatio}.0|32.0`;
  return `group|uuid-1|preferred||\n\n${nodes.join('\n')}\n\n${instances.join('\n')}\n\n\n|${policy}\ngroup|${policy}\n`;
}

interface Balanced {
  /** Cluster scores as hbal has them. */
  before: number;
  after: number;
  moves: number;
  seconds: number;
}

/** Has hbal balance a cluster, in so many moves at most; none where it only tells the score. */
function hbal(text: string, limit: number | null): Balanced {
  const folder = mkdtempSync(join(tmpdir(), 'virtuoso-hbal-'));
  try {
    const path = join(folder, 'cluster');
    writeFileSync(path, text);
    const args = ['-t', path, '--ignore-dynu', '-v', '-v', ...(limit === null ? [] : ['-l', String(limit)])];
    const begunMs = performance.now();
    const { stdout, stderr, status } = spawnSync('hbal', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    const seconds = (performance.now() - begunMs) / 1000;
    const scores = [...stdout.matchAll(/coefficients:\s+overall (\d+\.\d+)/g)].map(([, score]) => Number(score));
    const [before, after = before] = scores;
    if (status !== 0 || before === undefined || after === undefined)
      throw new Error(`hbal ended with ${status}: ${stderr || stdout}`);
    return { before, after, moves: [...stdout.matchAll(/^\s+\d+\. v/gm)].length, seconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Against Ganeti's balancer, on the same input, judged by its own score. */
export async function hbalFigures(isQuick: boolean): Promise<Figure[]> {
  if (spawnSync('hbal', ['--version']).status !== 0) {
    const what = 'hbal: SKIPPED, it is not installed: install the Debian package ganeti-htools';
    console.error(`WARNING: ${what}`);
    return [{ name: what, value: 0, unit: '', target: '', ok: true }];
  }
  const small = await against(isQuick ? 10 : 20, isQuick ? 100 : 400, null);
  // It looks at every move of every VM for each step that it takes: a few steps take minutes here.
  return isQuick ? small : [...small, ...(await against(100, 2000, 4))];
}

/** An answer that took at most a hundredth of hbal's time. */
interface Raced {
  answer: Solved;
  seconds: number;
  /** As hbal has it. */
  score: number;
}

/**
 * Ours with ever more iterations while they take at most a hundredth of hbal's time: the first that is as good as its, if any is, and
 * the last.
 */
async function race(file: PlacementProblem, theirs: Balanced): Promise<{ reached: Raced | null; last: Raced }> {
  const take = async (iterations: number): Promise<Judged> => {
    const runs: Judged[] = [];
    for (let run = 0; run < 3; run++) runs.push(await judged(file, { algorithm: 'engine', seed: 1, iterations }));
    return runs.sort((a, b) => a.seconds - b.seconds)[1] as Judged;
  };
  let reached: Raced | null = null;
  let last: Raced | null = null;
  // What is run for the first time is still being compiled.
  await take(1000);
  for (let iterations = 1000; ; iterations *= 2) {
    const { answer, seconds } = await take(iterations);
    if (last && seconds > theirs.seconds / 100) return { reached, last };
    const { before } = hbal(
      ganetiText(file, (vm) => answer.mapping[vm]?.host ?? ''),
      0,
    );
    last = { answer, seconds, score: before };
    if (before <= theirs.after) reached ??= last;
  }
}

async function against(hosts: number, vms: number, limit: number | null): Promise<Figure[]> {
  const file = inOneZone(balancingProblem(hosts, vms, 1));
  const theirs = hbal(
    ganetiText(file, (vm) => file.vms[vm]?.host ?? ''),
    limit,
  );
  const { reached, last } = await race(file, theirs);
  const name = `balancing ${hosts} hosts and ${vms} VMs`;
  const until = limit === null ? 'to its end' : `for ${limit} moves`;
  const first = reached ?? last;
  const share = first.seconds / theirs.seconds;
  return [
    {
      ...{ name: `${name}: score by hbal, ${until}: ${theirs.moves} moves in ${theirs.seconds.toFixed(1)} s` },
      ...{ value: theirs.after, unit: `from ${theirs.before.toFixed(4)}`, target: '', ok: true },
    },
    {
      ...{ name: `${name}: hbal's score of our first as good, ${told(first)}`, value: first.score },
      ...{ unit: '', target: `<= ${theirs.after}`, ok: first.score <= theirs.after },
    },
    {
      ...{ name: `${name}: our time to that over hbal's, in a process that runs`, value: share },
      ...{ unit: '', target: '<= 0.01', ok: share <= 0.01 },
    },
    {
      ...{ name: `${name}: hbal's score of ours after a hundredth of its time, ${told(last)}`, value: last.score },
      ...{ unit: '', target: '', ok: true },
    },
    wholeProcess(name, file, theirs, first.answer.iterations),
  ];
}

function told({ answer, seconds }: Raced): string {
  const moved = answer.mapping.filter(({ from }) => from !== undefined).length;
  return `${moved} moves, ${answer.iterations} iterations in ${(1000 * seconds).toFixed(0)} ms`;
}

/** Where Node starts and compiles for one answer, that takes longer than the answer does. */
function wholeProcess(name: string, file: PlacementProblem, theirs: Balanced, iterations: number): Figure {
  const { processSeconds } = solvedApart(file, iterations);
  return {
    ...{ name: `${name}: the same with the start of the process, ${processSeconds.toFixed(2)} s, over hbal's` },
    ...{ value: processSeconds / theirs.seconds, unit: '', target: '', ok: true },
  };
}
