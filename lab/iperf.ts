import { setTimeout as sleep } from 'node:timers/promises';
import { IntervalLog } from './interval-log.js';
import type { LabNames } from './names.js';
import { type LabProcess, startProcess } from './process.js';

/** A TCP connection between two guests that sends as fast as it may, at most `rateMbps`. */
export interface Flow {
  /** Guests. */
  source: string;
  destination: string;
  rateMbps: number;
}

export interface FlowThroughput extends Flow {
  /** Payload that arrived, by the receiving iperf3. */
  throughputMbps: number;
}

export interface ApplicationThroughput {
  /** Sum over all flows. */
  throughputMbps: number;
  flows: FlowThroughput[];
}

/** A flow that did not stay connected, in iperf3's words. */
export interface FlowFailure {
  flow: Flow;
  message: string;
}

/** Unmodified iperf3 between guests, as the application whose traffic nobody is told about. */
export interface Application {
  /** What arrives during the next `seconds` (at least 1). */
  measure(seconds: number): Promise<ApplicationThroughput>;
  /** Connections that were reset or refused, and programs that ended, up to now. */
  failures(): FlowFailure[];
  stop(): Promise<void>;
}

const firstPort = 5201;
const intervalSeconds = 0.5;
const listenMs = 5000;

interface RunningFlow {
  flow: Flow;
  server: LabProcess;
  client: LabProcess;
  received: IntervalLog;
  sent: IntervalLog;
}

/**
 * Starts one iperf3 server and client for each flow. The guests run and reach each other by `address`.
 * @throws if iperf3 is not installed or a server does not listen.
 */
export async function startApplication(
  names: LabNames,
  flows: readonly Flow[],
  address: (guest: string) => string,
): Promise<Application> {
  const running = await Promise.all(
    flows.map((flow, index) => startFlow(names, flow, address(flow.destination), firstPort + index)),
  );
  const exits = new Map<RunningFlow, string>();
  let stopping = false;
  for (const each of running) {
    const note = (what: string) => (end: number | string) => {
      if (!stopping) exits.set(each, `iperf3 ${what} ended (${end})`);
    };
    void each.client.ended.then(note('client'));
    void each.server.ended.then(note('server'));
  }
  return {
    measure: (seconds) => measure(running, seconds),
    failures: () =>
      running.flatMap((each) => {
        const messages = [...each.sent.errors, ...each.received.errors, ...(exits.has(each) ? [exits.get(each)] : [])];
        return messages.length === 0 ? [] : [{ flow: each.flow, message: messages.join('; ') }];
      }),
    stop: async () => {
      stopping = true;
      await Promise.all(running.map(({ client }) => client.end()));
      await Promise.all(running.map(({ server }) => server.end()));
    },
  };
}

async function startFlow(names: LabNames, flow: Flow, address: string, port: number): Promise<RunningFlow> {
  const iperf = (guest: string, ...args: string[]): Promise<LabProcess> =>
    startProcess(names, { namespace: names.guest(guest), command: 'iperf3', args: ['-p', `${port}`, ...args] });
  const report = ['-i', `${intervalSeconds}`, '-f', 'k', '--forceflush'];
  const server = await iperf(flow.destination, '-s', ...report);
  const received = new IntervalLog(server);
  if (!(await received.sees('Server listening', listenMs))) {
    throw new Error(`iperf3 in ${flow.destination} does not listen on port ${port}: ${received.errors.join('; ')}`);
  }
  // Paced by the kernel: iperf3's own -b sends faster after it was held up, until the average is right again. CUBIC, because a
  // shaped link is shared by losses.
  const pace = ['--fq-rate', `${flow.rateMbps}M`, '-C', 'cubic', '-t', '0'];
  const client = await iperf(flow.source, '-c', address, ...pace, ...report);
  return { flow, server, client, received, sent: new IntervalLog(client) };
}

async function measure(running: readonly RunningFlow[], seconds: number): Promise<ApplicationThroughput> {
  const from = running.map(({ received }) => received.intervals.length);
  await sleep(seconds * 1000);
  const flows = running.map(({ flow, received }, index) => {
    const intervals = received.intervals.slice(from[index]);
    const span = intervals.reduce((sum, each) => sum + each.seconds, 0);
    const megabits = intervals.reduce((sum, each) => sum + each.seconds * each.rateMbps, 0);
    return { ...flow, throughputMbps: span === 0 ? 0 : megabits / span };
  });
  return { throughputMbps: flows.reduce((sum, each) => sum + each.throughputMbps, 0), flows };
}
