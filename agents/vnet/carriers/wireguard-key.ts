import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WireguardKey {
  /** The private half, readable by its owner alone. */
  keyFile: string;
  /** Base64. */
  publicKey: string;
}

/**
 * The key in `folder`, made if there is none.
 * @throws if the `wg` program is missing or fails.
 */
export function wireguardKey(folder: string): WireguardKey {
  const keyFile = join(folder, 'wireguard.key');
  if (!existsSync(keyFile)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${keyFile}.new`, wg(['genkey']), { mode: 0o600 });
    renameSync(`${keyFile}.new`, keyFile);
  }
  return { keyFile, publicKey: wg(['pubkey'], readFileSync(keyFile, 'utf8')).trim() };
}

function wg(args: string[], input = ''): string {
  const result = spawnSync('wg', args, { input, encoding: 'utf8' });
  if (result.error) throw new Error(`cannot run wg (${result.error.message}): apt install wireguard-tools`);
  if (result.status !== 0) throw new Error(`\`wg ${args.join(' ')}\`: ${result.stderr.trim()}`);
  return result.stdout;
}
