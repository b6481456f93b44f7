import { userInfo } from 'node:os';
import type { LiftReply, Quarantine, QuarantineList } from '../schema/generated/types.js';
import { printable } from '../schema/validate/render.js';
import { type ApiAnswer, ApiClient } from './api-client.js';
import { when } from './columns.js';
import { exitCodes } from './exit-codes.js';

export interface QuarantineOptions {
  /** Hash of a plan, or `all`; left out: they are listed. */
  lift?: string;
  /** As the journal shall say; the user of this machine when left out. */
  actor?: string;
  output: 'text' | 'json';
  server: string;
  stateDirectory: string;
}

/** Lists what was taken back and is not decided again for now, or ends that. Returns the exit code. */
export async function quarantine({ lift, output, ...options }: QuarantineOptions): Promise<number> {
  const api = new ApiClient(options.server, options.stateDirectory);
  const actor = options.actor ?? userInfo().username;
  const answer = await (lift === undefined
    ? api.get('/v1/quarantines')
    : api.post('/v1/quarantines/lift', { plan: lift, actor }));
  if (typeof answer === 'string') return fail(answer);
  if (answer.status !== 200) return fail((answer.body as { error: { message: string } }).error.message);
  if (output === 'json') process.stdout.write(`${JSON.stringify(answer.body, null, 2)}\n`);
  const lines = lift === undefined ? listLines(answer) : liftedLines(answer);
  if (output === 'text') process.stdout.write(`${lines.map(printable).join('\n')}\n`);
  const isInVain = lift !== undefined && (answer.body as LiftReply).lifted.length === 0;
  return isInVain ? exitCodes.error : exitCodes.ok;
}

function listLines({ body }: ApiAnswer): string[] {
  const { quarantines } = body as QuarantineList;
  if (quarantines.length === 0) return ['Nothing was taken back of late: all may be decided.'];
  return quarantines.flatMap(quarantineLines);
}

function quarantineLines({ plan, reason, untilMs, vms, pairs }: Quarantine): string[] {
  return [
    `${plan} until ${when(new Date(untilMs).toISOString())}`,
    `  ${reason}`,
    ...(vms.length > 0 ? [`  VMs that stay: ${vms.join(', ')}`] : []),
    ...(pairs.length > 0
      ? [`  paths that stay: ${pairs.map(({ source, destination }) => `${source} -> ${destination}`).join(', ')}`]
      : []),
  ];
}

function liftedLines({ body }: ApiAnswer): string[] {
  const { lifted } = body as LiftReply;
  if (lifted.length === 0) return ['There is no such quarantine: without --lift they are listed.'];
  return lifted.map((plan) => `${plan} may be decided again.`);
}

function fail(message: string): number {
  process.stderr.write(`error: ${printable(message)}\n`);
  return exitCodes.error;
}
