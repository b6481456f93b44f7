import { userInfo } from 'node:os';
import { approvalDigest } from '../reconciler/model/approval.js';
import { renderText } from '../reconciler/plan/render-text.js';
import type { ApplyReply, Plan } from '../schema/generated/types.js';
import { ApiClient } from './api-client.js';
import { exitCodeOf, messageOf, tellOutcomes } from './apply.js';
import { exitCodes } from './exit-codes.js';

export interface ApproveOptions {
  /** What the condition of the fleet names; without it the plan that waits is shown. */
  digest?: string | undefined;
  /** Who approves, for the journal. */
  by?: string | undefined;
  server: string;
  stateDirectory: string;
}

/** Has a running reconciler carry out the plan that waits for an approval, if it is the one that was reviewed. Returns the exit code. */
export async function approve({ digest, by, server, stateDirectory }: ApproveOptions): Promise<number> {
  const client = new ApiClient(server, stateDirectory);
  const answer = await client.get('/v1/plan');
  if (typeof answer === 'string') return fail(answer, exitCodes.error);
  if (answer.status !== 200) return fail(messageOf(answer.body), exitCodes.error);
  const plan = answer.body as Plan;
  const waiting = approvalDigest(plan);
  if (digest === undefined) {
    process.stdout.write(`${renderText(plan)}Approve it with: virtuoso approve ${waiting}\n`);
    return exitCodes.ok;
  }
  if (waiting !== digest) {
    const message = `The newest plan is another one by now (${waiting}): \`virtuoso approve\` shows it. Nothing was done.`;
    return fail(message, exitCodes.stale);
  }
  const actor = by ?? userInfo().username;
  const applied = await client.post('/v1/apply', { plan, hash: plan.hash, actor });
  if (typeof applied === 'string') return fail(applied, exitCodes.error);
  if (applied.status !== 200) return fail(messageOf(applied.body), exitCodeOf(applied.status));
  return tellOutcomes(applied.body as ApplyReply);
}

function fail(message: string, code: number): number {
  process.stderr.write(`error: ${message}\n`);
  return code;
}
