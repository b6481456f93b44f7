import type { ScheduleList } from '../schema/generated/types.js';
import { periodicText } from '../schema/schedule.js';
import { ApiClient } from './api-client.js';
import { exitCodes } from './exit-codes.js';
import { openRepository } from './open-repository.js';
import { commitProposal } from './persist-commit.js';
import { type Proposal, proposal } from './persist-proposal.js';

export interface PersistOptions {
  /** Names of VMs; all whose schedules users have changed when empty. */
  vms: readonly string[];
  /** One member's choice is for its whole set. */
  set: boolean;
  /** Clone of the repository that the reconciler reads. */
  repository: string;
  subdirectory: string;
  /** That is to be made. */
  branch: string;
  server: string;
  stateDirectory: string;
}

/** Proposes what users have found as a commit on a branch of its own. Returns the exit code. */
export async function persist(options: PersistOptions): Promise<number> {
  const { repository, branch, server, stateDirectory } = options;
  const answer = await new ApiClient(server, stateDirectory).get('/v1/schedules');
  if (typeof answer === 'string') return fail(answer);
  if (answer.status !== 200) return fail((answer.body as { error: { message: string } }).error.message);
  const opened = await openRepository({ ...options, ref: 'HEAD', pollMs: 60_000 });
  if (opened.kind === 'failed') return fail(opened.message);
  const read = await opened.source.read();
  if (read.kind !== 'documents') return fail(read.message);
  const { schedules } = answer.body as ScheduleList;
  const wanted = { ...(options.vms.length > 0 ? { vms: options.vms } : {}), forSet: options.set };
  const proposed = proposal(read.files, schedules, wanted);
  if (proposed.kind === 'refused') return fail(proposed.message);
  const { files } = proposed;
  const made = await commitProposal({ repository, branch, base: read.source, files, message: messageOf(proposed) });
  if (made.kind === 'failed') return fail(`The branch ${branch} cannot be written: ${made.message}.`);
  process.stdout.write(made.diff);
  process.stdout.write(
    `Written to the branch ${branch} as ${made.commit.slice(0, 12)}: push it, and open a pull request.\n`,
  );
  return exitCodes.ok;
}

function messageOf({ sets }: Extract<Proposal, { kind: 'proposed' }>): string {
  const [first] = sets;
  const subject =
    sets.length === 1 && first ? `Schedule ${first.set} as its users do` : 'Schedule VMs as their users do';
  const lines = sets.map(({ set, schedule, by }) => `${set}: ${periodicText(schedule)}, found by ${by.join(', ')}`);
  return `${[subject, '', ...lines].join('\n')}\n`;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
