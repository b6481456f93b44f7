import { expect, it } from 'vitest';
import { connectionOf } from '../../../agents/vnet/connection.js';
import type { LinkEnd } from '../../../schema/generated/types.js';

const ends = { peer: 'b', local: '10.0.0.1', remote: '10.0.0.2' };
const addresses = { local: ends.local, remote: ends.remote };

it.each<[string, Omit<LinkEnd, keyof typeof ends>, { localPort: number; remotePort: number }]>([
  ['tcp where it listens', { type: 'tcp', port: 7000, role: 'listen' }, { localPort: 7000, remotePort: 0 }],
  ['tls where it connects', { type: 'tls', port: 443, role: 'connect' }, { localPort: 0, remotePort: 443 }],
  [
    'ssh on another port',
    { type: 'ssh', role: 'connect', ssh: { user: 'u', hostKey: 'k', port: 2222 } },
    { localPort: 0, remotePort: 2222 },
  ],
  ['ssh where the server is', { type: 'ssh', role: 'listen' }, { localPort: 22, remotePort: 0 }],
])('a link of %s has a connection of its own', (_, details, ports) => {
  expect(connectionOf({ ...ends, ...details })).toEqual({ ...addresses, ...ports });
});

it.each<[string, Omit<LinkEnd, keyof typeof ends>]>([
  ['udp', { type: 'udp', port: 5000 }],
  ['wireguard', { type: 'wireguard', port: 51820 }],
  ['http through a proxy', { type: 'http', port: 443, role: 'connect', http: { proxy: '10.9.9.9:3128' } }],
])('a link of %s has none to its peer', (_, details) => {
  expect(connectionOf({ ...ends, ...details })).toBeUndefined();
});
