import { type Command, InvalidArgumentError, Option } from 'commander';
import { microseconds } from '../schema/schedule.js';
import { button } from './button.js';
import { joystick } from './joystick.js';
import { openVsched } from './open-vsched.js';
import { type PersistOptions, persist } from './persist.js';
import type { VschedClient } from './vsched-client.js';
import { askedOptions, askingAgent } from './vsched-verbs.js';

/** Options as they are parsed. */
interface Asked {
  agent: string;
  agentKey: string;
  state: string;
  output: 'text';
}

interface Proposing {
  server: string;
  state: string;
  repository?: string;
  branch?: string;
  subdirectory: string;
  set: boolean;
}

const server = () =>
  new Option('--server <url>', "address of the reconciler's API")
    .env('VIRTUOSO_SERVER')
    .default('http://127.0.0.1:8080');

/** Gives `virtuoso vsched` the verbs with which users look for a schedule, and propose what they have found. */
export function addUserVerbs(vsched: Command, run: (verb: Promise<number>) => Promise<void>): void {
  proposing(askingAgent(vsched.command('joystick')))
    .description('move the period and share of a VM with arrow keys, and see what that costs and gives')
    .argument('<vm>', 'vm/NAME', nameOf)
    .action((vm: string, options: Asked & Proposing) => run(withJoystick(vm, options)));
  askingAgent(vsched.command('button'))
    .description('the irritation button: give a VM more at once with Enter, and less and less until the next press')
    .argument('<vm>', 'vm/NAME', nameOf)
    .option('--period <time>', 'length of a period, such as 10ms; as it is when left out', periodOf)
    .action((vm: string, options: Asked & { period?: number }) =>
      run(asking(options, (client) => button(client, vm, options.period))),
    );
  proposing(vsched.command('persist'))
    .description('propose what users have found as a commit on a new branch of a clone; pushes nothing')
    .argument('[vm...]', 'vm/NAME; all that users have changed when left out', (text, all: string[] = []) => [
      ...all,
      nameOf(text),
    ])
    .addOption(
      new Option('--state <directory>', 'where keys, tokens and mirrors are kept')
        .env('VIRTUOSO_STATE')
        .default('.virtuoso'),
    )
    .action((vms: string[] | undefined, options: Proposing) => run(proposed(vms ?? [], options)));
}

function proposing(command: Command): Command {
  return command
    .addOption(server())
    .option('--repository <path>', 'clone of the repository that the reconciler reads, to write the branch to')
    .option('--branch <name>', 'the branch that is made')
    .option('--subdirectory <path>', 'folder of the repository that holds the documents', '')
    .option('--set', "what one VM's users found is for all VMs of its set", false);
}

function withJoystick(vm: string, options: Asked & Proposing): Promise<number> {
  const { server: api, state: stateDirectory } = options;
  const canPropose = options.repository !== undefined && options.branch !== undefined;
  const propose = canPropose ? { propose: () => proposed([vm], options) } : {};
  return asking(options, (client) => joystick(client, { vm, server: api, stateDirectory, ...propose }));
}

function proposed(vms: string[], options: Proposing): Promise<number> {
  const { repository, branch, subdirectory, set, server: api, state: stateDirectory } = options;
  if (repository === undefined || branch === undefined) {
    process.stderr.write('error: Say with --repository and --branch where to propose it.\n');
    return Promise.resolve(1);
  }
  const where: Omit<PersistOptions, 'vms' | 'set'> = { repository, branch, subdirectory, server: api, stateDirectory };
  return persist({ vms, set, ...where });
}

async function asking(options: Asked, ask: (client: VschedClient) => Promise<number>): Promise<number> {
  const client = await openVsched(askedOptions(options));
  if (typeof client === 'number') return client;
  const code = await ask(client);
  client.close();
  return code;
}

function nameOf(text: string): string {
  if (!/^vm\/[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text)) throw new InvalidArgumentError('Write vm/NAME.');
  return text.slice('vm/'.length);
}

function periodOf(text: string): number {
  if (!/^[0-9]{1,9}(\.[0-9]{1,6})?(us|ms|s|m|h)$/.test(text))
    throw new InvalidArgumentError('Write a time such as 10ms.');
  return microseconds(text);
}
