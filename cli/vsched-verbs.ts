import { type Command, InvalidArgumentError, Option } from 'commander';
import { microseconds, scheduleLimits } from '../schema/schedule.js';
import {
  type VschedObject,
  type VschedVerbOptions,
  vschedAdmit,
  vschedFind,
  vschedKey,
  vschedList,
  vschedPause,
  vschedRelease,
  vschedResume,
  vschedSet,
} from './vsched.js';

/** Options of all verbs that ask an agent, as they are parsed. */
interface AskedWith {
  agent: string;
  agentKey: string;
  state: string;
  output: VschedVerbOptions['output'];
}

interface ProcessOptions extends AskedWith {
  started?: number;
}

interface ScheduleOptions extends ProcessOptions {
  period: number;
  slice: number;
  strict?: true;
  workConserving?: true;
  cpu?: number;
}

const state = () =>
  new Option('--state <directory>', 'where keys, tokens and mirrors are kept')
    .env('VIRTUOSO_STATE')
    .default('.virtuoso');

/** Adds what each verb needs that asks an agent. */
export function askingAgent(command: Command): Command {
  return command
    .addOption(
      new Option('--agent <address>', 'ADDRESS:PORT that the agent of the host listens on')
        .env('VIRTUOSO_AGENT')
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--agent-key <pin>', "pin of the agent's key, as `agent key` prints it on the host")
        .env('VIRTUOSO_AGENT_KEY')
        .makeOptionMandatory(),
    )
    .addOption(state());
}

/** What `askingAgent` has read. */
export function askedOptions<Options extends AskedWith>(options: Options): VschedVerbOptions {
  const { agent, agentKey, output } = options;
  return { agent, agentKey, output, stateDirectory: options.state };
}

/** Gives `virtuoso vsched` its verbs. */
export function addVschedVerbs(vsched: Command, run: (verb: Promise<number>) => Promise<void>): void {
  vsched
    .command('key')
    .description(
      'print the pin of your key, made if there is none: what goes into operators of a Host, or adjustableBy of a VMSet',
    )
    .addOption(state())
    .action((options) => run(vschedKey(options.state)));
  asking(vsched, 'list')
    .description('list what is scheduled of yours with its account, and the VMs that you may change')
    .action((options: AskedWith) => run(vschedList(askedOptions(options))));
  asking(vsched, 'find')
    .description('find your processes on the host')
    .argument('[text]', 'a part of the name or of the command line', '')
    .action((text: string, options: AskedWith) => run(vschedFind(text, askedOptions(options))));
  scheduling(vsched, 'admit', aProcess)
    .description('schedule a process; work-conserving unless it is said to be strict')
    .action((object: VschedObject, options: ScheduleOptions) =>
      run(vschedAdmit(started(object, options), wanted(options), askedOptions(options))),
    );
  scheduling(vsched, 'set', processOrVm)
    .description('change the schedule of a process or VM at once')
    .action((object: VschedObject, options: ScheduleOptions) =>
      run(vschedSet(started(object, options), wanted(options), askedOptions(options))),
    );
  const others = [
    ['pause', 'stop a process, which keeps its share', aProcess, vschedPause],
    ['resume', 'have a paused process run again', aProcess, vschedResume],
    ['release', 'make a process an ordinary one again, or give a VM what documents state', processOrVm, vschedRelease],
  ] as const;
  for (const [name, description, what, verb] of others) {
    ofProcess(vsched, name, what)
      .description(description)
      .action((object: VschedObject, options: ProcessOptions) =>
        run(verb(started(object, options), askedOptions(options))),
      );
  }
}

const aProcess = 'number of a process';
const processOrVm = 'number of a process, or vm/NAME';

function asking(vsched: Command, name: string): Command {
  const output = new Option('-o, --output <format>', 'form of the output').choices(['text', 'json']).default('text');
  return askingAgent(vsched.command(name)).addOption(output);
}

function ofProcess(vsched: Command, name: string, what: string): Command {
  return asking(vsched, name)
    .argument('<object>', what, objectOf)
    .option('--started <ticks>', 'when the process started, as list and find show it: another one is refused', whole);
}

function scheduling(vsched: Command, name: string, what: string): Command {
  return ofProcess(vsched, name, what)
    .requiredOption('--period <time>', 'length of a period, such as 10ms', (text) =>
      time(text, scheduleLimits.leastPeriodUs),
    )
    .requiredOption('--slice <time>', 'processor time in each period, such as 2ms', (text) =>
      time(text, scheduleLimits.leastSliceUs),
    )
    .addOption(
      new Option('--strict', 'at the end of its slice it is stopped until the next period').conflicts('workConserving'),
    )
    .option('--work-conserving', 'at the end of its slice it is an ordinary process until the next period')
    .option('--cpu <number>', 'processor to run on; where it fits best when left out', whole);
}

function started(object: VschedObject, { started: startTicks }: ProcessOptions): VschedObject {
  return object.kind === 'vm' || startTicks === undefined ? object : { ...object, startTicks };
}

function wanted({ period: periodUs, slice: sliceUs, strict, workConserving, cpu }: ScheduleOptions) {
  return {
    ...{ periodUs, sliceUs },
    ...(strict ? { mode: 'strict' as const } : {}),
    ...(workConserving ? { mode: 'work-conserving' as const } : {}),
    ...(cpu === undefined ? {} : { cpu }),
  };
}

export function objectOf(text: string): VschedObject {
  if (/^[1-9][0-9]{0,6}$/.test(text)) return { kind: 'process', pid: Number(text) };
  const [, vm] = /^vm\/([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/.exec(text) ?? [];
  if (vm === undefined) throw new InvalidArgumentError('Write the number of a process, or vm/NAME.');
  return { kind: 'vm', vm };
}

function time(text: string, leastUs: number): number {
  const us = /^[0-9]{1,9}(\.[0-9]{1,6})?(us|ms|s|m|h)$/.test(text) ? microseconds(text) : Number.NaN;
  if (!(us >= leastUs && us <= scheduleLimits.longestPeriodUs))
    throw new InvalidArgumentError(`Write a time with its unit, such as 500us, 10ms or 2h, from ${leastUs}us to 744h.`);
  return us;
}

function whole(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}
