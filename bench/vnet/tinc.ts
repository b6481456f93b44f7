import { mkdirSync, writeFileSync } from 'node:fs';
import type { Design } from './design.js';
import { hostAddress, missing, Stage, tunnelMtu } from './stage.js';

/**
 * tinc 1.0 as a switch between two hosts: `none` carries frames as they are; otherwise AES-128 (quickest here with AES-NI) with a
 * short SHA-1, and no compression. Direct UDP, large socket buffers, high priority.
 */
export function tinc(cipher: 'none' | 'aes-128-cbc'): Design {
  const encrypts = cipher !== 'none';
  const stage = new Stage(encrypts ? 'tinc-aes' : 'tinc-none');
  return {
    name: encrypts ? 'tinc AES-128' : 'tinc without cipher',
    encrypts,
    available: () => missing(['tincd', 'tinc'], ['openssl', 'openssl']),
    tearDown: () => stage.tearDown(),
    setUp: async () => {
      await stage.build();
      const keys = [1, 2].map((n) => {
        const key = stage.run(undefined, 'openssl', 'genrsa', '-traditional', '2048');
        writeFileSync(stage.path(`key-${n}`), key, { mode: 0o600 });
        return stage.run(undefined, 'openssl', 'rsa', '-in', stage.path(`key-${n}`), '-RSAPublicKey_out');
      });
      for (const n of [1, 2]) {
        configure(stage, n, cipher, keys);
        stage.addBareGuest(n);
        const options = ['-c', stage.path(`tinc-${n}`), `--pidfile=${stage.path(`tinc-${n}.pid`)}`, '-D', '-d1'];
        await stage.start(n, 'tincd', options);
      }
      for (const n of [1, 2]) await stage.giveToGuest(n, 'tunnel', tunnelMtu);
      return stage.connected();
    },
  };
}

function configure(stage: Stage, n: number, cipher: string, publicKeys: readonly string[]): void {
  const folder = stage.path(`tinc-${n}`);
  mkdirSync(`${folder}/hosts`, { recursive: true });
  const main = [
    `Name = h${n}`,
    'Mode = switch',
    'DeviceType = tap',
    'Interface = tunnel',
    'AddressFamily = ipv4',
    `PrivateKeyFile = ${stage.path(`key-${n}`)}`,
    'ProcessPriority = high',
    'UDPRcvBuf = 4194304',
    'UDPSndBuf = 4194304',
    'ReplayWindow = 1024',
    ...(n === 1 ? ['ConnectTo = h2'] : []),
  ];
  writeFileSync(`${folder}/tinc.conf`, `${main.join('\n')}\n`);
  const security =
    cipher === 'none' ? ['Cipher = none', 'Digest = none', 'MACLength = 0'] : [`Cipher = ${cipher}`, 'Digest = sha1'];
  for (const [index, key] of publicKeys.entries()) {
    const host = [`Address = ${hostAddress(index + 1)}`, ...security, 'Compression = 0', key];
    writeFileSync(`${folder}/hosts/h${index + 1}`, `${host.join('\n')}\n`);
  }
}
