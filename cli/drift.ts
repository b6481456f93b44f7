import type { Drift, DriftList } from '../schema/generated/types.js';
import { printable } from '../schema/validate/render.js';
import { ApiClient } from './api-client.js';
import { when } from './columns.js';
import { exitCodes } from './exit-codes.js';

export interface DriftOptions {
  output: 'text' | 'json';
  detailedExitcode: boolean;
  server: string;
  stateDirectory: string;
}

/** Shows what of the fleet is not as the reconciler last left it. Returns the exit code. */
export async function drift({ output, detailedExitcode, server, stateDirectory }: DriftOptions): Promise<number> {
  const answer = await new ApiClient(server, stateDirectory).get('/v1/drift');
  if (typeof answer === 'string') return fail(answer);
  if (answer.status !== 200) return fail((answer.body as { error: { message: string } }).error.message);
  const list = answer.body as DriftList;
  if (output === 'json') process.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
  if (list.leftAtMs === null) return fail(`${list.reason} Ask again after the next pass.`);
  if (output === 'text') process.stdout.write(driftText(list));
  return detailedExitcode && list.drift.length > 0 ? exitCodes.changes : exitCodes.ok;
}

export function driftText({ leftAtMs, drift: found, unheard, pending }: DriftList): string {
  const left = `the reconciler left it (${when(new Date(leftAtMs ?? 0).toISOString())})`;
  const head =
    found.length === 0
      ? `The fleet is as ${left}.`
      : `${found.length} ${found.length === 1 ? 'thing is' : 'things are'} not as ${left}.`;
  const hosts = [...new Set(found.map(({ host }) => host))];
  const blocks = hosts.flatMap((host) => ['', host, ...found.filter((each) => each.host === host).map(line)]);
  const legend = found.length === 0 ? [] : ['', '- is missing, + is there and was not left, ~ is different'];
  const rest = [
    ...(unheard.length === 0 ? [] : [`Not compared, since their agents are not connected: ${unheard.join(', ')}.`]),
    ...(pending === 0 ? [] : [`The newest plan waits, with ${pending} steps: see \`virtuoso get plan\`.`]),
  ];
  return `${[head, ...blocks, ...legend, ...(rest.length > 0 ? ['', ...rest] : [])].map(printable).join('\n')}\n`;
}

const signs: Record<Drift['kind'], string> = { missing: '-', extra: '+', different: '~' };

function line({ part, object, kind, left, is, byOthers }: Drift): string {
  const what = kind === 'missing' ? `was ${left}` : kind === 'extra' ? `is ${is}` : `was ${left}, is ${is}`;
  const words =
    part === 'vm' && kind === 'missing'
      ? `left here, runs nowhere`
      : part === 'vm' && kind === 'extra'
        ? 'runs here, left nowhere'
        : what;
  return `  ${signs[kind]} ${part} ${object}: ${words}${byOthers ? ' (by others)' : ''}`;
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
