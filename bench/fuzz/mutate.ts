import { type Draw, pick } from '../../test/generators/draw.js';

type Json = unknown;

/** Values that readers tend to stumble over, in place of any other. */
const awkward: readonly Json[] = [
  ...[null, true, false, 0, -1, 0.5, 1e308, -1e-320, 2 ** 53, 65536, '', ' ', '\u0000', '\ud800', 'any', 'not-any'],
  ...[
    '__proto__',
    'constructor',
    '../x',
    `${'a'.repeat(64)}`,
    `-${'a'.repeat(3)}`,
    '999.999.999.999',
    '02:00:00:00:00:0A',
  ],
  ...[[], {}, [[]], { kind: 'hello' }, { kind: { kind: 'port' } }, 'x'.repeat(5000), '.'.repeat(600), { length: 3 }],
];
const awkwardKeys = ['__proto__', 'constructor', 'toString', 'kind', 'length', '', 'host', '$ref'];
const pieces = ['"', '\\', '{', '}', '[', ']', ',', ':', '\\u0000', '1e999', '-', 'null', '\u2028', '\ufeff', '{"a":'];
const deepest = 2000;

/** The value with a change somewhere in it: something lost, replaced, doubled, invented or exchanged. */
export function mutateValue(draw: Draw, value: Json): Json {
  const entries = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  if (entries.length === 0 || draw(8) === 0) return replacement(draw, value);
  const [key, inner] = pick(draw, entries);
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  const way = draw(10);
  if (way === 0) return Array.isArray(value) ? value.filter((each) => each !== inner) : without(copy, key);
  if (way === 1 && Array.isArray(copy)) return [...copy, ...copy, inner];
  if (way === 2 && !Array.isArray(copy)) return define(copy, pick(draw, awkwardKeys), pick(draw, awkward));
  if (way === 3) return define(copy, key, pick(draw, entries)[1]);
  return define(copy, key, mutateValue(draw, inner));
}

/** Another text: cut, spliced, doubled, or with characters exchanged. */
export function mutateText(draw: Draw, text: string): string {
  const at = draw(text.length + 1);
  const length = draw(Math.min(40, text.length - at + 1));
  switch (draw(7)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + text.slice(at, at + length).repeat(1 + draw(20)) + text.slice(at);
    case 3:
      return text.slice(0, at) + pick(draw, pieces) + text.slice(at);
    case 4:
      return text.slice(0, at) + String.fromCharCode(draw(65536)) + text.slice(at + 1);
    case 5:
      return text.slice(0, at) + '['.repeat(1 + draw(deepest)) + text.slice(at);
    default:
      return text.slice(at) + text.slice(0, at);
  }
}

/** Other bytes: cut, flipped, invented or doubled. */
export function mutateBytes(draw: Draw, bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = draw(copy.length + 1);
  switch (draw(4)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      for (let left = 1 + draw(8); left > 0 && copy.length > 0; left--) {
        const place = draw(copy.length);
        copy.writeUInt8(copy.readUInt8(place) ^ (1 << draw(8)), place);
      }
      return copy;
    case 2:
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from(Array.from({ length: 1 + draw(12) }, () => draw(256))),
        copy.subarray(at),
      ]);
    default:
      return Buffer.concat([copy.subarray(0, at), copy]);
  }
}

function replacement(draw: Draw, value: Json): Json {
  if (typeof value === 'number' && draw(2) === 0) return value * (draw(5) - 2) + (draw(3) - 1) / 2;
  if (typeof value === 'string' && draw(2) === 0) return mutateText(draw, value);
  return pick(draw, awkward);
}

function without(object: object, key: string): object {
  const rest = Object.entries(object).filter(([each]) => each !== key);
  return Object.fromEntries(rest);
}

/** Sets a member of its own, even one called `__proto__`. */
function define<T extends object>(object: T, key: string, value: Json): T {
  return Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}
