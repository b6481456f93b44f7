import { writeFile } from 'node:fs/promises';
import { renderText } from '../reconciler/plan/render-text.js';
import type {
  ConditionList,
  DemandList,
  FleetView,
  HostList,
  LinkPolicyList,
  PathList,
  Plan,
  ScheduleList,
  Topology,
} from '../schema/generated/types.js';
import { ApiClient } from './api-client.js';
import { columns } from './columns.js';
import { demandsText } from './demands-text.js';
import { type Drawing, dotOf, mermaidOf } from './drawing.js';
import { exitCodes } from './exit-codes.js';
import { fleetPicture } from './fleet-picture.js';
import { demandsDrawing, pathsDrawing, topologyDrawing } from './inference-picture.js';
import { linkPoliciesText } from './link-policies-text.js';
import { pathsText } from './paths-text.js';
import { schedulesText } from './schedules-text.js';
import { topologyText } from './topology-text.js';
import { vnetDrawing } from './vnet-picture.js';
import { type VnetPart, vnetData, vnetTable } from './vnet-tables.js';

/** What one can ask for: where it is, how it is shown, and how it is drawn if it can be. */
interface Shown<T> {
  path: string;
  text(body: T): string;
  data(body: T): unknown;
  draw?: { path: string; drawing: (body: never) => Drawing };
}

const shown = {
  fleet: seen<FleetView>('fleet', (view) => `${fleetPicture(view)}\n`, { path: 'hosts', drawing: overlay }),
  plan: seen<Plan>('plan', renderText),
  conditions: seen<ConditionList>('conditions', conditionsText),
  demands: seen<DemandList>('demands', (list) => demandsText(list, Date.now()), {
    path: 'demands',
    drawing: demandsDrawing,
  }),
  paths: seen<PathList>('paths', pathsText, { path: 'paths', drawing: pathsDrawing }),
  topology: seen<Topology>('topology', topologyText, { path: 'topology', drawing: topologyDrawing }),
  schedules: seen<ScheduleList>('schedules', schedulesText),
  linkpolicies: seen<LinkPolicyList>('link-policies', linkPoliciesText),
  interfaces: vnet('interfaces'),
  links: { ...vnet('links'), draw: { path: 'hosts', drawing: overlay } },
  rules: vnet('rules'),
  networks: vnet('networks'),
} as const;

export type Shows = keyof typeof shown;
export const shows = Object.keys(shown) as Shows[];

export interface GetOptions {
  what: Shows;
  output: 'text' | 'json' | 'mermaid' | 'dot';
  out?: string;
  server: string;
  stateDirectory: string;
}

/** Asks a running reconciler and shows its answer. Returns the exit code. */
export async function get({ what, output, out, server, stateDirectory }: GetOptions): Promise<number> {
  const { path, text, data, draw }: Shown<never> = shown[what];
  const isPicture = output === 'mermaid' || output === 'dot';
  if (isPicture && draw === undefined) {
    const drawable = shows.filter((each) => 'draw' in shown[each]).join(', ');
    return fail(`There is no picture of ${what}: ask for one of ${drawable}, or for -o text or json.`);
  }
  const answer = await new ApiClient(server, stateDirectory).get(`/v1/${isPicture && draw ? draw.path : path}`);
  if (typeof answer === 'string') return fail(answer);
  if (answer.status !== 200) return fail((answer.body as { error: { message: string } }).error.message);
  const body = answer.body as never;
  const json = `${JSON.stringify(isPicture ? body : data(body), null, 2)}\n`;
  if (out !== undefined) await writeFile(out, json);
  if (isPicture && draw) process.stdout.write((output === 'dot' ? dotOf : mermaidOf)(draw.drawing(body)));
  else process.stdout.write(output === 'json' ? json : text(body));
  return exitCodes.ok;
}

function seen<T>(path: string, text: (body: T) => string, draw?: Shown<T>['draw']): Shown<T> {
  return { path, text, data: (body) => body, ...(draw ? { draw } : {}) };
}

function vnet(part: VnetPart): Shown<HostList> {
  return {
    path: 'hosts',
    text: ({ hosts }) => vnetTable(part, hosts),
    data: ({ hosts }) => ({ format_version: '1', [part]: vnetData(part, hosts) }),
  };
}

function overlay({ hosts }: HostList): Drawing {
  return vnetDrawing(hosts);
}

function conditionsText({ conditions }: ConditionList): string {
  const rows = conditions.map(({ object, type, status, reason, message }) => [object, type, status, reason, message]);
  return `${columns([['OBJECT', 'TYPE', 'STATUS', 'REASON', 'MESSAGE'], ...rows]).join('\n')}\n`;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
