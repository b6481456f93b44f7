import type { GuestSpec, HostDetail, HostList, Rule } from '../schema/generated/types.js';
import { ApiClient } from './api-client.js';
import { columns } from './columns.js';
import { exitCodes } from './exit-codes.js';
import { type Route, traceRoute } from './trace-route.js';

export interface TraceOptions {
  /** A VM, or its Ethernet address. */
  source: string;
  /** Likewise, or an address on the LAN. */
  destination: string;
  output: 'text' | 'json';
  server: string;
  stateDirectory: string;
}

const macPattern = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/;

/** Shows the route that a frame from one VM to another takes, hop by hop with the rule that decides. Returns the exit code. */
export async function trace({ source, destination, output, server, stateDirectory }: TraceOptions): Promise<number> {
  const answer = await new ApiClient(server, stateDirectory).get('/v1/hosts');
  if (typeof answer === 'string') return fail(answer);
  if (answer.status !== 200) return fail((answer.body as { error: { message: string } }).error.message);
  const { hosts } = answer.body as HostList;
  const from = findGuest(hosts, source);
  if (!from)
    return fail(`No VM ${source} runs: name one of ${names(hosts) || 'none, since no VM runs'}, or its address.`);
  const { network, mac } = from.guest;
  const to = findGuest(hosts, destination, network)?.guest.mac ?? destination.toLowerCase();
  if (!macPattern.test(to)) {
    return fail(
      `No VM ${destination} runs on the network ${network} of ${from.guest.name}: name another, or an Ethernet address.`,
    );
  }
  const route = traceRoute(hosts, from.host, { network, source: mac, destination: to });
  const result = { format_version: '1', network, source: mac, destination: to, ...route };
  process.stdout.write(output === 'json' ? `${JSON.stringify(result, null, 2)}\n` : routeText(route));
  return route.kind === 'dropped' ? exitCodes.error : exitCodes.ok;
}

interface Found {
  host: string;
  guest: GuestSpec;
}

function findGuest(hosts: readonly HostDetail[], text: string, network?: string): Found | undefined {
  const running = hosts.flatMap(({ host, report }) =>
    report.guests.filter(({ phase }) => phase === 'running').map(({ guest }): Found => ({ host, guest })),
  );
  return running.find(
    ({ guest }) =>
      (guest.name === text || guest.mac === text.toLowerCase()) && (network === undefined || guest.network === network),
  );
}

const names = (hosts: readonly HostDetail[]): string =>
  hosts
    .flatMap(({ report }) => report.guests.map(({ guest }) => guest.name))
    .sort()
    .join(', ');

export function routeText(route: Route): string {
  const rows = route.hops.map(({ host, rule, to }, index) => [
    String(index + 1),
    host,
    rule ? ruleText(rule) : '-',
    to,
  ]);
  const end =
    route.kind === 'delivered'
      ? `Delivered to ${route.guest}.`
      : route.kind === 'lan'
        ? "Handed over to the user's LAN."
        : `Dropped: ${route.reason}.`;
  return `${columns([['HOP', 'HOST', 'RULE', 'TO'], ...rows], [0]).join('\n')}\n${end}\n`;
}

const ruleText = ({ source, destination }: Rule): string => `(${source}, ${destination})`;

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
