import type { Figure } from './figure.js';
import { measureCountingCost } from './vnet/counting.js';
import type { Design, GuestPair } from './vnet/design.js';
import { fastd } from './vnet/fastd.js';
import { absolutes, atLeast, atMost, info, timesFastest } from './vnet/figures.js';
import { bridgesOnly, kernelVxlan } from './vnet/kernel-designs.js';
import { nebula } from './vnet/nebula.js';
import { openVswitch } from './vnet/open-vswitch.js';
import { openvpn } from './vnet/openvpn.js';
import { type Options, readOptions } from './vnet/options.js';
import { type Entrant, Results, runRounds, setUp } from './vnet/rounds.js';
import { measureRuleSwitch, ruleCount } from './vnet/rule-switch.js';
import { missing } from './vnet/stage.js';
import { startWarden } from './vnet/start-warden.js';
import { streamDesign } from './vnet/stream-links.js';
import { runs, sweep } from './vnet/sweep.js';
import { tinc } from './vnet/tinc.js';
import { idleRules, udpLink, Virtuoso } from './vnet/virtuoso.js';
import { wireguardGo } from './vnet/wireguard-go.js';

const limit = bridgesOnly();
const kernel = kernelVxlan();
const direct = { encrypts: false, hosts: [1, 2, 3], route: 'direct', link: udpLink } as const;
const udp = new Virtuoso({ ...direct, id: 'udp', name: '`udp` link' });
const transit = new Virtuoso({ ...direct, id: 'transit', name: '`udp` links through a third host', route: 'transit' });
const crowded = new Virtuoso({
  ...direct,
  id: 'rules',
  name: '`udp` link beside 100,000 rules',
  moreRules: (host) => (host === 3 ? [] : idleRules(host, 100_000)),
});
const tcp = streamDesign('tcp', '`tcp` link');
const tls = streamDesign('tls', '`tls` link');
const http = streamDesign('http', '`http` link');
const https = streamDesign('https', '`http` link over TLS');
const ssh = streamDesign('ssh', '`ssh` link');
const peers: Design[] = [
  ...[tinc('none'), tinc('aes-128-cbc'), fastd('null'), fastd('salsa2012+umac'), nebula()],
  ...[openvpn('none'), openvpn('AES-256-GCM'), wireguardGo(), openVswitch()],
];

const entrants: Entrant[] = [
  ...[limit, kernel, udp, transit, crowded].map((design) => ({ design, close: true })),
  ...[tcp, tls, http, https, ssh, ...peers].map((design) => ({ design, close: false })),
];

/**
 * Throughput, packet rates and round trips of this product's links, of what the kernel has, and of user-level overlays, side by side
 * in network namespaces. Needs root.
 */
export async function run(): Promise<Figure[]> {
  const lacking = prerequisites();
  if (lacking !== undefined) throw new Error(lacking);
  await sweep((pid) => !runs(pid));
  const options = readOptions(process.env);
  const chosen = entrants.filter(
    ({ design }) => options.only.length === 0 || options.only.some((part) => design.name.includes(part)),
  );
  const dismissWarden = startWarden();
  try {
    return await measureAll(chosen, options);
  } finally {
    for (const { design } of chosen) await design.tearDown();
    dismissWarden();
  }
}

function prerequisites(): string | undefined {
  if (process.getuid?.() !== 0) return 'The benchmark makes network namespaces and loads BPF programs: run it as root.';
  return missing(['iperf3', 'iperf3'], ['ip', 'iproute2'], ['nsenter', 'util-linux'], ['clang', 'clang']);
}

async function measureAll(chosen: readonly Entrant[], options: Options): Promise<Figure[]> {
  const results = new Results();
  const pairs = await setUp(chosen, results);
  await runRounds(chosen, pairs, options, results);
  return [
    ...kernelFigures(results),
    ...peerFigures(results),
    atMost('cost of 100,000 rules in the table, share of TCP', 1 - results.ratio(crowded, udp, 'tcpMbps'), 0.05),
    ...(await udpFigures(pairs.get(udp), options)),
    ...(await setUpTimes([...pairs.keys()])),
    ...chosen.flatMap(({ design }) => absolutes(design, results)),
  ];
}

/** By type of link, as the agents measure the bound on the time to change the topology. */
async function setUpTimes(designs: readonly Design[]): Promise<Figure[]> {
  const typical = designs.filter((design) => design instanceof Virtuoso && design !== transit && design !== crowded);
  return Promise.all(
    (typical as Virtuoso[]).map(async (design) =>
      info(`${design.name}: set-up of the link`, await design.linkSetUpMs(), 'ms'),
    ),
  );
}

function kernelFigures(results: Results): Figure[] {
  const ratio = (of: Parameters<Results['ratio']>[2]): number => results.ratio(udp, kernel, of);
  return [
    atLeast('`udp` link, counters on: TCP over kernel VXLAN', ratio('tcpMbps'), 1),
    atMost('`udp` link, counters on: round trip over kernel VXLAN', ratio('rttUs'), 1.2),
    atLeast('`udp` link, counters on: UDP 64 B over kernel VXLAN', ratio('smallKpps'), 0.9),
    atLeast('`udp` link, counters on: UDP 1400 B over kernel VXLAN', ratio('largeKpps'), 0.9),
    atLeast('`udp` through a third host: TCP over direct', results.ratio(transit, udp, 'tcpMbps'), 0.8),
  ];
}

function peerFigures(results: Results): Figure[] {
  const encrypting = peers.filter(({ encrypts }) => encrypts);
  const secure = (design: Design, target: number): Figure =>
    timesFastest(design, encrypting, 'encrypting overlay', target, results);
  return [
    timesFastest(udp, peers, 'user-level overlay', 15, results),
    atLeast('`tcp` link: TCP over kernel VXLAN', results.ratio(tcp, kernel, 'tcpMbps'), 0.5),
    ...[secure(tls, 4), secure(ssh, 1), secure(http, 1), secure(https, 1)],
  ];
}

/** What is measured of `udp` links alone: missed if they are not up. */
async function udpFigures(pair: GuestPair | undefined, options: Options): Promise<Figure[]> {
  if (!pair) return [atMost('cost of counting, share of TCP: NOT MEASURED', Number.NaN, 0.02)];
  const cost = await measureCountingCost(udp, pair, options.countingSeconds);
  return [atMost('cost of counting, share of TCP', cost, 0.02), ...(await switchFigures(options))];
}

async function switchFigures(options: Options): Promise<Figure[]> {
  const { worstMs, medianMs, frames, lost, duplicated } = await measureRuleSwitch(udp, options.switches);
  const what = `switch of ${ruleCount} rules`;
  return [
    { name: `${what}, worst of ${options.switches}`, value: worstMs, unit: 'ms', target: '< 200', ok: worstMs < 200 },
    { name: `${what}: frames lost of ${frames}`, value: lost, unit: '', target: '= 0', ok: lost === 0 && frames > 0 },
    { name: `${what}: frames duplicated`, value: duplicated, unit: '', target: '= 0', ok: duplicated === 0 },
    info(`${what}, median`, medianMs, 'ms'),
  ];
}
