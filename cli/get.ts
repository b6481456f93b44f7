import { writeFile } from 'node:fs/promises';
import { renderText } from '../reconciler/plan/render-text.js';
import type { ConditionList, FleetView, HostList, Plan } from '../schema/generated/types.js';
import { ApiClient } from './api-client.js';
import { columns } from './columns.js';
import { exitCodes } from './exit-codes.js';
import { fleetPicture } from './fleet-picture.js';
import { dot, mermaid } from './vnet-picture.js';
import { type VnetPart, vnetData, vnetTable } from './vnet-tables.js';

export const vnetParts = ['interfaces', 'links', 'rules', 'networks'] as const satisfies VnetPart[];

export interface GetOptions {
  what: 'fleet' | 'plan' | 'conditions' | 'demands' | VnetPart;
  output: 'text' | 'json' | 'mermaid' | 'dot';
  out?: string;
  server: string;
  stateDirectory: string;
}

/** Asks a running reconciler and shows its answer. Returns the exit code. */
export async function get({ what, output, out, server, stateDirectory }: GetOptions): Promise<number> {
  const isPicture = output === 'mermaid' || output === 'dot';
  if (isPicture && what !== 'links' && what !== 'fleet') {
    return fail(`There is no picture of ${what}: ask for links or fleet, or for -o text or json.`);
  }
  const ofHosts = isPicture || isVnetPart(what);
  const answer = await new ApiClient(server, stateDirectory).get(`/v1/${ofHosts ? 'hosts' : pathOf(what)}`);
  if (typeof answer === 'string') return fail(answer);
  if (answer.status !== 200) return fail((answer.body as { error: { message: string } }).error.message);
  const data = isVnetPart(what)
    ? { format_version: '1', [what]: vnetData(what, (answer.body as HostList).hosts) }
    : answer.body;
  if (out !== undefined) await writeFile(out, `${JSON.stringify(data, null, 2)}\n`);
  process.stdout.write(output === 'json' ? `${JSON.stringify(data, null, 2)}\n` : text(what, output, answer.body));
  return exitCodes.ok;
}

const isVnetPart = (what: GetOptions['what']): what is VnetPart => vnetParts.some((part) => part === what);

const pathOf = (what: GetOptions['what']): string => (what === 'demands' ? 'fleet' : what);

function text(what: GetOptions['what'], output: Exclude<GetOptions['output'], 'json'>, body: unknown): string {
  if (output !== 'text') return (output === 'dot' ? dot : mermaid)((body as HostList).hosts);
  if (isVnetPart(what)) return vnetTable(what, (body as HostList).hosts);
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
