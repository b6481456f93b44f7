import { describe, expect, it } from 'vitest';
import { sshTrouble } from '../../../../agents/vnet/carriers/ssh-trouble.js';

const context = {
  host: 'host-1',
  peer: 'host-2',
  login: 'virtuoso@192.0.2.2',
  port: 2222,
  publicKey: () => 'ssh-ed25519 AAAA virtuoso-host-1',
  group: 'virtuoso',
};

/** As OpenSSH 9.2 prints it. */
const said: [string, string[], RegExp][] = [
  [
    'a refused key',
    ['virtuoso@192.0.2.2: Permission denied (publickey).'],
    /refused this host's key: add this line .*: ssh-ed25519 AAAA virtuoso-host-1$/,
  ],
  [
    'another host key',
    [
      '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
      'Offending ED25519 key in ./known_hosts:1',
      'Host key verification failed.',
    ],
    /has not the host key that the Host host-2 states/,
  ],
  [
    'a host key of another type',
    ['Unable to negotiate with 192.0.2.2 port 2222: no matching host key type found. Their offer: ssh-ed25519'],
    /no host key of the type .*Their offer: ssh-ed25519.* correct ssh\.hostKey/,
  ],
  ['no server', ['ssh: connect to host 192.0.2.2 port 2222: Connection refused'], /No SSH server answers .* port 2222/],
  [
    'no route',
    ['ssh: connect to host 192.0.2.2 port 2222: No route to host'],
    /cannot be reached \(.*No route to host\)/,
  ],
  [
    'a server that is silent',
    ['Connection timed out during banner exchange'],
    /cannot be reached \(Connection timed out/,
  ],
  ['a server that has gone silent', ['Timeout, server 192.0.2.2 not responding.'], /cannot be reached \(Timeout/],
  ['a server that ends it', ['client_loop: send disconnect: Broken pipe'], /cannot be reached \(.*Broken pipe\)/],
  ['no pump', ['channel 1: open failed: connect failed: open failed'], /not on to the pump of host-2/],
  ['an address that is not ours', ['bind 192.0.2.77: Cannot assign requested address'], /correct the inventory/],
  ['what nobody knows', ['some', 'words'], /^ssh to virtuoso@192\.0\.2\.2: words$/],
];

describe('what ssh says', () => {
  it.each(said)('means %s', (_, lines, expected) => {
    expect(sshTrouble(lines, context)).toMatch(expected);
  });

  it('is told by its last words that mean something', () => {
    const lines = [
      'virtuoso@192.0.2.2: Permission denied (publickey).',
      'channel 1: open failed: connect failed: open failed',
      'hm',
    ];
    expect(sshTrouble(lines, context)).toMatch(/not on to the pump/);
  });

  it('is nothing while it says nothing', () => {
    expect(sshTrouble([], context)).toBeUndefined();
  });
});
