import { readFile } from 'node:fs/promises';
import type { ApplyReply } from '../schema/generated/types.js';
import { ApiClient } from './api-client.js';
import { exitCodes } from './exit-codes.js';

export interface ApplyOptions {
  /** File that `plan --out` or the API wrote. */
  file: string;
  hash: string;
  server: string;
  stateDirectory: string;
}

/** Has a running reconciler apply a saved plan. Refused if the hash is another, or the plan is stale. Returns the exit code. */
export async function apply({ file, hash, server, stateDirectory }: ApplyOptions): Promise<number> {
  const text = await readFile(file, 'utf8').catch((error: Error) => error);
  if (text instanceof Error) return fail(`${file} cannot be read: ${text.message}`);
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch {
    return fail(`${file} is not JSON: save a plan with \`virtuoso get plan --out FILE\`.`);
  }
  const answer = await new ApiClient(server, stateDirectory).post('/v1/apply', { plan, hash });
  if (typeof answer === 'string') return fail(answer);
  if (answer.status !== 200) {
    fail(messageOf(answer.body));
    return exitCodeOf(answer.status);
  }
  return tellOutcomes(answer.body as ApplyReply);
}

/** What became of each step. Returns the exit code. */
export function tellOutcomes({ result: { outcomes } }: ApplyReply): number {
  for (const { step, status, message } of outcomes)
    process.stdout.write(`${`step ${step}: ${status} ${message}`.trimEnd()}\n`);
  return outcomes.every(({ status }) => status === 'done') ? exitCodes.ok : exitCodes.error;
}

/** Of an apply that was refused with a status of HTTP. */
export function exitCodeOf(status: number): number {
  if (status === 409) return exitCodes.stale;
  return status === 403 ? exitCodes.denied : exitCodes.error;
}

export function messageOf(body: unknown): string {
  const error = (body as { error?: { message?: string } }).error;
  return error?.message ?? JSON.stringify(body);
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
