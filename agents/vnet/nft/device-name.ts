import { createHash } from 'node:crypto';

/** VNI of the devices that carry keep-alives alone. */
export const pulseVni = 0;

const known = new Map<string, string>();

/** The VXLAN device of a link for one network: within the 15 characters that a device's name may have. */
export function linkDevice(peer: string, vni: number): string {
  const what = `${peer}/${vni}`;
  const name = known.get(what) ?? `vx-${createHash('sha256').update(what).digest('hex').slice(0, 12)}`;
  known.set(what, name);
  return name;
}

export function isLinkDevice(name: string): boolean {
  return /^vx-[0-9a-f]{12}$/.test(name);
}
