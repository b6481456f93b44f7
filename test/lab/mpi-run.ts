import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabNames, memberVariable } from '../../lab/names.js';
import { packageRoot } from '../../package-root.js';

export type MpiPattern = 'ring' | 'stencil' | 'all-to-all';

const folder = join(packageRoot(), 'test', 'lab', 'mpi');

/** An MPI program of one rank in each guest, by an Open MPI that nobody has told of Virtuoso. */
export class MpiProgram {
  readonly #folder: string;
  readonly #program: string;

  /** @throws if it cannot be compiled. */
  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), 'virtuoso-mpi-'));
    this.#program = join(this.#folder, 'exchange');
    const args = ['-O2', '-Wall', '-Wextra', '-Werror', join(folder, 'exchange.c'), '-o', this.#program];
    const compiled = spawnSync('mpicc', args, { encoding: 'utf8' });
    if (compiled.status !== 0) throw new Error(`exchange.c: ${compiled.error?.message ?? compiled.stderr}`);
  }

  /** Starts it on guests of the subnet; the first one, from which mpirun starts the others, comes first. */
  run(names: LabNames, subnet: string, addresses: readonly string[], pattern: MpiPattern, rounds: Rounds): MpiRun {
    const parameters: Record<string, string> = {
      plm_rsh_agent: join(folder, 'enter-guest'),
      plm_rsh_no_tree_spawn: '1',
      orte_tmpdir_base: this.#folder,
      pml: 'ob1',
      btl: 'tcp,self',
      btl_tcp_if_include: subnet,
      oob_tcp_if_include: subnet,
      mpi_yield_when_idle: '1',
      hwloc_base_binding_policy: 'none',
    };
    const mpirun = [
      ...['mpirun', '--allow-run-as-root', '-np', `${addresses.length}`],
      ...['--host', addresses.map((address) => `${address}:1`).join(',')],
      ...Object.entries(parameters).flatMap(([name, value]) => ['--mca', name, value]),
      ...[this.#program, pattern, `${rounds.count}`, `${rounds.bytes}`, `${rounds.periodMs}`],
    ];
    const [variable = '', value = ''] = memberVariable(names.lab).split('=');
    const env = { ...process.env, [variable]: value, VIRTUOSO_TEST_LAB: names.lab };
    return new MpiRun(spawn(join(folder, 'enter-guest'), [addresses[0] ?? '', ...mpirun], { env }));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

export interface Rounds {
  count: number;
  /** To each partner. */
  bytes: number;
  /** From the begin of one to that of the next. */
  periodMs: number;
}

export class MpiRun {
  /** What was printed, when it has ended. @throws if it failed. */
  readonly ended: Promise<string>;
  #isOver = false;

  constructor(process: ChildProcess) {
    let [output, errors] = ['', ''];
    process.stdout?.on('data', (text) => {
      output += text;
    });
    process.stderr?.on('data', (text) => {
      errors += text;
    });
    this.ended = new Promise((resolve, reject) => {
      process.once('close', (code) => {
        this.#isOver = true;
        if (code === 0) resolve(output);
        else reject(new Error(`mpirun ended with ${code}: ${errors}${output}`));
      });
    });
    // Whoever waits for the end hears of it.
    this.ended.catch(() => undefined);
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}
