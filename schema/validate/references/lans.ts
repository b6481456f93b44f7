import type { Diagnostic } from '../../generated/types.js';
import { broken } from '../diagnostic.js';
import { type Check, type Mention, place, repeated } from './repository.js';

const field = ['spec', 'lan', 'interface'] as const;

/** A LAN is bridged on a device of its own: one that no link runs over, and no other network. */
export const checkLans: Check = (repository) => {
  const networks = repository.of('VirtualNetwork');
  const mentions = networks.flatMap((located): Mention[] => {
    const { proxy, lan } = located.document.spec;
    return lan ? [{ value: `${proxy} ${lan.interface}`, located, field }] : [];
  });
  const onUnderlay = networks.flatMap(({ document, locate }): Diagnostic[] => {
    const { proxy, lan } = document.spec;
    const interfaces = repository.find('Host', proxy)?.spec.interfaces ?? [];
    const underlay = interfaces.find(({ name }) => name === lan?.interface);
    if (!underlay) return [];
    const summary = `\`${underlay.name}\` of \`${proxy}\` carries links on the Network \`${underlay.network}\`.`;
    return [broken('VIRT3024', locate(field), summary)];
  });
  const twice = repeated(mentions).map(({ mention, first }) => {
    const [proxy, device] = mention.value.split(' ');
    const other = place(first.located.locate(first.field));
    const summary = `\`${device}\` of \`${proxy}\` already bridges the network at ${other}.`;
    return broken('VIRT3025', mention.located.locate(mention.field), summary);
  });
  return [...onUnderlay, ...twice];
};
