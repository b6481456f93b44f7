import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { deviceIndex } from '../../agents/linux/device.js';
import type { NetworkNamespace } from '../../agents/linux/namespace.js';

const AF_PACKET = 17;
const SOCK_RAW = 3;

interface PacketCalls {
  socket(domain: number, type: number, protocol: number): number;
  sendto(descriptor: number, bytes: Buffer, length: number, flags: number, to: Buffer, toLength: number): number;
  close(descriptor: number): number;
}

let calls: PacketCalls | undefined;

function packetCalls(): PacketCalls {
  const library = koffi.load('libc.so.6');
  calls ??= {
    socket: library.func('int socket(int, int, int)') as PacketCalls['socket'],
    sendto: library.func('long sendto(int, void*, size_t, int, void*, unsigned int)') as PacketCalls['sendto'],
    close: library.func('int close(int)') as PacketCalls['close'],
  };
  return calls;
}

/** Sends a frame as the core gives it to a TAP device: tagged with the network's index and one hop. */
export function sendTagged(namespace: NetworkNamespace, device: string, index: number): void {
  const frame = Buffer.alloc(64);
  frame.fill(0xff, 0, 6);
  frame.write('020000000001', 6, 'hex');
  frame.writeUInt16BE(0x88a8, 12);
  frame.writeUInt16BE((1 << 11) | index, 14);
  frame.writeUInt16BE(0x88b5, 16);
  namespace.within(() => {
    const { socket, sendto, close } = packetCalls();
    const address = Buffer.alloc(20); // struct sockaddr_ll
    address.writeUInt16LE(AF_PACKET, 0);
    address.writeInt32LE(deviceIndex(device) ?? 0, 4);
    const descriptor = socket(AF_PACKET, SOCK_RAW, 0);
    sendto(descriptor, frame, frame.length, 0, address, address.length);
    close(descriptor);
  });
}

/** Frames that have come in by a device. */
export function framesReceived(namespace: NetworkNamespace, device: string): number {
  const lines = namespace.within(() => readFileSync('/proc/thread-self/net/dev', 'utf8')).split('\n');
  const fields = lines
    .find((line) => line.trim().startsWith(`${device}:`))
    ?.split(':')[1]
    ?.trim()
    .split(/\s+/);
  return Number(fields?.[1] ?? 0);
}
