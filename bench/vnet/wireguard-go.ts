import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { namespacePath } from '../../agents/linux/namespace.js';
import type { Design } from './design.js';
import { guestAddress, hostAddress, missing, Stage, tunnelMtu } from './stage.js';

/** Where wireguard-go puts the socket that it is configured through; each has a folder of its own mounted there. */
const socketFolder = '/var/run/wireguard';
const port = 51820;

/** wireguard-go, layer 3, ChaCha20-Poly1305; its device becomes the guest's interface. */
export function wireguardGo(): Design {
  const stage = new Stage('wireguard-go');
  return {
    name: 'wireguard-go',
    encrypts: true,
    available: () => missing(['wireguard-go', 'wireguard-go'], ['unshare', 'util-linux']),
    tearDown: () => stage.tearDown(),
    setUp: async () => {
      await stage.build();
      const keys = [1, 2].map(keyPair);
      mkdirSync(socketFolder, { recursive: true });
      for (const n of [1, 2]) {
        const folder = stage.path(`wireguard-${n}`);
        mkdirSync(folder, { mode: 0o700 });
        stage.addBareGuest(n);
        const script = `mount --bind ${folder} ${socketFolder} && exec wireguard-go -f tunnel`;
        // Not `ip netns exec`, which would share its mounts; the log says what fails.
        await stage.start(n, 'unshare', ['--mount', 'sh', '-c', script], { LOG_LEVEL: 'error' });
        const socket = join(folder, 'tunnel.sock');
        await stage.until(`socket of wireguard-go on ${namespacePath(stage.host(n))}`, () => existsSync(socket));
        const own = keys[n - 1]?.secret ?? '';
        await configure(socket, own, keys[2 - n]?.open ?? '', 3 - n);
      }
      for (const n of [1, 2]) await stage.giveToGuest(n, 'tunnel', tunnelMtu);
      return stage.connected();
    },
  };
}

/** In hexadecimal, as the socket wants them. */
function keyPair(): { secret: string; open: string } {
  const { privateKey } = generateKeyPairSync('x25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const hex = (part: string): string => Buffer.from(part, 'base64url').toString('hex');
  return { secret: hex(d), open: hex(x) };
}

async function configure(path: string, secret: string, peerKey: string, peer: number): Promise<void> {
  const lines = [
    'set=1',
    `private_key=${secret}`,
    `listen_port=${port}`,
    `public_key=${peerKey}`,
    `endpoint=${hostAddress(peer)}:${port}`,
    `allowed_ip=${guestAddress(peer)}/32`,
  ];
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(path, () => socket.write(`${lines.join('\n')}\n\n`));
    socket.once('data', (data) => {
      resolve(data.toString());
      socket.end();
    });
    socket.once('error', reject);
  });
  if (!answer.includes('errno=0')) throw new Error(`wireguard-go refused its configuration: ${answer}`);
}
