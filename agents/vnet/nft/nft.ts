import { spawnSync } from 'node:child_process';
import type { CommandFailure } from '../../linux/ip.js';

/** One object of `nft -j`: its kind, and what it is like. */
export type NftObject = Record<string, unknown>;

/** The kernel would not, or the program is not there. */
export class NftRefusal extends Error {}

const largestOutput = 2 ** 30;

/** Gives lines of nft to the kernel in one transaction, in this thread's network namespace: all of them take effect at once, or none. */
export function nft(lines: readonly string[]): CommandFailure | undefined {
  return lines.length === 0 ? undefined : run(['-f', '-'], lines);
}

/** Whether the kernel would take the lines, and nft can tell of them. */
export function checkNft(lines: readonly string[]): CommandFailure | undefined {
  return run(['-c', '-f', '-'], lines) ?? run(['-j', 'list', 'tables'], []);
}

function run(args: readonly string[], lines: readonly string[]): CommandFailure | undefined {
  const result = spawnSync('nft', args, { input: lines.map((line) => `${line}\n`).join(''), encoding: 'utf8' });
  if (result.error) return { kind: 'failed', message: absent(result.error) };
  if (result.status === 0) return undefined;
  return { kind: 'failed', message: `nft: ${result.stderr.trim().split('\n').slice(0, 3).join(' ')}` };
}

/**
 * What `nft -j list` shows of something; undefined if it is not there.
 * @throws NftRefusal if it cannot be looked at.
 */
export function listNft(...what: string[]): NftObject[] | undefined {
  const result = spawnSync('nft', ['-j', 'list', ...what], { encoding: 'utf8', maxBuffer: largestOutput });
  if (result.error) throw new NftRefusal(absent(result.error));
  if (result.status === 0) return (JSON.parse(result.stdout) as { nftables: NftObject[] }).nftables;
  if (/No such file or directory/.test(result.stderr)) return undefined;
  throw new NftRefusal(`\`nft list ${what.join(' ')}\`: ${result.stderr.trim()}`);
}

function absent(error: Error): string {
  return `cannot run nft (${error.message}): install it with \`apt install nftables\``;
}
