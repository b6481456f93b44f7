/** @typedef {import('../schema/generated/types.js').HostView} HostView */
/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ host: HostView, x: number, y: number }} HostPlace centre of a host's box */
/** @typedef {{ name: string, x: number, y: number, width: number, height: number, hosts: HostPlace[] }} SitePlace */
/** @typedef {{ width: number, height: number, hostHeight: number, sites: SitePlace[] }} Layout */

export const hostWidth = 100;
export const guestHeight = 20;
/** Guests shown by name in a host's box; the rest is counted. */
export const shownGuests = 3;
/** Between two hosts of a ring: a link's label fits in. */
const labelWidth = 76;
const titleHeight = 30;
const gap = 16;
const siteTitleHeight = 26;
/** More hosts than this stand in rows instead of a ring. */
const ringLimit = 8;

/**
 * Places sites beside and below each other within `width` pixels, and the hosts of each on a ring where it fits, so that no link
 * between two hosts of a site runs through a third.
 * @param {HostView[]} hosts
 * @param {number} width
 * @returns {Layout}
 */
export function fleetLayout(hosts, width) {
  const most = Math.max(0, ...hosts.map((host) => host.guests.length));
  const hostHeight = titleHeight + Math.max(1, Math.min(most, shownGuests + 1)) * guestHeight + 6;
  const names = [...new Set(hosts.map((host) => host.site))].sort();
  const sites = names.map((name) => {
    const members = hosts.filter((host) => host.site === name);
    const round = ring(members, hostHeight);
    const fits = members.length <= ringLimit && round.width <= width;
    return { name, ...(fits ? round : rows(members, hostHeight, width)) };
  });
  return { ...placed(sites, width), hostHeight };
}

/**
 * @param {HostView[]} hosts
 * @param {number} hostHeight
 */
function ring(hosts, hostHeight) {
  const count = hosts.length;
  const chord = Math.max(Math.hypot(hostWidth, hostHeight) + gap, hostWidth + labelWidth);
  const radius = count === 1 ? 0 : chord / 2 / Math.sin(Math.PI / count);
  const points = hosts.map((host, index) => {
    // An odd ring stands on its base, an even one is turned by half a step: either is wider than high.
    const turn = (2 * Math.PI * index) / count - Math.PI / 2 - (count % 2 === 0 ? Math.PI / count : 0);
    return { host, x: radius * Math.cos(turn), y: radius * Math.sin(turn) };
  });
  return boxed(points, hostHeight);
}

/**
 * @param {HostView[]} hosts
 * @param {number} hostHeight
 * @param {number} width
 */
function rows(hosts, hostHeight, width) {
  const columns = Math.max(1, Math.floor((width - gap) / (hostWidth + gap)));
  const points = hosts.map((host, index) => ({
    host,
    x: (index % columns) * (hostWidth + gap),
    y: Math.floor(index / columns) * (hostHeight + gap),
  }));
  return boxed(points, hostHeight);
}

/**
 * Shifts points so that their boxes begin at the inner corner of a site.
 * @param {HostPlace[]} points
 * @param {number} hostHeight
 */
function boxed(points, hostHeight) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const dx = gap + hostWidth / 2 - left;
  const dy = siteTitleHeight + gap / 2 + hostHeight / 2 - top;
  return {
    hosts: points.map(({ host, x, y }) => ({ host, x: x + dx, y: y + dy })),
    width: Math.max(...xs) - left + hostWidth + 2 * gap,
    height: Math.max(...ys) - top + hostHeight + siteTitleHeight + 1.5 * gap,
  };
}

/**
 * @param {{ name: string, width: number, height: number, hosts: HostPlace[] }[]} sites
 * @param {number} width
 */
function placed(sites, width) {
  const between = width < 700 ? 2 * gap : 5 * gap;
  let [x, y, lineHeight, widest] = [0, 0, 0, 0];
  const moved = sites.map((site) => {
    if (x > 0 && x + site.width > width) [x, y, lineHeight] = [0, y + lineHeight + between, 0];
    const at = { x, y };
    x += site.width + between;
    lineHeight = Math.max(lineHeight, site.height);
    widest = Math.max(widest, at.x + site.width);
    const hosts = site.hosts.map((host) => ({ ...host, x: host.x + at.x, y: host.y + at.y }));
    return { ...site, ...at, hosts };
  });
  return { sites: moved, width: widest, height: y + lineHeight };
}
