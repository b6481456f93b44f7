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
  /** Resolves when the time is over and all has been acknowledged: segments that the sender's TCP sent up to then. */
  over: Promise<{ segmentsOut: number }>;
}

const port = 7300;

interface Course {
  seconds: number;
  seed: number;
  /** Share of what is available that messages may take at most. */
  load?: number;
}

/**
 * Starts the message application, which ends with its lab at the latest.
 * @throws if a program does not start.
 */
export async function startMessages(
  names: LabNames,
  [from, to]: readonly [sender: string, receiver: string],
  address: string,
  cell: Cell,
  { seconds, seed, load }: Course,
): Promise<MessageTraffic> {
  const command = benchProgram('messages');
  await startProcess(names, { namespace: names.guest(to), command, args: ['serve', `${port}`] });
  const pattern = [seconds, pauseMs(cell, load), cell.leastBytes, cell.mostBytes].map(String);
  const args = ['send', address, `${port}`, ...pattern, cell.congestion, `${seed}`];
  const client = await startProcess(names, { namespace: names.guest(from), command, args });
  const messages: Message[] = [];
  return { messages, over: follow(client, messages) };
}

async function follow(client: LabProcess, messages: Message[]): Promise<{ segmentsOut: number }> {
  let errors = '';
  client.errors?.on('data', (text: Buffer) => {
    errors += text;
  });
  if (client.output)
    for await (const line of createInterface({ input: client.output })) {
      const [begunUs = 0, durationUs = 0, bytes = 0, rate = 0, limited = 0, segmentsOut = 0] = line
        .split(' ')
        .map(Number);
      if (bytes === 0) return { segmentsOut };
      messages.push({
        ...{ begunMs: begunUs / 1000, durationMs: durationUs / 1000, bytes },
        ...{ deliveryMbps: (rate * 8) / 1e6, isApplicationLimited: limited === 1 },
      });
    }
  throw new Error(`the message application ended (${await client.ended}): ${errors.trim()}`);
}
