import type { Diagnostic, Host } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import type { Located } from '../document.js';
import { type Check, type Mention, type Repository, repeated } from './repository.js';

/** Paths of the underlay are described once, and there is one from every host to every Proxy: the star needs it. */
export const checkPaths: Check = (repository) => [
  ...repository.of('Network').flatMap(describedTwice),
  ...(repository.isComplete('Network') ? unreachableProxies(repository) : []),
];

function describedTwice(located: Located<'Network'>): Diagnostic[] {
  const { within = [], between = [] } = located.document.spec;
  const inside = within.map(({ site }, index): Mention => ({ value: site, located, field: ['spec', 'within', index] }));
  const trunks = between.map(({ sites }, index): Mention => {
    return { value: [...sites].sort().join(' and '), located, field: ['spec', 'between', index] };
  });
  return [
    ...repeated(inside).map(({ mention }) => {
      const summary = `Paths within ${mention.value} are already described above.`;
      return broken('VIRT3010', located.locate([...mention.field, 'site']), summary);
    }),
    ...repeated(trunks).map(({ mention }) => {
      const summary = `Paths between ${mention.value} are already described above.`;
      return broken('VIRT3010', located.locate([...mention.field, 'sites']), summary);
    }),
  ];
}

function unreachableProxies(repository: Repository): Diagnostic[] {
  const paths = pathsOf(repository);
  const proxies = [...new Set(repository.of('VirtualNetwork').map(({ document }) => document.spec.proxy))].sort();
  const known = proxies.flatMap((name) => repository.find('Host', name) ?? []);
  return repository.of('Host').flatMap(({ document: host, locate }) => {
    const proxy = known.find((each) => each.metadata.name !== host.metadata.name && !isJoined(host, each, paths));
    if (!proxy || !namesExist(host, repository) || !namesExist(proxy, repository)) return [];
    const summary = `The host has no path to \`${proxy.metadata.name}\`, which is a Proxy.`;
    const detail = `Give both an interface on one Network, with an entry for ${sitesOf(host, proxy)} in that Network.`;
    return [broken('VIRT3011', locate(['metadata', 'name']), summary, detail)];
  });
}

/** A wrong name is told where it is written, not as a missing path. */
function namesExist({ spec }: Host, repository: Repository): boolean {
  return (
    repository.has('Site', spec.site) && spec.interfaces.every(({ network }) => repository.has('Network', network))
  );
}

function sitesOf(a: Host, b: Host): string {
  const { site } = a.spec;
  return site === b.spec.site ? `\`${site}\` under \`within\`` : `\`${site}\` and \`${b.spec.site}\` under \`between\``;
}

function pathsOf(repository: Repository): ReadonlySet<string> {
  return new Set(
    repository
      .of('Network')
      .flatMap(({ document: { metadata, spec } }) => [
        ...(spec.within ?? []).map(({ site }) => pathKey(metadata.name, site, site)),
        ...(spec.between ?? []).map(({ sites }) => pathKey(metadata.name, ...sites)),
      ]),
  );
}

function isJoined(a: Host, b: Host, paths: ReadonlySet<string>): boolean {
  const networks = new Set(b.spec.interfaces.map(({ network }) => network));
  const isPath = (network: string) => networks.has(network) && paths.has(pathKey(network, a.spec.site, b.spec.site));
  return a.spec.interfaces.some(({ network }) => isPath(network));
}

function pathKey(network: string, ...sites: string[]): string {
  return [network, ...sites.sort()].join(' ');
}
