import { readFile, stat } from 'node:fs/promises';
import { type AnalysedPath, type AnalysedWindow, analyseTrace } from '../agents/wren/analyse-trace.js';
import { columns } from './columns.js';
import { exitCodes } from './exit-codes.js';

const largestBytes = 512 * 2 ** 20;

export interface WrenAnalyseOptions {
  trace: string;
  /** Seconds between two lines of a path. */
  every: number;
  output: 'text' | 'json';
}

/** What Wren makes of a trace, path by path; exit code 1 if the trace cannot be read to its end. */
export async function wrenAnalyse({ trace, every, output }: WrenAnalyseOptions): Promise<number> {
  const bytes = await contents(trace);
  if (typeof bytes === 'string') {
    process.stderr.write(`error: ${bytes}\n`);
    return exitCodes.error;
  }
  const { paths, fault } = analyseTrace(bytes, Math.max(1, every));
  process.stdout.write(output === 'json' ? `${JSON.stringify({ paths }, undefined, 2)}\n` : picture(paths));
  if (!fault) return exitCodes.ok;
  process.stderr.write(`error: ${trace}, byte ${fault.offset}: ${fault.message}\n`);
  return exitCodes.error;
}

async function contents(file: string): Promise<Uint8Array | string> {
  try {
    const { size } = await stat(file);
    if (size > largestBytes) return `${file} has ${size} bytes: traces of up to ${largestBytes} bytes can be analysed.`;
    return await readFile(file);
  } catch (error) {
    return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const heading = ['at s', 'available Mb/s', '95 % interval', 'capacity Mb/s', 'delay ms', 'busy', 'packets', 'SIC Mb/s'];

function picture(paths: AnalysedPath[]): string {
  if (paths.length === 0) return 'The trace has no path.\n';
  return paths
    .map(({ peer, direction, method, packets, windows }) => {
      const title = `${direction === 'from-peer' ? 'from' : 'to'} ${peer}, ${method}, ${packets} packets`;
      if (windows.length === 0) return `${title}\n`;
      const rows = [heading, ...windows.map(row)];
      return `${title}\n${columns(rows, [0, 1, 2, 3, 4, 5, 6, 7]).join('\n')}\n`;
    })
    .join('\n');
}

function row({ atSeconds, estimate, sic }: AnalysedWindow): string[] {
  const { available, capacityMbps, minimumDelayNs, busyShare, packets } = estimate;
  const high = capacityMbps === undefined && available.mbps === undefined ? '?' : mbps(available.highMbps);
  return [
    atSeconds.toFixed(1),
    mbps(available.mbps),
    `${mbps(available.lowMbps)} .. ${high}`,
    mbps(capacityMbps),
    minimumDelayNs === undefined ? '?' : (minimumDelayNs / 1e6).toFixed(3),
    `${Math.round(busyShare * 100)} %`,
    String(packets),
    `${mbps(sic.highestUncongestedMbps)} .. ${mbps(sic.lowestCongestedMbps)}`,
  ];
}

function mbps(value: number | undefined): string {
  return value === undefined ? '?' : value.toFixed(1);
}
