import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Sets kernel parameters of this thread's network namespace (`net.…`); those that this kernel does not have are left out. */
export function setSysctls(values: Record<string, string>): void {
  for (const [name, value] of Object.entries(values)) {
    const path = join('/proc/sys', ...name.split('.'));
    if (existsSync(path)) writeFileSync(path, value);
  }
}

/** No IPv6 in the whole namespace. */
export const withoutIpv6 = {
  'net.ipv6.conf.all.disable_ipv6': '1',
  'net.ipv6.conf.default.disable_ipv6': '1',
};

/** No IPv6 of the host itself, such as neighbour discovery, on a device that belongs to the overlay. */
export const withoutIpv6On = (device: string): Record<string, string> => ({
  [`net.ipv6.conf.${device}.disable_ipv6`]: '1',
});
