import type { LinkEnd } from '../../../schema/generated/types.js';
import type { PumpStatus } from './pump-status.js';

type Remedy = (link: LinkEnd) => string;

/** What to do about what a pump says. The first that matches is it. */
const remedies: readonly [RegExp, Remedy][] = [
  [
    /the pin|another key/,
    ({ peer }) =>
      `Compare agentKey of the Host ${peer} with what \`virtuoso agent key\` prints there, and likewise for this host.`,
  ],
  [
    /another address|it came from/,
    ({ type }) =>
      `Correct the addresses in the inventory; where a NAT is in between, \`${type === 'tcp' ? 'tls' : 'secure http'}\` asks for a key instead of an address.`,
  ],
  [/at this address, not/, ({ peer }) => `Correct the address of the Host ${peer}.`],
  [
    /has no link to|there is no link to/,
    () => 'It was not told of the link yet; if this lasts, look at what its agent reports.',
  ],
  [/same version/, () => ''],
  [/is not ready/, ({ peer }) => `Look at the links of ${peer}.`],
  [
    /no pump|not HTTP|WebSocket's server/,
    ({ remote, port }) => `Something else answers at ${remote}:${port}: free the port, or write another.`,
  ],
  [
    /the proxy answered/,
    ({ remote, port, http }) => `Have the proxy ${http?.proxy} let CONNECT ${remote}:${port} through.`,
  ],
  [
    /Address already in use/,
    ({ local, port }) => `Another program of this host listens on ${local}:${port}: end it, or write another port.`,
  ],
  [
    /Cannot assign requested address/,
    ({ local }) => `No interface of this host has the address ${local}: correct the inventory.`,
  ],
  [/No such file|device|TAP|tun\b/, () => 'If this lasts, start the agent of this host again.'],
];

/** Why the pump is not connected, and what to do. */
export function pumpTrouble(link: LinkEnd, status: PumpStatus | undefined): string {
  const { peer, role, local, port } = link;
  if (!status?.detail) return role === 'listen' ? awaited(link) : `${peer} is not connected yet.`;
  const remedy = remedyFor(link, status.detail) ?? (role === 'listen' ? awaited(link) : reach(link));
  const where = role === 'listen' && link.type !== 'ssh' ? ` to ${local}:${port}` : '';
  return `${peer} is not connected${where}: ${status.detail}. ${remedy}`.trim();
}

/** What to do about what a pump says; undefined if nobody knows. */
export const remedyFor = (link: LinkEnd, said: string): string | undefined =>
  remedies.find(([pattern]) => pattern.test(said))?.[1](link);

const awaited = ({ type, peer, local, port }: LinkEnd): string =>
  type === 'ssh'
    ? `${peer} is awaited through this host's SSH server: its own report says why it does not come.`
    : `${peer} is awaited at ${local}:${port}: its own report says why it does not come.`;

function reach({ peer, remote, port, http }: LinkEnd): string {
  const [address, ofPort] = http?.proxy?.split(':') ?? [remote, port];
  const what = http?.proxy === undefined ? `the agent of ${peer}` : 'the proxy';
  return `Check that ${what} runs, that its address is ${address}, and that firewalls let TCP port ${ofPort} through.`;
}
