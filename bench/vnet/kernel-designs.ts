import { portDevice } from '../../agents/vmm/netns-guest.js';
import type { Design } from './design.js';
import { guestMac, hostAddress, missing, Stage, vxlanMtu } from './stage.js';

const iproute: [string, string] = ['bridge', 'iproute2'];

/** No overlay: the guests' ports, the hosts' underlay interfaces and the switch bridged together. What no overlay can pass. */
export function bridgesOnly(): Design {
  const stage = new Stage('bridges');
  return {
    name: 'bridges only',
    encrypts: false,
    available: () => missing(iproute),
    tearDown: () => stage.tearDown(),
    setUp: async () => {
      await stage.build();
      for (const n of [1, 2]) {
        stage.addGuest(n, vxlanMtu);
        const host = stage.host(n);
        addBridge(stage, n);
        stage.run(host, 'ip', 'link', 'set', 'eth0', 'master', 'br0');
      }
      return stage.connected();
    },
  };
}

/** Kernel bridge and kernel VXLAN with static forwarding entries on both: nothing learns, nothing floods but broadcasts. */
export function kernelVxlan(): Design {
  const stage = new Stage('vxlan');
  return {
    name: 'kernel VXLAN',
    encrypts: false,
    available: () => missing(iproute),
    tearDown: () => stage.tearDown(),
    setUp: async () => {
      await stage.build();
      for (const n of [1, 2]) {
        stage.addGuest(n, vxlanMtu);
        addBridge(stage, n);
        addVxlan(stage, n, 3 - n);
      }
      return stage.connected();
    },
  };
}

function addBridge(stage: Stage, n: number): void {
  const host = stage.host(n);
  stage.run(host, 'ip', 'link', 'add', 'br0', 'type', 'bridge', 'mcast_snooping', '0');
  stage.run(host, 'ip', 'link', 'set', portDevice(`g${n}`), 'master', 'br0');
  stage.run(host, 'ip', 'link', 'set', 'br0', 'up');
}

function addVxlan(stage: Stage, n: number, other: number): void {
  const host = stage.host(n);
  const [port, remote] = [portDevice(`g${n}`), hostAddress(other)];
  // Without UDP checksums, as the core of VNET: the frames inside have their own.
  const vxlan = ['type', 'vxlan', 'id', '77', 'local', hostAddress(n), 'dstport', '4789', 'nolearning', 'noudpcsum'];
  stage.run(host, 'ip', 'link', 'add', 'vx0', ...vxlan);
  stage.run(host, 'ip', 'link', 'set', 'vx0', 'mtu', `${vxlanMtu}`, 'master', 'br0', 'up');
  for (const device of [port, 'vx0']) stage.run(host, 'bridge', 'link', 'set', 'dev', device, 'learning', 'off');
  stage.run(host, 'bridge', 'fdb', 'add', guestMac(n), 'dev', port, 'master', 'static');
  stage.run(host, 'bridge', 'fdb', 'add', guestMac(other), 'dev', 'vx0', 'master', 'static');
  stage.run(host, 'bridge', 'fdb', 'add', guestMac(other), 'dev', 'vx0', 'self', 'static', 'dst', remote);
  stage.run(host, 'bridge', 'fdb', 'append', '00:00:00:00:00:00', 'dev', 'vx0', 'self', 'dst', remote);
}
