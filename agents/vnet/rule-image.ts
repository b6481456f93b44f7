import type { CompiledRule } from './compile-rules.js';
import {
  type Action,
  actionKind,
  anyMac,
  classShift,
  layout,
  type RuleClass,
  ruleClasses,
  writeMac,
} from './layout.js';

/** A forwarding table as the kernel has it: the entries of one map. */
export interface RuleImage {
  keys: Buffer;
  values: Buffer;
  count: number;
  /** Classes of each network's rules, as bits, by VNI. */
  classes: ReadonlyMap<number, number>;
}

/** @param bridged VNIs of networks with a LAN here: which addresses are VMs is to be known of those */
export function ruleImage(compiled: readonly CompiledRule[], bridged: ReadonlySet<number>): RuleImage {
  const classes = new Map<number, number>();
  const members = new Map<string, CompiledRule>();
  const writer = new ImageWriter(compiled.reduce((sum, { actions }) => sum + 2 + actions.length, 0));
  let list = 0;
  for (const rule of compiled) {
    const { vni, destination, actions } = rule;
    classes.set(vni, (classes.get(vni) ?? 0) | (1 << numbers[rule.class]));
    const [first] = actions;
    if (rule.rule.destination === 'group') {
      list += 1;
      writer.add(rule.class, vni, rule, { kind: actionKind.flood, target: list });
      for (const [index, action] of actions.entries()) writer.addOutput(list, index, action);
    } else if (first) {
      writer.add(rule.class, vni, rule, first);
      const leadsToVm = destination !== anyMac && first.kind !== actionKind.lan;
      if (leadsToVm && bridged.has(vni)) members.set(`${vni} ${destination}`, rule);
    }
  }
  for (const { vni, destination } of members.values()) writer.addMember(vni, destination);
  return { ...writer.image(), classes };
}

const numbers = Object.fromEntries(ruleClasses.map((name, index) => [name, index])) as Record<RuleClass, number>;
const nothing: Action = { kind: actionKind.port, target: 0 };

class ImageWriter {
  readonly #keys: Buffer;
  readonly #values: Buffer;
  #count = 0;

  constructor(room: number) {
    this.#keys = Buffer.alloc(room * layout.frameKey.size);
    this.#values = Buffer.alloc(room * layout.action.size);
  }

  add(
    of: RuleClass,
    table: number,
    { source, destination, excluded }: Pick<CompiledRule, 'source' | 'destination' | 'excluded'>,
    action: Action,
  ): void {
    const at = this.#begin(of, table);
    if (source !== anyMac) writeMac(this.#keys, source, at + layout.frameKey.source);
    if (destination !== anyMac) writeMac(this.#keys, destination, at + layout.frameKey.destination);
    this.#finish(action, excluded);
  }

  addOutput(list: number, index: number, action: Action): void {
    const at = this.#begin('flood output', list);
    this.#keys.writeUInt16LE(index, at + layout.frameKey.source);
    this.#finish(action, anyMac);
  }

  addMember(vni: number, mac: string): void {
    this.add('member', vni, { source: anyMac, destination: mac, excluded: anyMac }, nothing);
  }

  image(): Pick<RuleImage, 'keys' | 'values' | 'count'> {
    return {
      keys: this.#keys.subarray(0, this.#count * layout.frameKey.size),
      values: this.#values.subarray(0, this.#count * layout.action.size),
      count: this.#count,
    };
  }

  #begin(of: RuleClass, table: number): number {
    const at = this.#count * layout.frameKey.size;
    this.#keys.writeUInt32LE(numbers[of] * 2 ** classShift + table, at + layout.frameKey.table);
    return at;
  }

  #finish({ kind, target }: Action, excluded: string): void {
    const at = this.#count * layout.action.size;
    this.#values.writeUInt16LE(kind, at + layout.action.kind);
    if (excluded !== anyMac) writeMac(this.#values, excluded, at + layout.action.excluded);
    this.#values.writeUInt32LE(target, at + layout.action.target);
    this.#count += 1;
  }
}
