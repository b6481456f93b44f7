import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { Agent } from '../agents/agent.js';
import { fileMemory } from '../agents/file-memory.js';
import { netnsSubstrate } from '../agents/netns-substrate.js';
import { sshKey } from '../agents/vnet/carriers/ssh-key.js';
import type { TracedPeers } from '../agents/wren/trace-recorder.js';
import { labNames } from '../lab/names.js';
import { labIdentity, labSubstrateOptions } from '../lab/substrate.js';
import { connect } from '../wire/connect.js';
import { loadIdentity } from '../wire/identity.js';
import { exitCodes } from './exit-codes.js';
import { hostStand } from './host-stand.js';
import { version } from './version.js';

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
  const labStand = (lab: string) => ({
    ...labSubstrateOptions(labNames(lab), options.host),
    identity: labIdentity(labNames(lab), stateDirectory),
  });
  const logger = pino({ base: { host: options.host } }, pino.destination({ dest: 2, sync: true }));
  const stateDirectory = resolve(options.stateDirectory);
  const identity = await loadIdentity(join(stateDirectory, 'identity'), options.host, Date.now());
  const stand = options.lab === undefined ? hostStand(options.host, stateDirectory) : labStand(options.lab);
  const substrate = await netnsSubstrate({ ...stand, core: options.core, traced: options.trace }).catch(
    (error: Error) => error,
  );
  if (substrate instanceof Error) {
    process.stderr.write(`error: ${substrate.message}\n`);
    return exitCodes.error;
  }
  if (options.trace && !substrate.wren?.traces)
    logger.warn('Nothing is recorded: packets can be looked at by the eBPF core alone.');
  const running = new Agent({
    host: options.host,
    boot: randomUUID(),
    version,
    substrate,
    memory: fileMemory(join(stateDirectory, 'generation.json')),
    dial: () => connect(options.hub, identity, options.hubKey),
    nowMs: () => Date.now(),
    random: Math.random,
    log: (level, message) => logger[level](message),
  });
  await running.start();
  await new Promise<void>((end) => {
    process.once('SIGINT', () => end());
    process.once('SIGTERM', () => end());
  });
  await running.stop();
  return exitCodes.ok;
}
