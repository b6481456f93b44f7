import { syntheticPattern } from '../../agents/emulated/patterns.js';
import type { Flow } from '../../agents/emulated/route.js';

export const hostCount = 100;
export const vmCount = 400;
const siteCount = 10;
const programSize = 8;
const fastPathLinks = 100;
/** Changes that a search tries; as Adaptation has it when left out. */
const iterations = process.env.PUSH_ITERATIONS === undefined ? undefined : Number(process.env.PUSH_ITERATIONS);
/** What each VM of a program sends along its ring, in Mb/s. */
const rateMbps = 5;

/** What is different after a push. */
export interface Policy {
  /** Hosts that VMs have to be on, by VM. */
  pins: ReadonlyMap<string, string>;
  level: 'path' | 'edge';
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export const hostNames = numbers(hostCount).map((index) => `host-${index}`);
export const vmName = (vm: number): string => `vm-${vm}`;
const siteOf = (host: number): string => `site-${host % siteCount}`;

function document(kind: string, name: string, spec: object): object {
  return { apiVersion: 'virtuoso.dev/v1alpha1', kind, metadata: { name }, spec };
}

const text = (documents: readonly object[]): string =>
  `${documents.map((each) => JSON.stringify(each, null, 2)).join('\n---\n')}\n`;

/** Files of the repository, with the pins of the agents' keys: a hundred hosts at ten sites, programs of eight VMs anywhere. */
export function repositoryFiles(agentKeys: ReadonlyMap<string, string>, policy: Policy): Record<string, string> {
  const trunks = numbers(siteCount).flatMap((a) =>
    numbers(a).map((b) => ({ sites: [`site-${b}`, `site-${a}`], bandwidth: '1Gbps', latency: '5ms' })),
  );
  const within = numbers(siteCount).map((site) => ({ site: `site-${site}`, bandwidth: '10Gbps', latency: '0.1ms' }));
  const hosts = hostNames.map((name, index) =>
    document('Host', name, {
      site: siteOf(index),
      agentKey: agentKeys.get(name),
      interfaces: [{ name: 'eth0', network: 'internet', address: `10.0.${index}.1/16`, bandwidth: '10Gbps' }],
      compute: 16,
      memory: '64Gi',
    }),
  );
  return {
    'inventory/hosts.yaml': text(hosts),
    'inventory/network.yaml': text([
      ...numbers(siteCount).map((site) => document('Site', `site-${site}`, {})),
      document('Network', 'internet', { within, between: trunks }),
    ]),
    'desired/lan.yaml': text([document('VirtualNetwork', 'lan', { vni: 42, proxy: 'host-0', mtu: 1450 })]),
    'desired/adaptation.yaml': text([
      document('Adaptation', 'adaptation', {
        interval: '60s',
        vttif: { samplingInterval: '1s', smoothingInterval: '5s', settle: '5s' },
        ...(iterations === undefined ? {} : { vadapt: { iterations } }),
      }),
      document('CostConstraint', 'links', { fastPathLinks: { count: fastPathLinks } }),
    ]),
    ...policyFiles(policy),
  };
}

/** Those of the files that a push changes. */
export function policyFiles({ pins, level }: Policy): Record<string, string> {
  const members = numbers(vmCount).map((vm) => {
    const pin = pins.get(vmName(vm));
    const place = pin === undefined ? { initialHost: hostNames[initialHost(vm)] } : { pin };
    return { name: vmName(vm), address: `10.77.${vm >> 7}.${(vm & 127) + 1}/16`, ...place };
  });
  return {
    'desired/vms.yaml': text([document('VMSet', 'programs', { network: 'lan', compute: 1, memory: '1Gi', members })]),
    'desired/objective.yaml': text([document('Objective', 'objective', { level, goal: 'maximise' })]),
  };
}

/** Programs begin next to each other: nothing has to be adapted before the first push. */
function initialHost(vm: number): number {
  const program = Math.floor(vm / programSize);
  const site = program % siteCount;
  const within = (2 * Math.floor(program / siteCount) + (vm % 2)) % (hostCount / siteCount);
  return site + siteCount * within;
}

/** What the programs want to send: rings. */
export function flows(): Flow[] {
  const { edges } = syntheticPattern('ring', programSize);
  return numbers(vmCount / programSize).flatMap((program) =>
    edges.map(({ from, to }) => ({
      source: vmName(program * programSize + from),
      destination: vmName(program * programSize + to),
      rateMbps,
    })),
  );
}
