import type { GuestSpec } from '../../../schema/generated/types.js';

/** The `ip=` parameter that initramfs programs configure an address from; undefined if the guest has none. */
export function ipParameter({ address, name }: GuestSpec): string | undefined {
  if (address === undefined) return undefined;
  const [host, length] = address.split('/');
  return `ip=${host}:::${netmask(Number(length))}:${name}:eth0:off`;
}

function netmask(length: number): string {
  const bits = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

/** Files of a NoCloud seed, by name. */
export function seedFiles(
  { name, mac, address }: GuestSpec,
  mtu: number,
  cloudInit: { userData: string; networkConfig?: string },
): Map<string, string> {
  const addressing = address === undefined ? { dhcp4: true } : { addresses: [address] };
  const ethernet = { match: { macaddress: mac }, mtu, ...addressing };
  // JSON is YAML.
  const network =
    cloudInit.networkConfig ?? `${JSON.stringify({ version: 2, ethernets: { eth0: ethernet } }, null, 2)}\n`;
  return new Map([
    ['meta-data', `${JSON.stringify({ 'instance-id': name, 'local-hostname': name })}\n`],
    ['network-config', network],
    ['user-data', cloudInit.userData],
  ]);
}
