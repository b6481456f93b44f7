import type { HostList } from '../schema/generated/types.js';
import { ApiClient } from './api-client.js';
import { exitCodes } from './exit-codes.js';
import { diffText, vnetDiff } from './vnet-diff.js';

export interface DiffOptions {
  output: 'text' | 'json';
  detailedExitcode: boolean;
  server: string;
  stateDirectory: string;
}

/** Shows in what hosts differ from what they were told to be. Returns the exit code. */
export async function diff({ output, detailedExitcode, server, stateDirectory }: DiffOptions): Promise<number> {
  const answer = await new ApiClient(server, stateDirectory).get('/v1/hosts');
  if (typeof answer === 'string' || answer.status !== 200) {
    const message = typeof answer === 'string' ? answer : (answer.body as { error: { message: string } }).error.message;
    process.stderr.write(`error: ${message}\n`);
    return exitCodes.error;
  }
  const { hosts } = answer.body as HostList;
  const differences = vnetDiff(hosts);
  const untold = hosts.filter(({ desired }) => !desired).map(({ host }) => host);
  if (untold.length > 0) {
    process.stderr.write(`Not compared, since this reconciler has not told them anything yet: ${untold.join(', ')}.\n`);
  }
  const result = { format_version: '1', differences, untold };
  process.stdout.write(output === 'json' ? `${JSON.stringify(result, null, 2)}\n` : diffText(differences));
  return detailedExitcode && differences.length > 0 ? exitCodes.changes : exitCodes.ok;
}
