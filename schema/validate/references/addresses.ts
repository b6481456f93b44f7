import type { Diagnostic } from '../../generated/types.js';
import { filled } from '../defaults.js';
import { broken } from '../diagnostic.js';
import { madeMac } from '../made-mac.js';
import { type Check, type Mention, place, type Repository, repeated } from './repository.js';

/** Ethernet and IP addresses are those of single interfaces, and nobody else has them. */
export const checkAddresses: Check = (repository) => {
  const guests = guestAddresses(repository);
  const underlay = underlayAddresses(repository);
  const macs = statedMacs(repository);
  return [
    ...twice('VIRT3003', macs, 'Ethernet address'),
    ...macs.flatMap(impossibleMac),
    ...madeMacCollisions(repository, macs),
    ...twice('VIRT3004', guests, 'address'),
    ...twice('VIRT3008', underlay, 'address'),
    ...[...guests, ...underlay].flatMap(impossibleAddress),
  ];
};

/** Addresses are unique within a network: `value` is the network's name, a space, the address. */
const addressOf = ({ value }: Mention): string => value.split(' ').at(-1) ?? value;

function twice(id: 'VIRT3003' | 'VIRT3004' | 'VIRT3008', mentions: Mention[], what: string): Diagnostic[] {
  return repeated(mentions).map(({ mention, first }) => {
    const other = place(first.located.locate(first.field));
    return broken(
      id,
      mention.located.locate(mention.field),
      `The ${what} ${addressOf(mention)} is already at ${other}.`,
    );
  });
}

function statedMacs(repository: Repository): Mention[] {
  return repository
    .of('VMSet')
    .flatMap((located) =>
      located.document.spec.members.flatMap(({ mac }, index): Mention[] =>
        mac === undefined ? [] : [{ value: mac, located, field: ['spec', 'members', index, 'mac'] }],
      ),
    );
}

function impossibleMac({ value, located, field }: Mention): Diagnostic[] {
  const isGroup = Number.parseInt(value.slice(0, 2), 16) % 2 === 1;
  if (!isGroup && value !== '00:00:00:00:00:00') return [];
  const what = isGroup ? 'is a group address, which no interface can have' : 'belongs to no interface';
  return [broken('VIRT3012', located.locate(field), `${value} ${what}.`)];
}

function madeMacCollisions(repository: Repository, stated: readonly Mention[]): Diagnostic[] {
  const made = repository.of('VMSet').flatMap((located) => {
    const network = repository.find('VirtualNetwork', located.document.spec.network);
    if (!network) return [];
    const { macPrefix } = filled('VirtualNetwork', network.spec);
    return located.document.spec.members.flatMap(({ name, mac }, index): Mention[] =>
      mac === undefined
        ? [{ value: madeMac(macPrefix, name), located, field: ['spec', 'members', index, 'name'] }]
        : [],
    );
  });
  const isMade = new Set(made);
  return repeated([...stated, ...made]).flatMap(({ mention, first }) => {
    const isSameVm = isMade.has(first) && nameAt(first) === nameAt(mention); // told as a duplicate name
    if (!isMade.has(mention) || isSameVm) return [];
    const other = place(first.located.locate(first.field));
    const summary = `The address made for this VM, ${mention.value}, is that of the VM at ${other}.`;
    return [broken('VIRT3016', mention.located.locate(mention.field), summary)];
  });
}

function nameAt({ located: { document }, field }: Mention): string | undefined {
  return document.kind === 'VMSet' ? document.spec.members[Number(field[2])]?.name : undefined;
}

function guestAddresses(repository: Repository): Mention[] {
  return repository.of('VMSet').flatMap((located) =>
    located.document.spec.members.flatMap(({ address }, index): Mention[] => {
      const value = `${located.document.spec.network} ${address}`;
      return address === undefined
        ? []
        : [{ value: bare(value), located, field: ['spec', 'members', index, 'address'] }];
    }),
  );
}

function underlayAddresses(repository: Repository): Mention[] {
  return repository.of('Host').flatMap((located) =>
    located.document.spec.interfaces.map(({ network, address }, index): Mention => {
      const field = ['spec', 'interfaces', index, 'address'];
      return { value: bare(`${network} ${address}`), located, field };
    }),
  );
}

const bare = (text: string): string => text.replace(/\/\d+$/, '');

function impossibleAddress({ located, field }: Mention): Diagnostic[] {
  const { document } = located;
  const index = Number(field[2]);
  const prefix =
    document.kind === 'VMSet'
      ? document.spec.members[index]?.address
      : document.kind === 'Host'
        ? document.spec.interfaces[index]?.address
        : undefined;
  const reason = prefix === undefined ? undefined : impossibility(prefix);
  return reason === undefined ? [] : [broken('VIRT3013', located.locate(field), `${prefix} is ${reason}.`)];
}

/** Why an address with its prefix length cannot be an interface's. */
function impossibility(prefix: string): string | undefined {
  const [address = '', length = '32'] = prefix.split('/');
  const bytes = address.split('.').map(Number);
  const [first = 0] = bytes;
  if (first === 0 || first === 127) return 'no address that others can reach';
  if (first >= 224) return 'a group address or a reserved one';
  const hostBits = 32 - Number(length);
  if (hostBits < 2) return undefined;
  const host = bytes.reduce((sum, byte) => sum * 256 + byte, 0) % 2 ** hostBits;
  if (host === 0) return 'the address of the whole network';
  return host === 2 ** hostBits - 1 ? 'the broadcast address of its network' : undefined;
}
