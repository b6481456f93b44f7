import { join, resolve } from 'node:path';
import type { VschedRefused } from '../schema/generated/types.js';
import { type Identity, loadIdentity } from '../wire/identity.js';
import { exitCodes } from './exit-codes.js';
import { connectVsched, type VschedClient, type VschedLost } from './vsched-client.js';

/** Which agent is asked, and as whom. */
export interface VschedOptions {
  /** `ADDRESS:PORT` of the agent, or the same as a `wss://` address. */
  agent: string;
  /** Pin of the agent's key. */
  agentKey: string;
  stateDirectory: string;
}

/** The identity of the person who types, which is made if there is none. */
export function operatorIdentity(stateDirectory: string): Promise<Identity> {
  return loadIdentity(join(resolve(stateDirectory), 'operator'), 'operator', Date.now());
}

/** Connects to the agent; where that is not possible it says why and gives the exit code. */
export async function openVsched({ agent, agentKey, stateDirectory }: VschedOptions): Promise<VschedClient | number> {
  const identity = await operatorIdentity(stateDirectory);
  const url = agent.startsWith('wss://') ? agent : `wss://${agent}`;
  if (!URL.canParse(url))
    return fail(`${agent} is no address: write ADDRESS:PORT, as of \`agent run --vsched-listen\`.`);
  const connected = await connectVsched({ url, agentKey }, identity);
  if (connected.kind === 'connected') return connected.client;
  if (connected.reason === 'stranger') {
    return fail(`${connected.message} It is ${identity.pin}.`, exitCodes.denied);
  }
  const why = connected.message.replace(/\.$/, '');
  return fail(`${why}. Look at --agent and --agent-key, and whether the agent runs with --vsched-listen.`);
}

/** Says why nothing was done, or that nobody knows, and gives the exit code. */
export function failed(answer: VschedRefused | VschedLost): number {
  if (answer.kind === 'refused') return fail(answer.message, refusalCodes[answer.reason]);
  return fail(answer.message, answer.reason === 'stranger' ? exitCodes.denied : exitCodes.error);
}

const refusalCodes: Record<VschedRefused['reason'], number> = {
  ...{ invalid: exitCodes.error, unsupported: exitCodes.error },
  ...{ 'already-scheduled': exitCodes.error, 'not-scheduled': exitCodes.error, gone: exitCodes.error },
  ...{ 'out-of-range': exitCodes.infeasible, overfull: exitCodes.infeasible },
  ...{ denied: exitCodes.denied, 'of-a-vm': exitCodes.denied },
  ...{ 'unknown-vm': exitCodes.denied, 'out-of-bounds': exitCodes.denied },
  'other-process': exitCodes.stale,
};

export function fail(message: string, code: number = exitCodes.error): number {
  process.stderr.write(`error: ${message}\n`);
  return code;
}
