import { drawing } from './element.js';
import { fleetLayout, guestHeight, hostWidth, shownGuests } from './fleet-layout.js';

/** @typedef {import('../schema/generated/types.js').FleetView} FleetView */
/** @typedef {import('../schema/generated/types.js').LinkView} LinkView */
/** @typedef {import('../schema/generated/types.js').Plan} Plan */
/** @typedef {import('./fleet-layout.js').HostPlace} HostPlace */
/** @typedef {import('./fleet-layout.js').Point} Point */
/** @typedef {import('./fleet-layout.js').SitePlace} SitePlace */

/**
 * Sites, hosts, guests and links as a picture of at most `width` pixels where the fleet allows it.
 * @param {FleetView} view
 * @param {Plan | null} plan
 * @param {number} width
 */
export function fleetMap(view, plan, width) {
  const layout = fleetLayout(view.hosts, width);
  const places = layout.sites.flatMap((site) => site.hosts);
  const points = new Map(places.map((place) => [place.host.name, place]));
  const phases = new Map(view.vms.map((vm) => [vm.name, vm.phase]));
  // Fast-path links are drawn over star links, and labels over all lines.
  const links = [...view.links].sort((a, b) => Number(b.star) - Number(a.star));
  const drawn = links.flatMap((link) => {
    const [a, b] = [points.get(link.a), points.get(link.b)];
    return a && b ? [{ link, a, b }] : [];
  });
  const fast = view.links.filter((link) => !link.star).length;
  const title = `${view.hosts.length} hosts at ${layout.sites.length} sites, ${view.vms.length} VMs, ${fast} fast-path links`;
  return drawing(
    'svg',
    { viewBox: `-1 -1 ${layout.width + 2} ${layout.height + 2}`, width: layout.width + 2, role: 'img' },
    drawing('title', {}, title),
    ...layout.sites.map(siteBox),
    ...drawn.map(({ link, a, b }) => line(link, a, b)),
    ...places.map((place) => hostBox(place, layout.hostHeight, phases)),
    ...drawn.flatMap(({ link, a, b }) => (link.star ? [] : [label(linkLabel(link, plan), a, b)])),
  );
}

/** @param {SitePlace} site */
function siteBox({ name, x, y, width, height }) {
  const title = drawing('text.site-name', { x: x + 12, y: y + 19 }, name);
  return drawing('g', {}, drawing('rect.site', { x, y, width, height, rx: 12 }), title);
}

/**
 * @param {LinkView} link
 * @param {Point} a
 * @param {Point} b
 */
function line(link, a, b) {
  const drawn = drawing(`line.link.${link.star ? 'star' : 'fast'}`, { x1: a.x, y1: a.y, x2: b.x, y2: b.y });
  drawn.classList.toggle('down', !link.up);
  const state = `${link.a} to ${link.b}: ${link.star ? 'star' : 'fast-path'} link, ${link.up ? 'up' : 'down'}`;
  drawn.append(drawing('title', {}, state));
  return drawn;
}

/**
 * @param {string} text
 * @param {Point} a
 * @param {Point} b
 */
function label(text, a, b) {
  return drawing('text.link-label', { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 + 4 }, text);
}

/**
 * The demand that the plan sends over a fast-path link, both directions together.
 * @param {LinkView} link
 * @param {Plan | null} plan
 */
function linkLabel(link, plan) {
  const { paths = [], demands = [] } = plan?.decision ?? {};
  const over = paths.filter(({ hosts }) => hosts.some((host, index) => joins(link, host, hosts[index + 1])));
  const rates = over.map(
    (path) =>
      demands.find((demand) => demand.source === path.source && demand.destination === path.destination)?.rateMbps,
  );
  const sum = rates.reduce((/** @type {number} */ total, rate) => total + (rate ?? 0), 0);
  return sum > 0 ? `${Number(sum.toPrecision(3))} Mb/s` : 'fast path';
}

/**
 * @param {LinkView} link
 * @param {string} a
 * @param {string | undefined} b
 */
function joins(link, a, b) {
  return (link.a === a && link.b === b) || (link.a === b && link.b === a);
}

/**
 * @param {HostPlace} place
 * @param {number} height
 * @param {Map<string, string>} phases
 */
function hostBox({ host, x, y }, height, phases) {
  const [left, top] = [x - hostWidth / 2, y - height / 2];
  const more = host.guests.length - shownGuests;
  const lines = more > 1 ? [...host.guests.slice(0, shownGuests), `+ ${more} more`] : host.guests;
  const guests = lines.map((name, index) => {
    const guestTop = top + 28 + index * guestHeight;
    const phase = phases.get(name);
    const box = { x: left + 8, y: guestTop, width: hostWidth - 16, height: guestHeight - 3, rx: 8 };
    const shape = drawing(
      `rect.guest${phase === undefined ? '' : `.${phase}`}`,
      box,
      drawing('title', {}, `${name}: ${phase}`),
    );
    return drawing('g', {}, shape, drawing('text.guest-name', { x, y: guestTop + 12.5 }, shortened(name)));
  });
  const box = drawing(`rect.host.${host.presence}`, { x: left, y: top, width: hostWidth, height, rx: 8 });
  box.append(drawing('title', {}, `${host.name}: ${host.presence}`));
  return drawing('g', {}, box, drawing('text.host-name', { x, y: top + 19 }, shortened(host.name)), ...guests);
}

/** @param {string} name */
function shortened(name) {
  return name.length > 13 ? `${name.slice(0, 6)}…${name.slice(-6)}` : name;
}
