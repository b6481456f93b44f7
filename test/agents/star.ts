import type { GuestSpec, LinkEnd, NetworkAttachment, Output, Rule } from '../../schema/generated/types.js';

/** A virtual network whose frames all go over its Proxy. */
export interface Star {
  network: NetworkAttachment;
  /** All members, the Proxy included. */
  hosts: string[];
  placement: { guest: GuestSpec; host: string }[];
  linkEnd(host: string, peer: string): LinkEnd;
}

/** What one host of a star has to be. */
export interface StarHost {
  networks: NetworkAttachment[];
  links: LinkEnd[];
  guests: GuestSpec[];
  rules: Rule[];
}

/** The star of `schema/wire/host-state.schema.json` as one host sees it. */
export function starHost(star: Star, host: string): StarHost {
  const { name: network, proxy } = star.network;
  const local = star.placement.filter((each) => each.host === host);
  const peers = host === proxy ? star.hosts.filter((peer) => peer !== proxy) : [proxy];
  const rule = (destination: string, ...to: Output[]): Rule => ({ network, source: 'any', destination, to });
  const rules = local.map(({ guest }) => rule(guest.mac, portTo(guest.name)));
  if (host === proxy) {
    const remote = star.placement.filter((each) => each.host !== proxy);
    rules.push(...remote.map((each) => rule(each.guest.mac, linkTo(each.host))));
  } else rules.push(rule('any', linkTo(proxy)));
  rules.push(rule('group', ...local.map(({ guest }) => portTo(guest.name)), ...peers.map(linkTo)));
  return {
    networks: [star.network],
    links: peers.map((peer) => star.linkEnd(host, peer)),
    guests: local.map(({ guest }) => guest),
    rules,
  };
}

export function portTo(guest: string): Output {
  return { kind: 'port', guest };
}

export function linkTo(peer: string): Output {
  return { kind: 'link', peer };
}

/** Guest number `n`: 1 to 99. */
export function guestSpec(n: number, network: string): GuestSpec {
  const digits = String(n).padStart(2, '0');
  return {
    name: `vm-${n}`,
    network,
    mac: `02:00:00:00:00:${digits}`,
    address: `10.99.0.${n}/24`,
    driver: 'netns',
    computeCores: 0.1,
    memoryMib: 64,
  };
}
