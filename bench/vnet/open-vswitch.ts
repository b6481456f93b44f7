import { mkdirSync } from 'node:fs';
import { portDevice } from '../../agents/vmm/netns-guest.js';
import type { Design } from './design.js';
import { guestMac, hostAddress, missing, Stage, vxlanMtu } from './stage.js';

const schema = '/usr/share/openvswitch/vswitch.ovsschema';

/**
 * Open vSwitch's datapath in userspace (dpif-netdev over packet sockets; no DPDK, which wants a network card of its own), VXLAN
 * between the hosts, one flow for each address and direction. Each host has its database and switch in a folder of its own.
 */
export function openVswitch(): Design {
  const stage = new Stage('ovs');
  return {
    name: 'Open vSwitch userspace',
    encrypts: false,
    available: () => missing(['ovs-vswitchd', 'openvswitch-switch'], ['ethtool', 'ethtool']),
    tearDown: () => stage.tearDown(),
    setUp: async () => {
      await stage.build();
      for (const n of [1, 2]) {
        stage.addGuest(n, vxlanMtu);
        // The datapath takes frames as they are on a wire: without it checksums would be missing.
        stage.run(stage.guest(n), 'ethtool', '-K', 'eth0', 'tx', 'off');
        await startSwitch(stage, n);
        await join(stage, n, 3 - n);
      }
      return stage.connected();
    },
  };
}

const socket = (stage: Stage, n: number, name: string): string => stage.path(`ovs-${n}`, name);

async function startSwitch(stage: Stage, n: number): Promise<void> {
  const folder = stage.path(`ovs-${n}`);
  mkdirSync(folder);
  const environment = { OVS_RUNDIR: folder, OVS_DBDIR: folder, OVS_LOGDIR: folder, OVS_SYSCONFDIR: folder };
  const database = socket(stage, n, 'db.sock');
  stage.run(undefined, 'ovsdb-tool', 'create', socket(stage, n, 'conf.db'), schema);
  const server = [
    `--remote=punix:${database}`,
    `--unixctl=${socket(stage, n, 'server.ctl')}`,
    socket(stage, n, 'conf.db'),
  ];
  await stage.start(n, 'ovsdb-server', server, environment);
  await stage.until('database of Open vSwitch', () => answers(() => control(stage, n, '--no-wait', 'init')));
  const options = ['--disable-system', `--unixctl=${socket(stage, n, 'switch.ctl')}`, `unix:${database}`];
  await stage.start(n, 'ovs-vswitchd', options, environment);
}

function control(stage: Stage, n: number, ...args: string[]): void {
  stage.run(stage.host(n), 'ovs-vsctl', `--db=unix:${socket(stage, n, 'db.sock')}`, '--timeout=10', ...args);
}

async function join(stage: Stage, n: number, other: number): Promise<void> {
  const [host, port] = [stage.host(n), portDevice(`g${n}`)];
  const bridge = (name: string): string[] => ['add-br', name, '--', 'set', 'bridge', name, 'datapath_type=netdev'];
  control(stage, n, ...bridge('guests'));
  control(stage, n, ...bridge('underlay'), '--', 'add-port', 'underlay', 'eth0');
  const vxlan = ['type=vxlan', `options:remote_ip=${hostAddress(other)}`, 'options:key=77'];
  const ports = ['add-port', 'guests', 'tunnel', '--', 'set', 'interface', 'tunnel', ...vxlan, 'ofport_request=2'];
  control(stage, n, ...ports, '--', 'add-port', 'guests', port, '--', 'set', 'interface', port, 'ofport_request=1');
  // Tunnels leave by the bridge that has the host's address.
  stage.run(host, 'ip', 'addr', 'flush', 'dev', 'eth0');
  stage.run(host, 'ip', 'addr', 'add', `${hostAddress(n)}/24`, 'dev', 'underlay');
  stage.run(host, 'ip', 'link', 'set', 'underlay', 'up');
  const management = socket(stage, n, 'guests.mgmt');
  await stage.until('flow table of Open vSwitch', () =>
    answers(() => stage.run(undefined, 'ovs-ofctl', 'show', `unix:${management}`)),
  );
  stage.run(undefined, 'ovs-ofctl', 'del-flows', `unix:${management}`);
  for (const flow of [
    `dl_dst=${guestMac(n)},actions=output:1`,
    `dl_dst=${guestMac(other)},actions=output:2`,
    'in_port=1,dl_dst=ff:ff:ff:ff:ff:ff,actions=output:2',
    'in_port=2,dl_dst=ff:ff:ff:ff:ff:ff,actions=output:1',
  ])
    stage.run(undefined, 'ovs-ofctl', 'add-flow', `unix:${management}`, flow);
}

function answers(task: () => void): boolean {
  try {
    task();
    return true;
  } catch {
    return false;
  }
}
