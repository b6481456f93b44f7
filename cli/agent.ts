import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { Agent } from '../agents/agent.js';
import { fileMemory } from '../agents/file-memory.js';
import { netnsSubstrate } from '../agents/netns-substrate.js';
import type { Substrate } from '../agents/substrate.js';
import { sshKey } from '../agents/vnet/carriers/ssh-key.js';
import type { HostSchedulerOptions } from '../agents/vsched/open-host-scheduler.js';
import type { BackendChoice } from '../agents/vsched/probe-backends.js';
import type { TracedPeers } from '../agents/wren/trace-recorder.js';
import { labNames } from '../lab/names.js';
import { labIdentity, labSubstrateOptions } from '../lab/substrate.js';
import { connect } from '../wire/connect.js';
import { loadIdentity } from '../wire/identity.js';
import type { Listener } from '../wire/listen.js';
import { exitCodes } from './exit-codes.js';
import { hostStand } from './host-stand.js';
import { type LogFormat, openLog } from './log.js';
import { version } from './version.js';
import { listenForUsers, type VschedListenOptions } from './vsched-listen.js';

export interface AgentOptions {
  host: string;
  /** `wss://` address of the reconciler. */
  hub: string;
  /** Pin of the reconciler's key. */
  hubKey: string;
  stateDirectory: string;
  /** Name of the lab whose host this process plays; it has to run in that host's namespace. Without it, it is this machine. */
  lab?: string;
  /** What forwards frames. */
  core: 'auto' | 'ebpf' | 'nftables';
  /** Peers whose links are recorded. */
  trace?: TracedPeers | undefined;
  /** What schedules VMs and processes; left out: the best that works, and in a lab nothing. */
  vsched?: BackendChoice | 'off';
  /** Processors that are scheduled; left out: all. In a lab they have to be said, because its hosts share those of one machine. */
  vschedCpus?: number[];
  /** Folder with the images of machines; left out: there are none, nor machines. */
  images?: string;
  /** What runs the processors of machines. */
  accelerator: 'auto' | 'kvm' | 'tcg';
  /** Where users are served who schedule processes and VMs; left out: nowhere. */
  vschedListen?: { host: string; port: number };
  logFormat: LogFormat;
}

/**
 * Prints the pin of an agent's key, which is made if there is none: what goes into `agentKey` of its Host. With `ssh`, instead the
 * public key that it shows to SSH servers: what goes into their `authorized_keys`.
 */
export async function agentKey(host: string, stateDirectory: string, ssh: boolean): Promise<number> {
  if (ssh) {
    process.stdout.write(`${sshKey(join(resolve(stateDirectory), 'ssh'), host).publicKey}\n`);
    return exitCodes.ok;
  }
  const identity = await loadIdentity(join(resolve(stateDirectory), 'identity'), host, Date.now());
  process.stdout.write(`${identity.pin}\n`);
  return exitCodes.ok;
}

/** Runs the agent of one host until it is told to end; guests and forwarding outlive it. Returns the exit code. */
export async function agent(options: AgentOptions): Promise<number> {
  const log = openLog({ format: options.logFormat, base: { host: options.host } });
  const stateDirectory = resolve(options.stateDirectory);
  const identity = await loadIdentity(join(stateDirectory, 'identity'), options.host, Date.now());
  const substrate = await stand(options, stateDirectory).catch((error: Error) => error);
  if (substrate instanceof Error) {
    process.stderr.write(`error: ${substrate.message}\n`);
    return exitCodes.error;
  }
  if (options.trace && !substrate.wren?.traces)
    log('warn', 'Nothing is recorded: packets can be looked at by the eBPF core alone.');
  const { schedules, lacks = [] } = substrate.capabilities;
  for (const lack of lacks) log('info', lack);
  if (substrate.capabilities.accelerator) log('info', `Machines run by ${substrate.capabilities.accelerator}.`);
  if (schedules) log('info', `Schedules are kept by ${schedules.backend} on ${schedules.processors} processors.`);
  const running = new Agent({
    host: options.host,
    boot: randomUUID(),
    version,
    substrate,
    memory: fileMemory(join(stateDirectory, 'generation.json')),
    dial: () => connect(options.hub, identity, options.hubKey),
    nowMs: () => Date.now(),
    random: Math.random,
    log,
  });
  const users = await serveUsers(options.vschedListen, { agent: running, substrate, identity, stateDirectory, log });
  if (users instanceof Error) {
    process.stderr.write(`error: users cannot be served: ${users.message}. Choose another address or port.\n`);
    await substrate.close();
    return exitCodes.error;
  }
  await running.start();
  await new Promise<void>((end) => {
    process.once('SIGINT', () => end());
    process.once('SIGTERM', () => end());
  });
  await users?.close();
  await running.stop();
  return exitCodes.ok;
}

type Served = Omit<VschedListenOptions, 'at' | 'vsched'> & { substrate: Substrate };

/** Undefined: nobody is served. */
async function serveUsers(
  at: AgentOptions['vschedListen'],
  { substrate, ...served }: Served,
): Promise<Listener | Error | undefined> {
  if (at === undefined) return undefined;
  const { vsched } = substrate;
  if (vsched) return listenForUsers({ ...served, at, vsched }).catch((error: Error) => error);
  served.log('warn', 'Users are not served, because nothing is scheduled here: see what this host lacks.');
  return undefined;
}

/** @throws if this machine cannot do what was asked for; the message has the remedy. */
async function stand(options: AgentOptions, stateDirectory: string): Promise<Substrate> {
  const { host, lab, core, trace, images, accelerator } = options;
  const machines = images === undefined ? undefined : { images: resolve(images), accelerator };
  const names = lab === undefined ? undefined : labNames(lab);
  const base = names
    ? { ...labSubstrateOptions(names, host), identity: labIdentity(names, stateDirectory) }
    : hostStand(host, stateDirectory);
  return netnsSubstrate({ ...base, core, traced: trace, schedules: scheduling(options), machines });
}

/** Undefined: nothing schedules. */
function scheduling({ lab, vsched, vschedCpus: cpus }: AgentOptions): HostSchedulerOptions | undefined {
  const choice = vsched ?? (lab === undefined ? 'auto' : 'off');
  if (choice === 'off') return undefined;
  if (lab === undefined || cpus !== undefined) return { choice, cpus };
  throw new Error('hosts of a lab share the processors of one machine: say with --vsched-cpus which are for this one');
}
