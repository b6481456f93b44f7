import type { CompiledRule } from './compile-rules.js';
import type { KernelCore } from './kernel-core.js';
import { actionKind, encodeAction, encodeFloodKey, encodeFrameKey, generationShift, generations } from './layout.js';

/** The rules of one generation, as bytes in hexadecimal: key to value, for both maps. */
interface Image {
  rules: Map<string, string>;
  floods: Map<string, string>;
}

/** Makes the kernel forward by `compiled` and nothing else; every frame sees the old rules or the new ones. */
export function writeRules(core: KernelCore, compiled: readonly CompiledRule[]): void {
  const { config } = core;
  // The last generation was left for frames that were on their way through it; and an agent that died between writing and
  // switching leaves entries of the next one behind.
  sweep(core, config.generation);
  if (sameImage(readImage(core, config.generation), image(compiled, config.generation))) return;
  const next = (config.generation + 1) % generations;
  const { rules, floods } = image(compiled, next);
  for (const [key, value] of floods) core.maps.floods.set(Buffer.from(key, 'hex'), Buffer.from(value, 'hex'));
  for (const [key, value] of rules) core.maps.rules.set(Buffer.from(key, 'hex'), Buffer.from(value, 'hex'));
  core.config = { ...config, generation: next };
}

/** Those of `compiled` that the kernel forwards by now. */
export function rulesInEffect(core: KernelCore, compiled: readonly CompiledRule[]): CompiledRule[] {
  const { generation } = core.config;
  const actual = readImage(core, generation);
  const contains = (part: keyof Image, expected: Image): boolean =>
    [...expected[part]].every(([key, value]) => actual[part].get(key) === value);
  return compiled.filter((_, at) => {
    const expected = imageOf(compiled, generation, at);
    return contains('rules', expected) && contains('floods', expected);
  });
}

function image(compiled: readonly CompiledRule[], generation: number): Image {
  const parts = compiled.map((_, at) => imageOf(compiled, generation, at));
  return {
    rules: new Map(parts.flatMap((part) => [...part.rules])),
    floods: new Map(parts.flatMap((part) => [...part.floods])),
  };
}

/** One rule's entries; its flood list is numbered by its position. */
function imageOf(compiled: readonly CompiledRule[], generation: number, at: number): Image {
  const { rule, key, actions } = compiled[at] as CompiledRule;
  const [first] = actions;
  const ruleKey = encodeFrameKey({ ...key, table: generation * 2 ** generationShift + key.table }).toString('hex');
  if (rule.destination !== 'group' && first !== undefined) {
    return { rules: new Map([[ruleKey, encodeAction(first).toString('hex')]]), floods: new Map() };
  }
  const list = generation * 2 ** generationShift + at;
  const value = encodeAction({ kind: actionKind.flood, target: list, local: 0 }).toString('hex');
  const outputs = actions.map((action, index): [string, string] => [
    encodeFloodKey(list, index).toString('hex'),
    encodeAction(action).toString('hex'),
  ]);
  return { rules: new Map([[ruleKey, value]]), floods: new Map(outputs) };
}

const generationOf = (key: Buffer): number => key.readUInt32LE(0) >>> generationShift;

function readImage(core: KernelCore, generation: number): Image {
  const read = (map: 'rules' | 'floods'): Map<string, string> =>
    new Map(
      core.maps[map]
        .entries()
        .filter(([key]) => generationOf(key) === generation)
        .map(([key, value]) => [key.toString('hex'), value.toString('hex')]),
    );
  return { rules: read('rules'), floods: read('floods') };
}

function sameImage(a: Image, b: Image): boolean {
  return sameEntries(a.rules, b.rules) && sameEntries(a.floods, b.floods);
}

function sameEntries(a: Map<string, string>, b: Map<string, string>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

/** Removes every entry that is not of `generation`. */
function sweep(core: KernelCore, generation: number): void {
  for (const map of [core.maps.rules, core.maps.floods]) {
    for (const key of map.keys()) if (generationOf(key) !== generation) map.remove(key);
  }
}
