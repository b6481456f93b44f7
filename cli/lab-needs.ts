import { spawnSync } from 'node:child_process';

const programs = [
  { program: 'ip', package: 'iproute2' },
  { program: 'tc', package: 'iproute2' },
  { program: 'nsenter', package: 'util-linux' },
  { program: 'iperf3', package: 'iperf3' },
  { program: 'clang', package: 'clang' },
];

/** Why this machine cannot run the lab, with what to do; null when it can. */
export function labNeeds(): string | null {
  if (process.platform !== 'linux') return 'The lab needs Linux. `npm start` shows the same on an emulated fleet.';
  if (process.getuid?.() !== 0) return 'The lab builds network namespaces and needs root: run it with sudo.';
  const missing = programs.filter(({ program }) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0) return null;
  const packages = [...new Set([...missing.map((each) => each.package), 'libbpf-dev', 'libbpf1'])].sort();
  return `The lab needs ${missing.map(({ program }) => program).join(', ')}: apt-get install ${packages.join(' ')}`;
}
