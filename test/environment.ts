import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe } from 'vitest';
import { findCpuGroups } from '../agents/vsched/kernel/cpu-groups.js';
import { isTestImagePossible } from './machines/build-test-image.js';
import { skippedPrefix } from './skipped.js';

const runs = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** What a test may need of the machine, and how to find out whether it is there. */
const probes = {
  root: () => process.getuid?.() === 0,
  namespaces: () => runs('unshare', '--net', '--mount', 'ip', 'link', 'add', 'name', 'probe', 'type', 'veth'),
  bpf: () => runs('unshare', '--mount', 'mount', '-t', 'bpf', 'bpf', '/sys/fs/bpf'),
  linux: () => process.platform === 'linux',
  clang: () => runs('clang', '--version'),
  libbpf: () => process.platform === 'linux' && runs('sh', '-c', '/sbin/ldconfig -p | grep -q "libbpf\\.so\\.1"'),
  iperf3: () => runs('iperf3', '--version'),
  nftables: () => runs('nft', '--version'),
  libssl: () => existsSync('/usr/include/openssl/ssl.h'),
  tun: () => existsSync('/dev/net/tun'),
  realtime: () => runs('chrt', '--fifo', '1', 'true'),
  deadline: () => runs('chrt', '--deadline', '--sched-runtime', '1000000', '--sched-period', '100000000', '0', 'true'),
  quota: () => process.platform === 'linux' && findCpuGroups() !== undefined,
  sshKeygen: () => runs('sh', '-c', 'command -v ssh-keygen'),
  gpg: () => runs('gpg', '--version') && runs('gpg-agent', '--version'),
  sshd: () => existsSync('/usr/sbin/sshd') && runs('ssh', '-V'),
  dnsmasq: () => runs('dnsmasq', '--version'),
  udhcpc: () => runs('sh', '-c', 'command -v udhcpc'),
  libfuzzer: () =>
    runs(
      'sh',
      '-c',
      'ls "$(clang -print-resource-dir)"/lib/linux/libclang_rt.fuzzer-*.a "$(clang -print-resource-dir)"/lib/*/libclang_rt.fuzzer*.a 2>/dev/null | grep -q fuzzer',
    ),
  ping: () => runs('ping', '-V'),
  wireguard: () => runs('wg', '--version') && runs('wireguard-go', '--version'),
  openmpi: () => runs('mpirun', '--version') && runs('mpicc', '--version'),
  qemu: () => runs('qemu-system-x86_64', '--version') && runs('qemu-img', '--version'),
  testMachine: () => isTestImagePossible(),
  chromium: () => runs('chromium', '--version'),
} satisfies Record<string, () => boolean>;

export type Need = keyof typeof probes;

const known = new Map<Need, boolean>();

/** Whether this machine has what a test needs; probed once a process. */
export function has(need: Need): boolean {
  const answer = known.get(need) ?? probes[need]();
  known.set(need, answer);
  return answer;
}

/** All facts about this machine that tests depend on. */
export function environment(): Record<Need, boolean> {
  const needs = Object.keys(probes) as Need[];
  return Object.fromEntries(needs.map((need) => [need, has(need)])) as Record<Need, boolean>;
}

/** Like `describe`, for tests that need privileges or programs. Without them the suite is skipped by name. */
export function describeLab(name: string, needs: readonly Need[], define: () => void): void {
  const missing = needs.filter((need) => !has(need));
  if (missing.length === 0) describe(name, define);
  else describe.skip(`${skippedPrefix}${missing.join(', ')}): ${name}`, define);
}
