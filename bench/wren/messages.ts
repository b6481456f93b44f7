import { createInterface } from 'node:readline';
import type { LabNames } from '../../lab/names.js';
import { type LabProcess, startProcess } from '../../lab/process.js';
import { benchProgram } from '../native/program.js';
import { type Cell, pauseMs } from './cells.js';

/** A message that was answered, and what the kernel thought of the path then. */
export interface Message {
  begunMs: number;
  durationMs: number;
  bytes: number;
  /** Payload, by TCP_INFO. */
  deliveryMbps: number;
  /** The rate was held back by the application and says little. */
  isApplicationLimited: boolean;
}

/** Messages from one guest to another. */
export interface MessageTraffic {
  messages: readonly Message[];
  /** Resolves when the time is over and all has been acknowledged: segments that the sender's TCP sent and got. */
  ended: Promise<{ segmentsOut: number; segmentsIn: number }>;
  stop(): Promise<void>;
}

const port = 7300;

interface Course {
  seconds: number;
  seed: number;
  paceMbps?: number;
  /** Share of what is available that messages may take at most. */
  load?: number;
}

/** Starts the message application. @throws if a program does not start. */
export async function startMessages(
  names: LabNames,
  [from, to]: readonly [sender: string, receiver: string],
  address: string,
  cell: Cell,
  { seconds, seed, paceMbps, load }: Course,
): Promise<MessageTraffic> {
  const command = benchProgram('messages');
  const server = await startProcess(names, { namespace: names.guest(to), command, args: ['serve', `${port}`] });
  const pattern = [seconds, pauseMs(cell, load), cell.leastBytes, cell.mostBytes].map(String);
  const pace = paceMbps === undefined ? [] : [`${paceMbps}`];
  const args = ['send', address, `${port}`, ...pattern, cell.congestion, `${seed}`, ...pace];
  const client = await startProcess(names, { namespace: names.guest(from), command, args });
  const messages: Message[] = [];
  const ended = lines(client, messages);
  return {
    messages,
    ended: ended.finally(() => server.end()),
    stop: async () => {
      await client.end();
      await server.end();
    },
  };
}

async function lines(client: LabProcess, messages: Message[]): Promise<{ segmentsOut: number; segmentsIn: number }> {
  let errors = '';
  client.errors?.on('data', (text: Buffer) => {
    errors += text;
  });
  let segments: { segmentsOut: number; segmentsIn: number } | undefined;
  if (client.output)
    for await (const line of createInterface({ input: client.output })) {
      const [begunUs = 0, durationUs = 0, bytes = 0, rate = 0, limited = 0, segmentsOut = 0, segmentsIn = 0] = line
        .split(' ')
        .map(Number);
      if (bytes === 0) segments = { segmentsOut, segmentsIn };
      else
        messages.push({
          ...{ begunMs: begunUs / 1000, durationMs: durationUs / 1000, bytes },
          ...{ deliveryMbps: (rate * 8) / 1e6, isApplicationLimited: limited === 1 },
        });
    }
  const status = await client.ended;
  if (segments === undefined) throw new Error(`the message application ended (${status}): ${errors.trim()}`);
  return segments;
}
