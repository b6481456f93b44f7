import { spawnSync } from 'node:child_process';

/** What went wrong, in the words of the `ip` or `tc` program. */
export interface CommandFailure {
  kind: 'failed';
  message: string;
}

/** Runs lines of `ip` commands in one process, in this thread's network namespace; stops at the first that fails. */
export const ip = (lines: readonly string[]): CommandFailure | undefined => batch('ip', lines);

/** Runs lines of `tc` commands likewise. */
export const tc = (lines: readonly string[]): CommandFailure | undefined => batch('tc', lines);

function batch(program: 'ip' | 'tc', lines: readonly string[]): CommandFailure | undefined {
  if (lines.length === 0) return undefined;
  const result = spawnSync(program, ['-batch', '-'], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
  if (result.error) return { kind: 'failed', message: absent(program, result.error) };
  if (result.status === 0) return undefined;
  const failedAt = /^Command failed -:(\d+)$/m.exec(result.stderr)?.[1];
  const command = failedAt === undefined ? lines.join('; ') : lines[Number(failedAt) - 1];
  const reason = result.stderr.replace(/^Command failed -:\d+$/m, '').trim();
  return { kind: 'failed', message: `\`${program} ${command}\`: ${reason}` };
}

/** One interface as `ip -j addr` shows it. */
export interface InterfaceAddresses {
  ifname: string;
  mtu: number;
  addr_info: { local?: string }[];
}

/**
 * The devices of this thread's network namespace that have IPv4 addresses.
 * @throws if the `ip` program is missing or fails.
 */
export function interfacesWithAddresses(): InterfaceAddresses[] {
  return show<InterfaceAddresses>(['-4', 'addr']);
}

/**
 * Names of all devices of this thread's network namespace.
 * @throws if the `ip` program is missing or fails.
 */
export function interfaceNames(): string[] {
  return show<{ ifname: string }>(['link']).map(({ ifname }) => ifname);
}

/**
 * Names of the Ethernet devices of this thread's network namespace, and of those like them.
 * @throws if the `ip` program is missing or fails.
 */
export function ethernetDevices(): string[] {
  return show<{ ifname: string; link_type: string }>(['link'])
    .filter(({ link_type }) => link_type === 'ether')
    .map(({ ifname }) => ifname);
}

/** A VXLAN device as `ip -j -d link` shows it. */
export interface VxlanDevice {
  ifname: string;
  mtu: number;
  flags: string[];
  linkinfo: { info_kind: string; info_data: { id: number; local?: string; remote?: string; port: number } };
}

/**
 * The VXLAN devices of this thread's network namespace.
 * @throws if the `ip` program is missing or fails.
 */
export function vxlanDevices(): VxlanDevice[] {
  return show<Partial<VxlanDevice>>(['-d', 'link']).filter(
    (device): device is VxlanDevice => device.linkinfo?.info_kind === 'vxlan',
  );
}

function show<T>(what: readonly string[]): T[] {
  const result = spawnSync('ip', ['-j', ...what, 'show'], { encoding: 'utf8' });
  if (result.error) throw new Error(absent('ip', result.error));
  if (result.status !== 0) throw new Error(`\`ip ${what.join(' ')} show\`: ${result.stderr.trim()}`);
  return JSON.parse(result.stdout || '[]') as T[];
}

function absent(program: string, error: Error): string {
  return `cannot run ${program} (${error.message}): install it with \`apt install iproute2\``;
}
