import { expect, it } from 'vitest';
import { type Listing, nothing } from '../../../../agents/vnet/nft/listing.js';
import { renderTable, type Table } from '../../../../agents/vnet/nft/render-table.js';
import type { RuleSet } from '../../../../agents/vnet/nft/rule-set.js';
import {
  currentGeneration,
  epochOf,
  isInEffect,
  sweepLines,
  switchLines,
} from '../../../../agents/vnet/nft/transaction.js';
import type { Rule } from '../../../../schema/generated/types.js';

const rule: Rule = {
  network: 'red',
  source: '02:00:00:00:00:01',
  destination: 'any',
  to: [{ kind: 'port', guest: 'vm-2' }],
};
const table: Table = {
  networks: [{ name: 'red', vni: 7, mtu: 1450, proxy: 'a' }],
  links: [],
  ports: [{ device: 'p-1', network: 'red', mac: '02:00:00:00:00:01' }],
  lans: new Map(),
  rules: [{ rule, places: [{ kind: 'port', device: 'p-2' }] }],
  keepAliveMs: 1000,
};

/** What the kernel would list of a rule set. */
function listed({ chains, lookups }: RuleSet): Listing {
  const lead = (line: string) => {
    const found = /(fwd to|dup to|goto|vmap) "?@?([^\s"]+)/.exec(line);
    return found ? `${found[1]?.replace(' to', '')} ${found[2]}` : '';
  };
  return {
    chains: new Map([
      ['epoch-cafe', []],
      ...[...chains.values()].map(({ name, lines }): [string, string[]] => [name, lines.map(lead)]),
    ]),
    lookups: new Map([...lookups.values()].map(({ name, elements }) => [name, elements])),
    sets: new Set(['counts', 'alive', 'matrix-7']),
  };
}

it('is the text of the table', () => {
  expect(switchLines(nothing, renderTable(table, 1), [7], 'cafe').join('\n')).toMatchInlineSnapshot(`
    "table netdev vnet {
    set counts { type mark; size 65536; flags dynamic; counter; }
    set alive { type mark; size 131072; flags dynamic,timeout; }
    set matrix-7 { type ether_addr . ether_addr; size 65536; flags dynamic; counter; }
    chain epoch-cafe {
    }
    }
    table netdev vnet {
    map g1-address-any-7 {
    type ether_addr : verdict;
    elements = { 02:00:00:00:00:01 : goto g1-to-p-2 }
    }
    chain g1-drop-no-rule {
    meta mark set 0x3 update @counts { meta mark }
    }
    chain g1-group-7 {
    goto g1-drop-no-rule
    }
    chain g1-any-7 {
    goto g1-drop-no-rule
    }
    chain g1-drop-split-horizon {
    meta mark set 0x5 update @counts { meta mark }
    }
    chain g1-to-p-2 {
    meta mark & 0x10000 == 0x10000 update @matrix-7 { ether saddr . ether daddr }
    iifname "p-2" goto g1-drop-split-horizon
    fwd to "p-2"
    }
    chain g1-net-7 {
    ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 goto g1-group-7
    meta mark & 0x100 == 0x100 goto g1-any-7
    ether saddr vmap @g1-address-any-7
    goto g1-drop-no-rule
    }
    chain g1-drop-spoofed-source {
    meta mark set 0x2 update @counts { meta mark }
    }
    chain in-p-1 {
    type filter hook ingress device "p-1" priority 0; policy drop;
    ether saddr != 02:00:00:00:00:01 goto g1-drop-spoofed-source
    meta protocol ip tcp flags & (syn | rst) == syn tcp option maxseg size set 1410
    meta protocol ip6 tcp flags & (syn | rst) == syn tcp option maxseg size set 1390
    meta mark set 0x10010
    goto g1-net-7
    }
    }"
  `);
});

it('fills chains that are on devices anew, and adds the rest', () => {
  const listing = listed(renderTable(table, 1));
  const lines = switchLines(listing, renderTable(table, 2), [7], 'beef');
  expect(lines.filter((line) => line.startsWith('flush'))).toEqual(['flush chain netdev vnet in-p-1']);
  expect(lines.filter((line) => line.startsWith('set ') || line.includes('epoch'))).toEqual([]);
  expect(lines.filter((line) => line.startsWith('chain g1-') || line.startsWith('delete'))).toEqual([]);
});

it('takes away the last generation and what is on devices that are gone, and leaves what counts', () => {
  const listing = listed(renderTable(table, 1));
  const lines = sweepLines(listing, renderTable({ ...table, ports: [] }, 2));
  const deleted = lines.filter((line) => line.startsWith('delete')).map((line) => line.split(' ').at(-1));
  expect(new Set(deleted)).toEqual(
    new Set([...listing.chains.keys(), ...listing.lookups.keys()].filter((name) => !name.startsWith('epoch-'))),
  );
  const maps = lines.map((line) => line.startsWith('delete map')).lastIndexOf(true);
  expect(lines.findIndex((line) => line.startsWith('delete chain'))).toBeGreaterThan(maps);
});

it('finds generation and epoch, and whether all is in effect', () => {
  const rules = renderTable(table, 3);
  const listing = listed(rules);
  expect([currentGeneration(nothing), currentGeneration(listing)]).toEqual([0, 3]);
  expect([epochOf(nothing), epochOf(listing)]).toEqual([undefined, 'cafe']);
  expect(isInEffect(listing, rules)).toBe(true);
  const elements = new Map(listing.lookups).set('g3-address-any-7', new Map());
  expect(isInEffect({ ...listing, lookups: elements }, rules)).toBe(false);
  const chains = new Map(listing.chains).set('g3-to-p-2', ['', 'fwd p-3']);
  expect(isInEffect({ ...listing, chains }, rules)).toBe(false);
});
