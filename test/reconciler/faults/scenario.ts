import type { WatchedVm } from '../fleet-watch.js';

/** Six hosts behind one switch, and what is wanted of them before and after a commit. */
export const hosts = ['host-1', 'host-2', 'host-3', 'host-4', 'host-5', 'host-6'];

/** Public key pin of the agent of a host. */
export function pinOf(host: string): string {
  return `sha256:${host.slice(-1).repeat(43)}=`;
}

/** Two VMs change places, a third moves, one goes, one comes, and the Proxy changes; most of them talk. */
export const watchedVms: WatchedVm[] = ['vm-1', 'vm-2', 'vm-3', 'vm-4', 'vm-5', 'vm-6'].map((name) => ({
  name,
  network: 'lan',
  lasting: name !== 'vm-5' && name !== 'vm-6',
}));

type Files = Record<string, string>;

/** What is the same in both. Any gain is worth a change, so that the end does not depend on where a pass begins. */
const standing: Files = {
  'inventory/site.yaml': document('Site', 'rack', ['  description: One rack.']),
  'inventory/network.yaml': document('Network', 'switch', [
    '  within:',
    '    - {site: rack, bandwidth: 10Gbps, latency: 0.1ms}',
  ]),
  'inventory/hosts.yaml': hosts
    .map((name) =>
      document('Host', name, [
        '  site: rack',
        `  agentKey: ${pinOf(name)}`,
        '  compute: 4',
        '  memory: 1Gi',
        '  interfaces:',
        `    - {name: eth0, network: switch, address: 192.0.2.${name.slice(-1)}/24, bandwidth: 1Gbps}`,
      ]),
    )
    .join('---\n'),
  'desired/adaptation.yaml': document('Adaptation', 'eager', [
    '  interval: 10s',
    '  vttif: {samplingInterval: 200ms, smoothingInterval: 1s}',
    '  vadapt: {algorithm: greedy-pairs, minimumGain: 0}',
  ]),
};

export const before: Files = wish({
  proxy: 'host-1',
  pins: { 'vm-1': 'host-2', 'vm-2': 'host-3', 'vm-3': 'host-4', 'vm-4': 'host-5', 'vm-5': 'host-6' },
  talking: ['vm-1 vm-2', 'vm-2 vm-3', 'vm-3 vm-1', 'vm-1 vm-4', 'vm-4 vm-5'],
});

export const after: Files = wish({
  proxy: 'host-6',
  pins: { 'vm-1': 'host-4', 'vm-2': 'host-1', 'vm-3': 'host-2', 'vm-4': 'host-5', 'vm-6': 'host-6' },
  talking: ['vm-1 vm-2', 'vm-2 vm-3', 'vm-3 vm-4', 'vm-4 vm-6', 'vm-6 vm-1'],
});

function wish({ proxy, pins, talking }: { proxy: string; pins: Record<string, string>; talking: string[] }): Files {
  const members = Object.entries(pins).map(([name, pin]) => `    - {name: ${name}, pin: ${pin}}`);
  const demands = talking.flatMap((pair) => {
    const [a, b] = pair.split(' ');
    return [`    - {from: ${a}, to: ${b}, bandwidth: 300Mbps}`, `    - {from: ${b}, to: ${a}, bandwidth: 300Mbps}`];
  });
  const network = document('VirtualNetwork', 'lan', [`  proxy: ${proxy}`, '  vni: 42']);
  const size = ['  network: lan', '  compute: 1', '  memory: 8Mi'];
  const vms = document('VMSet', 'vms', [...size, '  members:', ...members, '  demands:', ...demands]);
  return { ...standing, 'desired/network.yaml': network, 'desired/vms.yaml': vms };
}

function document(kind: string, name: string, spec: string[]): string {
  return [
    `apiVersion: virtuoso.dev/v1alpha1`,
    `kind: ${kind}`,
    'metadata:',
    `  name: ${name}`,
    'spec:',
    ...spec,
    '',
  ].join('\n');
}
