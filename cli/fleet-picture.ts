import type { FleetView, GangView } from '../schema/generated/types.js';

/** Sites with their hosts and VMs, and the overlay links, in a few lines of text. */
export function fleetPicture(view: FleetView): string {
  const sites = [...new Set(view.hosts.map(({ site }) => site))].sort();
  const width = Math.max(0, ...sites.map((site) => site.length));
  const rows = sites.map((site) => {
    const hosts = view.hosts.filter((host) => host.site === site);
    const cells = hosts.map(({ name, presence }) => {
      const guests = view.vms.filter((vm) => vm.host === name).map((vm) => vm.name);
      const silent = presence === 'connected' ? '' : ` (${presence})`;
      return `${name}${silent} [${guests.join(' ')}]`;
    });
    return `  ${site.padEnd(width)}  ${cells.join('  ')}`;
  });
  const fast = view.links.filter(({ star }) => !star).map(({ a, b }) => `${a}--${b}`);
  const stars = view.links.filter(({ star }) => star).length;
  return [
    ...rows,
    `  ${'links'.padEnd(width)}  star ${stars}, fast path ${fast.length === 0 ? 'none' : fast.join(' ')}`,
    ...(view.gangs ?? []).map((gang) => `  ${'step'.padEnd(width)}  ${stepText(gang)}`),
  ].join('\n');
}

function stepText({ set, hosts, skewUs }: GangView): string {
  if (hosts.length < 2) return `${set} in step, on one host`;
  if (skewUs === undefined) return `${set} in unknown step`;
  return `${set} in step to within ${Number((skewUs / 1000).toPrecision(3))} ms`;
}
