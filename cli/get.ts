import { writeFile } from 'node:fs/promises';
import { renderText } from '../reconciler/plan/render-text.js';
import type { ConditionList, FleetView, Plan } from '../schema/generated/types.js';
import { ApiClient } from './api-client.js';
import { columns } from './columns.js';
import { exitCodes } from './exit-codes.js';
import { fleetPicture } from './fleet-picture.js';

export interface GetOptions {
  what: 'fleet' | 'plan' | 'conditions' | 'demands';
  output: 'text' | 'json';
  out?: string;
  server: string;
  stateDirectory: string;
}

/** Asks a running reconciler and shows its answer. Returns the exit code. */
export async function get({ what, output, out, server, stateDirectory }: GetOptions): Promise<number> {
  const path = what === 'demands' ? 'fleet' : what;
  const answer = await new ApiClient(server, stateDirectory).get(`/v1/${path}`);
  if (typeof answer === 'string') return fail(answer);
  if (answer.status !== 200) return fail((answer.body as { error: { message: string } }).error.message);
  if (out !== undefined) await writeFile(out, `${JSON.stringify(answer.body, null, 2)}\n`);
  process.stdout.write(output === 'json' ? `${JSON.stringify(answer.body, null, 2)}\n` : text(what, answer.body));
  return exitCodes.ok;
}

function text(what: GetOptions['what'], body: unknown): string {
  if (what === 'plan') return renderText(body as Plan);
  if (what === 'conditions') return conditionsText((body as ConditionList).conditions);
  const view = body as FleetView;
  return what === 'fleet' ? `${fleetPicture(view)}\n` : demandsText(view);
}

function conditionsText(conditions: ConditionList['conditions']): string {
  const rows = conditions.map(({ object, type, status, reason, message }) => [object, type, status, reason, message]);
  return `${columns([['OBJECT', 'TYPE', 'STATUS', 'REASON', 'MESSAGE'], ...rows]).join('\n')}\n`;
}

function demandsText({ traffic, vms }: FleetView): string {
  const names = new Map(vms.flatMap(({ name, macs }) => macs.map((mac): [string, string] => [mac, name])));
  const rows = traffic.demands.map(({ source, destination, rateMbps, origin }) => [
    names.get(source) ?? source,
    names.get(destination) ?? destination,
    rateMbps.toFixed(1),
    origin,
  ]);
  return `${columns([['FROM', 'TO', 'MB/S', 'ORIGIN'], ...rows], [2]).join('\n')}\n`;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
