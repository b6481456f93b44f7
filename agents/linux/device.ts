import { libc } from './libc.js';

const AF_INET = 2;
const SOCK_DGRAM = 2;
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

/** Whether a device of this thread's network namespace exists, is up, and has a carrier. */
export function isRunning(name: string): boolean {
  const { socket, ioctl, close } = libc();
  const descriptor = socket(AF_INET, SOCK_DGRAM, 0);
  const request = Buffer.alloc(requestLength);
  request.write(name, 0, nameLength - 1, 'latin1');
  const answer = ioctl(descriptor, SIOCGIFFLAGS, request);
  close(descriptor);
  const wanted = IFF_UP | IFF_RUNNING;
  return answer === 0 && (request.readUInt16LE(nameLength) & wanted) === wanted;
}
