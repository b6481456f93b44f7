import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { namespacePath } from '../../agents/linux/namespace.js';
import type { GuestPair } from './design.js';
import { measuringProgram } from './native.js';
import { congestionControl } from './stage.js';

/** What one design did in one turn. */
export interface Sample {
  /** Payload of one TCP connection that arrived. */
  tcpMbps: number;
  /** Thousands of UDP packets a second that arrived, with 64 and 1400 bytes of payload. */
  smallKpps: number;
  largeKpps: number;
  /** Median round trip. */
  rttUs: number;
}

export interface Durations {
  /** Whole seconds, as iperf3 knows no others. */
  tcpSeconds: number;
  udpSeconds: number;
  echoes: number;
}

const run = promisify(execFile);

/**
 * Nothing is bound to a processor, in no design: daemons need the freedom most, and everything shares the same few processors.
 * @param packets whether UDP is measured too; NaN if not
 * @throws if a connection fails: the message has iperf3's words.
 */
export async function measure(pair: GuestPair, durations: Durations, packets: boolean): Promise<Sample> {
  const { tcpSeconds, udpSeconds, echoes } = durations;
  const tcp = await iperf(pair, ['-t', `${tcpSeconds}`, '-C', congestionControl]);
  const rttUs = await roundTrip(pair, echoes);
  const kpps = async (bytes: number): Promise<number> => {
    if (!packets) return Number.NaN;
    const sum = await iperf(pair, ['-u', '-b', '0', '-l', `${bytes}`, '-t', `${udpSeconds}`]);
    await drain(pair);
    return sum.bytes / bytes / sum.seconds / 1000;
  };
  return { tcpMbps: tcp.bits_per_second / 1e6, rttUs, smallKpps: await kpps(64), largeKpps: await kpps(1400) };
}

/** What the receiving iperf3 saw. */
interface Received {
  bytes: number;
  seconds: number;
  bits_per_second: number;
}

async function iperf(pair: GuestPair, options: readonly string[]): Promise<Received> {
  const enter = `--net=${namespacePath(pair.sender)}`;
  const args = [enter, 'iperf3', '-J', '-c', pair.address, ...options];
  const output = await run('nsenter', args, { timeout: 30_000 }).catch(
    (error: { stdout?: string; message: string }) => {
      throw new Error(`iperf3 ${options.join(' ')}: ${failure(error.stdout) ?? error.message}`);
    },
  );
  const result: { error?: string; end: { sum_received: Received } } = JSON.parse(output.stdout);
  if (result.error) throw new Error(`iperf3 ${options.join(' ')}: ${result.error}`);
  return result.end.sum_received;
}

function failure(output: string | undefined): string | undefined {
  return /"error":\s*"(.*)"/.exec(output ?? '')?.[1];
}

async function roundTrip(pair: GuestPair, echoes: number): Promise<number> {
  const { medianNs, lost } = await echo(pair, echoes);
  if (lost > echoes / 10) throw new Error(`${lost} of ${echoes} echo requests were not answered`);
  return medianNs / 1000;
}

/**
 * Waits until what was sent before has gone through: iperf3 takes a late packet of one run for the first of the next.
 * @throws if the way stays shut.
 */
async function drain(pair: GuestPair): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) if ((await echo(pair, 1)).lost === 0) return;
  throw new Error('no echo request was answered after packets were sent as fast as possible');
}

async function echo(pair: GuestPair, count: number): Promise<{ medianNs: number; lost: number }> {
  const enter = `--net=${namespacePath(pair.sender)}`;
  const { stdout } = await run('nsenter', [enter, measuringProgram('echo'), pair.address, `${count}`, '500']);
  const [medianNs = 0, lost = 0] = stdout.trim().split(' ').map(Number);
  return { medianNs, lost };
}
