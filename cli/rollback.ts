import { userInfo } from 'node:os';
import { renderText } from '../reconciler/plan/render-text.js';
import type { ApplyReply, RollbackReply } from '../schema/generated/types.js';
import { printable } from '../schema/validate/render.js';
import { type ApiAnswer, ApiClient } from './api-client.js';
import { exitCodes } from './exit-codes.js';

export interface RollbackOptions {
  /** Of the journal: number of a pass, or a commit. */
  entry: string;
  /** Applies the plan; else it is shown alone. */
  yes: boolean;
  /** Proposes the documents of the entry on a branch, instead of a plan. */
  documents: boolean;
  /** As the journal shall say; the user of this machine when left out. */
  actor?: string;
  output: 'text' | 'json';
  server: string;
  stateDirectory: string;
}

/** Shows the way back to what an entry of the journal left, and takes it if that is wanted. Returns the exit code. */
export async function rollback(options: RollbackOptions): Promise<number> {
  const { entry, yes, documents, server, stateDirectory, output } = options;
  if (yes && documents) return fail('--yes applies a plan, and --documents makes none: leave one of them out.');
  const api = new ApiClient(server, stateDirectory);
  const answer = await api.post('/v1/rollback', { entry, propose: documents });
  const problem = problemOf(answer);
  if (problem !== null) return fail(problem);
  const reply = (answer as ApiAnswer).body as RollbackReply;
  if (output === 'json') process.stdout.write(`${JSON.stringify(reply, null, 2)}\n`);
  if (reply.plan === null) {
    if (output === 'text') process.stdout.write(`${printable(reply.proposal?.message ?? '')}\n`);
    return exitCodes.ok;
  }
  const { plan } = reply;
  if (output === 'text')
    process.stdout.write(renderText(plan, { color: process.stdout.isTTY === true && !process.env.NO_COLOR }));
  if (!yes) {
    process.stderr.write('Nothing was changed. The same with --yes applies it.\n');
    return exitCodes.ok;
  }
  const actor = options.actor ?? userInfo().username;
  const applied = await api.post('/v1/apply', { plan, hash: plan.hash, actor });
  const refused = problemOf(applied);
  if (refused !== null) {
    fail(refused);
    return typeof applied !== 'string' && applied.status === 409 ? exitCodes.stale : exitCodes.error;
  }
  const { outcomes } = ((applied as ApiAnswer).body as ApplyReply).result;
  for (const { step, status, message } of outcomes)
    process.stderr.write(`${printable(`step ${step}: ${status} ${message}`.trimEnd())}\n`);
  return outcomes.every(({ status }) => status === 'done') ? exitCodes.ok : exitCodes.error;
}

function problemOf(answer: ApiAnswer | string): string | null {
  if (typeof answer === 'string') return answer;
  if (answer.status === 200) return null;
  return (answer.body as { error: { message: string } }).error.message;
}

function fail(message: string): number {
  process.stderr.write(`error: ${printable(message)}\n`);
  return exitCodes.error;
}
