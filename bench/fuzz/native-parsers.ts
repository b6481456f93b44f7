import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileNative } from '../../agents/vnet/compile-native.js';
import { packageRoot } from '../../package-root.js';

/** Fuzzers of agents/native/fuzz, and the parsers that each is about. */
const parsers = {
  address: ['pump-address'],
  arguments: ['pump-arguments', 'pump-address'],
  hello: ['pump-hello', 'pump-address'],
  http: ['pump-http'],
  packet: ['pump-record'],
  record: ['pump-record'],
  stun: ['stun-message'],
  tables: ['pump-tables', 'pump-address'],
  websocket: ['pump-websocket'],
} as const;

export type NativeFuzzer = keyof typeof parsers;

export const nativeFuzzers = Object.keys(parsers) as NativeFuzzer[];

export interface NativeFuzzing {
  seed: number;
  /** When to stop: whichever comes first. */
  runs?: number;
  seconds?: number;
}

export interface NativeFuzzResult {
  runs: number;
  /** Edges of the control flow that were reached. */
  coverage: number;
  /** What the sanitizers said, with the input in base64; undefined if nothing was wrong. */
  problem: string | undefined;
}

const folder = join(packageRoot(), 'agents', 'native');
const sanitizers = ['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'];
/** How much of a report is kept; its end has stack, reason and input. */
const reportMax = 6000;

/**
 * Path of the compiled fuzzer. Compiled when a source is newer.
 * @throws if it has to be compiled and cannot be.
 */
export function compileFuzzer(name: NativeFuzzer): string {
  return compileNative({
    output: join(packageRoot(), 'dist', 'native', 'fuzz', name),
    folder,
    sources: [join('fuzz', `${name}.c`), ...parsers[name].map((parser) => `${parser}.c`)],
    options: ['-std=gnu11', '-D_GNU_SOURCE', '-O1', '-g', '-Wall', '-Wextra', '-Werror', `-I${folder}`, ...sanitizers],
    libraries: [],
    packages: ['clang', 'libclang-rt-14-dev'],
  });
}

/** Runs a fuzzer from its committed inputs; what it finds out on the way is thrown away. */
export async function fuzzNative(
  name: NativeFuzzer,
  { seed, runs, seconds }: NativeFuzzing,
): Promise<NativeFuzzResult> {
  const program = compileFuzzer(name);
  const work = mkdtempSync(join(tmpdir(), `virtuoso-fuzz-${name}-`));
  try {
    const corpus = join(work, 'corpus');
    cpSync(join(folder, 'fuzz', 'corpus', name), corpus, { recursive: true });
    const limits = [
      ...(runs === undefined ? [] : [`-runs=${runs}`]),
      ...(seconds === undefined ? [] : [`-max_total_time=${seconds}`]),
    ];
    const settings = [`-seed=${seed}`, ...limits, '-timeout=20', '-rss_limit_mb=2048', '-print_final_stats=1'];
    const { status, report } = await run(program, [...settings, `-artifact_prefix=${work}/`, corpus]);
    return { ...figures(report), problem: status === 0 ? undefined : problem(name, work, report) };
  } finally {
    rmSync(work, { recursive: true });
  }
}

function run(program: string, args: readonly string[]): Promise<{ status: number | null; report: string }> {
  return new Promise((resolve, reject) => {
    let report = '';
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (text) => {
      report += text;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, report }));
  });
}

function figures(report: string): { runs: number; coverage: number } {
  const last = (pattern: RegExp): number => Number([...report.matchAll(pattern)].at(-1)?.[1] ?? 0);
  return { runs: last(/stat::number_of_executed_units:\s+(\d+)/g), coverage: last(/ cov: (\d+)/g) };
}

function problem(name: string, work: string, report: string): string {
  const inputs = readdirSync(work).filter((file) => file !== 'corpus');
  const told = inputs.map((file) => `${file}: ${readFileSync(join(work, file)).toString('base64')}`);
  return [`fuzz/${name}.c failed:`, report.slice(-reportMax), ...told].join('\n');
}
