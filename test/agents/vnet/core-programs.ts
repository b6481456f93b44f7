import { closeSync } from 'node:fs';
import { BpfMap } from '../../../agents/vnet/bpf-map.js';
import {
  actionKind,
  classShift,
  encodeIndex,
  encodeNetwork,
  encodePort,
  layout,
  type RuleClass,
  ruleClasses,
} from '../../../agents/vnet/layout.js';
import { demand, libbpf } from '../../../agents/vnet/libbpf.js';
import { neighbourSizes, writeNeighbours } from '../../../agents/vnet/neighbours.js';
import { objectFile } from '../../../agents/vnet/object-file.js';
import type { Neighbour } from '../../../schema/generated/types.js';
import { LoadedObject } from './loaded-object.js';
import { testDevice } from './packet-programs.js';
import { macBytes } from './packets.js';
import { type RunResult, runProgram } from './program-run.js';

const entries = { port: 'vnet_port', lan: 'vnet_lan', link: 'vnet_link', carrier: 'vnet_carrier' } as const;
export type Entry = keyof typeof entries;

const networkNumber = 1;
/** Where redirections lead, though none is carried out. */
const elsewhere = 2;

/** The whole core, with one network whose only guest is said to be on the device that the kernel's tests name. */
export class CorePrograms {
  readonly #object: LoadedObject;

  private constructor(object: LoadedObject) {
    this.#object = object;
  }

  /** @param guest whose frames the port takes; all `neighbours` are VMs, and everything is forwarded */
  static load(vni: number, mtu: number, guest: string, neighbours: readonly Neighbour[]): CorePrograms {
    const object = LoadedObject.load(objectFile());
    const number = encodeIndex(networkNumber);
    const classes = 1 << ruleClasses.indexOf('any any');
    object.map('vnet_networks', 4, layout.network.size).set(number, encodeNetwork(vni, mtu, classes));
    object.map('vnet_ports', 4, layout.port.size).set(encodeIndex(testDevice), encodePort(networkNumber, guest));
    const maps = {
      neighbours: object.map('vnet_neighbours', neighbourSizes.neighbourKey, neighbourSizes.neighbour),
      members: object.map('vnet_members', neighbourSizes.memberKey, neighbourSizes.member),
    };
    writeNeighbours(maps, [{ name: 'lan', vni, mtu, proxy: 'host-1', neighbours: [...neighbours] }]);
    putTable(object.map('vnet_rules', 4, 4), vni, neighbours);
    return new CorePrograms(object);
  }

  run(entry: Entry, frame: Buffer, segmentBytes = 0): RunResult {
    return runProgram(this.#object.program(entries[entry]), frame, { segmentBytes });
  }

  close(): void {
    this.#object.close();
  }
}

function putTable(rules: BpfMap, vni: number, neighbours: readonly Neighbour[]): void {
  const made = libbpf().createHash('vnet_table', layout.frameKey.size, layout.action.size, neighbours.length + 1);
  const descriptor = demand(made, 'cannot make a table');
  const table = new BpfMap('vnet_table', descriptor, layout.frameKey.size, layout.action.size);
  const action = Buffer.alloc(layout.action.size);
  action.writeUInt16LE(actionKind.port, layout.action.kind);
  action.writeUInt32LE(elsewhere, layout.action.target);
  table.set(keyOf('any any', vni), action);
  for (const { mac } of neighbours) table.set(keyOf('member', vni, mac), action);
  rules.set(encodeIndex(0), encodeIndex(descriptor));
  closeSync(descriptor);
}

function keyOf(of: RuleClass, vni: number, destination?: string): Buffer {
  const key = Buffer.alloc(layout.frameKey.size);
  key.writeUInt32LE(ruleClasses.indexOf(of) * 2 ** classShift + vni, layout.frameKey.table);
  if (destination) macBytes(destination).copy(key, layout.frameKey.destination);
  return key;
}
