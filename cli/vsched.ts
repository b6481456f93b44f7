import type {
  ProcessIdentity,
  VschedFound,
  VschedGranted,
  VschedListed,
  VschedReleased,
} from '../schema/generated/types.js';
import { periodicText } from '../schema/schedule.js';
import { exitCodes } from './exit-codes.js';
import { fail, failed, openVsched, operatorIdentity, type VschedOptions } from './open-vsched.js';
import type { VschedAsk, VschedClient } from './vsched-client.js';
import { foundText, listedText } from './vsched-text.js';

/** A process by its number, and by when it started if that is known; or a VM. */
export type VschedObject = { kind: 'process'; pid: number; startTicks?: number } | { kind: 'vm'; vm: string };

export interface VschedVerbOptions extends VschedOptions {
  output: 'text' | 'json';
}

interface Wanted {
  periodUs: number;
  sliceUs: number;
  mode?: 'strict' | 'work-conserving';
  cpu?: number;
}

/** Prints the pin of the key that agents know this person by, which is made if there is none. */
export async function vschedKey(stateDirectory: string): Promise<number> {
  process.stdout.write(`${(await operatorIdentity(stateDirectory)).pin}\n`);
  return exitCodes.ok;
}

export function vschedList(options: VschedVerbOptions): Promise<number> {
  return asking(options, async (client) => show(await client.request({ kind: 'list' }), options, listedText));
}

export function vschedFind(text: string, options: VschedVerbOptions): Promise<number> {
  return asking(options, async (client) => show(await client.request({ kind: 'find', text }), options, foundText));
}

/** Schedules a process. */
export function vschedAdmit(object: VschedObject, wanted: Wanted, options: VschedVerbOptions): Promise<number> {
  const { mode = 'work-conserving', ...rest } = wanted;
  return changing(object, options, (process) => ({ kind: 'admit', process, mode, ...rest }));
}

/** Changes the schedule of a process or VM at once. */
export function vschedSet(object: VschedObject, wanted: Wanted, options: VschedVerbOptions): Promise<number> {
  const { periodUs, sliceUs, mode, cpu } = wanted;
  if (object.kind === 'process') return changing(object, options, (process) => ({ kind: 'set', process, ...wanted }));
  if (mode !== undefined || cpu !== undefined) {
    return Promise.resolve(
      fail(`Of vm/${object.vm} only period and slice can be changed: leave mode and processor out.`),
    );
  }
  const ask = { kind: 'adjust', vm: object.vm, periodUs, sliceUs } as const;
  return asking(options, async (client) => show(await client.request(ask), options, doneText(object)));
}

export function vschedPause(object: VschedObject, options: VschedVerbOptions): Promise<number> {
  return changing(object, options, (process) => ({ kind: 'pause', process }), 'paused');
}

export function vschedResume(object: VschedObject, options: VschedVerbOptions): Promise<number> {
  return changing(object, options, (process) => ({ kind: 'resume', process }));
}

/** Makes a process an ordinary one, or gives a VM the schedule that documents state. */
export function vschedRelease(object: VschedObject, options: VschedVerbOptions): Promise<number> {
  if (object.kind === 'process') return changing(object, options, (process) => ({ kind: 'release', process }));
  const ask = { kind: 'restore', vm: object.vm } as const;
  return asking(options, async (client) => show(await client.request(ask), options, doneText(object)));
}

type OfProcess = Extract<VschedAsk, { process: ProcessIdentity }>;

/** Finds out which process has the number now, unless its start is known, and asks for a change of it. */
function changing(
  object: VschedObject,
  options: VschedVerbOptions,
  ask: (process: ProcessIdentity) => OfProcess,
  state = '',
): Promise<number> {
  if (object.kind === 'vm') {
    return Promise.resolve(
      fail(`vm/${object.vm} is a VM: users can set and release it, the rest is stated in documents.`),
    );
  }
  return asking(options, async (client) => {
    const found = await client.request({ kind: 'identify', pid: object.pid });
    if (found.kind !== 'found') return show(found, options, foundText);
    const [process] = found.processes.map((each) => each.process);
    if (process === undefined) {
      return fail(`there is no process ${object.pid} that this key may schedule: look with \`virtuoso vsched find\``);
    }
    const meant = { ...process, startTicks: object.startTicks ?? process.startTicks };
    return show(await client.request(ask(meant)), options, doneText(object, state));
  });
}

async function asking(options: VschedOptions, ask: (client: VschedClient) => Promise<number>): Promise<number> {
  const client = await openVsched(options);
  if (typeof client === 'number') return client;
  const code = await ask(client);
  client.close();
  return code;
}

type Answer = Awaited<ReturnType<VschedClient['request']>>;
type Done = VschedListed | VschedFound | VschedGranted | VschedReleased;

/** Shows an answer: as JSON whatever it is, as text only what was done, with a refusal among the errors. */
function show<Shown extends Done>(
  answer: Shown | Exclude<Answer, Done>,
  { output }: VschedVerbOptions,
  text: (answer: Shown) => string,
): number {
  if (output === 'json') process.stdout.write(jsonText(answer));
  if (answer.kind === 'refused' || answer.kind === 'lost') return failed(answer);
  if (output === 'text') process.stdout.write(text(answer));
  return exitCodes.ok;
}

function jsonText(answer: Answer): string {
  const { number, ...rest } = { number: 0, ...answer };
  return `${JSON.stringify({ format_version: '1', ...rest }, null, 2)}\n`;
}

function doneText(object: VschedObject, state = ''): (answer: VschedGranted | VschedReleased) => string {
  const name = object.kind === 'vm' ? `vm/${object.vm}` : `process ${object.pid}`;
  return (answer) => {
    if (answer.kind === 'released') return `${name}: an ordinary process\n`;
    const where = answer.cpu === undefined ? '' : `, on processor ${answer.cpu}`;
    return `${name}: ${periodicText(answer)}${where}${state === '' ? '' : `, ${state}`}\n`;
  };
}
