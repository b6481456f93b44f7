import { ethernet, etherType, ipv4, protocol, word } from './packets.js';

/** Of the network, and of the two hosts at the ends of a link. */
export const vni = 77;
export const [local, remote] = ['192.168.77.1', '192.168.77.2'];
/** The loopback device's, by which the kernel's tests say that a packet is for this host. */
export const [host, peer] = ['00:00:00:00:00:00', '02:aa:00:00:00:02'];
/** Guests at the two ends. */
export const [here, there] = ['02:00:00:00:00:01', '02:00:00:00:00:02'];

/** A frame of a guest of the peer. */
export const inner = (to = here, type: number = etherType.ipv4): Buffer =>
  ethernet(
    to,
    there,
    type,
    ipv4({ source: '10.0.0.2', destination: '10.0.0.1', protocol: protocol.udp, payload: Buffer.alloc(40, 0x61) }),
  );

export interface Packet {
  to?: string;
  source?: string;
  destination?: string;
  options?: Buffer;
  fragment?: number;
  protocol?: number;
  port?: number;
  checksum?: number;
  flags?: number;
  reserved?: number;
  policy?: number;
  vni?: number;
  frame?: Buffer;
  stamp?: { clock: number; number: number };
}

/** A packet that a VXLAN link brings from the peer. */
export function wrapped(packet: Packet = {}): Buffer {
  const vxlan = Buffer.alloc(8);
  vxlan.writeUInt8(packet.flags ?? 0x88, 0);
  const { clock, number } = packet.stamp ?? { clock: 0, number: 0 };
  vxlan.writeUInt8((packet.reserved ?? 0) + (clock >> 12), 1);
  vxlan.writeUInt16BE((packet.policy ?? 14) + number * 0x2000 + (clock & 0xf) * 0x200, 2);
  vxlan.writeUInt32BE((packet.vni ?? vni) * 256 + ((clock >> 4) & 0xff), 4);
  const payload = Buffer.concat([vxlan, packet.frame ?? inner()]);
  const udp = Buffer.concat([
    word(50000),
    word(packet.port ?? 4789),
    word(8 + payload.length),
    word(packet.checksum ?? 0),
  ]);
  const ip = ipv4({
    source: packet.source ?? remote,
    destination: packet.destination ?? local,
    protocol: packet.protocol ?? protocol.udp,
    fragment: packet.fragment ?? 0x4000,
    payload: Buffer.concat([udp, payload]),
    ...(packet.options ? { options: packet.options } : {}),
  });
  return ethernet(packet.to ?? host, peer, etherType.ipv4, ip);
}
