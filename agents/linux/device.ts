import { libc } from './libc.js';

const AF_INET = 2;
const SOCK_DGRAM = 2;
const SIOCGIFNAME = 0x8910;
const SIOCGIFFLAGS = 0x8913;
const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;
/** struct ifreq: the name, then a union that begins with the flags. */
const requestLength = 40;
const nameLength = 16;

/** Index of a device in this thread's network namespace, or undefined. */
export function deviceIndex(name: string): number | undefined {
  const index = libc().interfaceIndex(name);
  return index === 0 ? undefined : index;
}

/** Name of the device of this index in this thread's network namespace, or undefined. */
export function deviceName(index: number): string | undefined {
  const request = Buffer.alloc(requestLength);
  request.writeInt32LE(index, nameLength);
  if (control(SIOCGIFNAME, request) !== 0) return undefined;
  return request.toString('latin1', 0, request.indexOf(0));
}

/** Whether a device of this thread's network namespace exists, is up, and has a carrier. */
export function isRunning(name: string): boolean {
  const request = Buffer.alloc(requestLength);
  request.write(name, 0, nameLength - 1, 'latin1');
  const wanted = IFF_UP | IFF_RUNNING;
  return control(SIOCGIFFLAGS, request) === 0 && (request.readUInt16LE(nameLength) & wanted) === wanted;
}

function control(command: number, request: Buffer): number {
  const { socket, ioctl, close } = libc();
  const descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  const answer = ioctl(descriptor, command, request);
  close(descriptor);
  return answer;
}
