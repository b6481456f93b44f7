import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chooseCore } from '../../../agents/vnet/probe-core.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'virtuoso-probe-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const works = () => 'loaded';
const fails = () => {
  throw new Error('libbpf.so.1 does not load: install it with `apt install libbpf1`');
};
const probes = (loadEbpf: () => string, trouble?: string) => ({ folder, loadEbpf, nftablesTrouble: () => trouble });
const inUse = (file: string, networks: unknown[]) =>
  writeFileSync(join(folder, file), JSON.stringify({ networks, links: [] }));

it('is eBPF where it can be loaded', () => {
  expect(chooseCore('auto', probes(works))).toEqual({ kind: 'ebpf', core: 'loaded', lacks: [] });
});

it('is nftables otherwise, and says why and what it lacks', () => {
  const chosen = chooseCore('auto', probes(fails));
  expect(chosen.kind).toBe('nftables');
  const lacks = chosen.kind === 'nftables' ? chosen.lacks : [];
  expect(lacks[0]).toBe('The core is nftables: libbpf.so.1 does not load: install it with `apt install libbpf1`');
  expect(lacks.length).toBeGreaterThan(1);
  expect(lacks.filter((lack) => lack.length > 500)).toEqual([]);
});

it('is refused with what to install where neither can be', () => {
  expect(chooseCore('auto', probes(fails, 'install it with `apt install nftables`'))).toEqual({
    kind: 'refused',
    message:
      'no eBPF core: libbpf.so.1 does not load: install it with `apt install libbpf1`; no nftables core: install it with `apt install nftables`',
  });
});

it('is the one that was asked for, or none', () => {
  expect(chooseCore('nftables', probes(works)).kind).toBe('nftables');
  expect(chooseCore('ebpf', probes(fails))).toMatchObject({
    kind: 'refused',
    message: expect.stringMatching(/^no eBPF core/),
  });
  expect(chooseCore('nftables', probes(works, 'no nft'))).toEqual({
    kind: 'refused',
    message: 'no nftables core: no nft',
  });
});

it('stays the same while it has networks: two cores on one device would deliver twice', () => {
  expect(chooseCore('auto', probes(works)).kind).toBe('ebpf');
  inUse('vnet.json', ['red']);
  expect(chooseCore('auto', probes(fails))).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('still those of the ebpf core'),
  });
  expect(chooseCore('nftables', probes(works))).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('forwards by ebpf'),
  });
  inUse('vnet.json', []);
  expect(chooseCore('nftables', probes(works)).kind).toBe('nftables');
  inUse('vnet-nft.json', ['red']);
  expect(chooseCore('auto', probes(works)).kind).toBe('nftables');
  // In another run of the machine nothing forwards yet.
  writeFileSync(join(folder, 'core.json'), JSON.stringify({ core: 'nftables', bootId: 'another' }));
  expect(chooseCore('auto', probes(works)).kind).toBe('ebpf');
});
