import { type Command, InvalidArgumentError, Option } from 'commander';
import type { TracedPeers } from '../agents/wren/trace-recorder.js';
import { agent, agentKey } from './agent.js';
import { logFormat, nameOfLab, stateDirectory } from './options.js';

/** Gives `virtuoso` the verb `agent`, for the agent of one host. */
export function addAgentVerbs(program: Command, run: (verb: Promise<number>) => Promise<void>): void {
  const agents = program.command('agent').description('the agent of one host');
  agents
    .command('key')
    .description('print the pin of the key of a host, made if there is none, for spec.agentKey of its Host')
    .argument('<host>')
    .option(
      '--ssh',
      'print its SSH public key instead, for authorized_keys of the servers that its links go through',
      false,
    )
    .addOption(stateDirectory())
    .action((host: string, options) => run(agentKey(host, options.state, options.ssh)));
  agents
    .command('run')
    .description('run the agent of this machine, or of a lab host inside its network namespace; needs root')
    .argument('<host>')
    .requiredOption('--hub <url>', 'wss:// address of the reconciler')
    .requiredOption('--hub-key <pin>', "pin of the reconciler's key")
    .option('--lab <name>', 'the lab that the host belongs to', nameOfLab)
    .addOption(
      new Option('--core <kind>', 'what forwards frames; auto takes eBPF where it loads')
        .choices(['auto', 'ebpf', 'nftables'])
        .default('auto'),
    )
    .option(
      '--trace <peers>',
      'record when packets of links left and came, for reconcile --traces: names of hosts with commas between, or * for all',
      tracedPeers,
    )
    .addOption(
      new Option(
        '--vsched <backend>',
        'what schedules VMs and processes; auto takes the best that works, and is the default, in labs off',
      ).choices(['auto', 'edf', 'deadline', 'quota', 'off']),
    )
    .option(
      '--vsched-cpus <numbers>',
      "processors that are scheduled, with commas between: this agent's alone; all when left out, in labs none",
      processors,
    )
    .option(
      '--vsched-listen <address>',
      'serve `virtuoso vsched` on ADDRESS:PORT, to whom documents grant it; nobody when left out',
      listenAddress,
    )
    .option(
      '--images <directory>',
      'run machines (VMSets of driver qemu) from the images in this folder; none when left out',
    )
    .addOption(
      new Option(
        '--accelerator <kind>',
        'what runs the processors of machines; auto takes KVM where a trial machine runs by it',
      )
        .choices(['auto', 'kvm', 'tcg'])
        .default('auto'),
    )
    .addOption(logFormat())
    .addOption(stateDirectory())
    .action((host: string, options) => run(agent({ host, ...options, stateDirectory: options.state })));
}

function processors(text: string): number[] {
  const numbers = text.split(',');
  if (!numbers.every((number) => /^[0-9]{1,4}$/.test(number)))
    throw new InvalidArgumentError('Write numbers of processors with commas between.');
  return [...new Set(numbers.map(Number))].sort((a, b) => a - b);
}

function listenAddress(text: string): { host: string; port: number } {
  const [, inBrackets, plain, port = ''] = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  if (host === undefined || Number(port) > 65_535)
    throw new InvalidArgumentError('Write ADDRESS:PORT, such as 192.0.2.7:7444 or [2001:db8::7]:7444.');
  return { host, port: Number(port) };
}

function tracedPeers(text: string): TracedPeers {
  if (text === '*') return 'all';
  const names = text.split(',');
  if (!names.every((name) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)))
    throw new InvalidArgumentError('Write names of hosts with commas between, or *.');
  return new Set(names);
}
