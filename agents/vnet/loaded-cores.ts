import { closeSync } from 'node:fs';
import { layout, ownerLength } from './layout.js';
import { libbpf } from './libbpf.js';

/** struct bpf_map_info: size of values, and the name that the object gave. */
const informationLength = 88;
const valueSizeAt = 12;
const nameAt = 24;
const nameLength = 16;

/**
 * Owners of all VNET cores in this machine's kernel, whoever holds them: a core whose pins are gone stays as long as a device or a
 * process uses it.
 * @throws if libbpf is not installed.
 */
export function loadedCores(): string[] {
  const owners: string[] = [];
  const next = Buffer.alloc(4);
  for (let id = 0; libbpf().nextMapId(id, next) >= 0; ) {
    id = next.readUInt32LE(0);
    const descriptor = libbpf().mapById(id);
    if (descriptor < 0) continue; // gone meanwhile
    const owner = ownerOf(descriptor);
    closeSync(descriptor);
    if (owner !== undefined) owners.push(owner);
  }
  return owners.sort();
}

function ownerOf(descriptor: number): string | undefined {
  const information = Buffer.alloc(informationLength);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(informationLength);
  if (libbpf().information(descriptor, information, length) < 0) return undefined;
  if (text(information, nameAt, nameLength) !== 'vnet_config') return undefined;
  // Cores of other versions may have more in it: the kernel writes as much as the map's values have, whatever has room here.
  const value = Buffer.alloc(information.readUInt32LE(valueSizeAt));
  if (value.length < layout.config.owner + ownerLength) return undefined;
  if (libbpf().lookup(descriptor, Buffer.alloc(4), value) < 0) return undefined;
  return text(value, layout.config.owner, ownerLength);
}

function text(bytes: Buffer, at: number, length: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end < 0 || end > at + length ? at + length : end);
}
