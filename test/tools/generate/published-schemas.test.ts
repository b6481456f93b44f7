import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isKind, kinds, validatorOf } from '../../../schema/validate/kinds.js';
import { publishedSchemas } from '../../../tools/generate/published-schemas.js';
import { readSchemas } from '../../../tools/generate/read-schemas.js';
import { exampleDocuments } from '../../examples.js';
import { everyField } from '../../generators/every-field.js';

const sources = readSchemas('schema');
const published = publishedSchemas(sources);
const parsed = new Map(published.map(({ name, text }) => [name.replace('.json', ''), JSON.parse(text)]));
const compile = (name: string): ValidateFunction =>
  new Ajv({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(parsed.get(name));
const any = compile('document');
const byKind = new Map(kinds.map((kind) => [kind, compile(kind)]));

const kindOf = (value: unknown) => (value as { kind?: unknown } | null)?.kind;

/** What validation says of a value by its schema alone. */
function isValid(value: unknown): boolean {
  const kind = kindOf(value);
  return isKind(kind) && validatorOf(kind)(value);
}

describe('published schemas', () => {
  it('are one for each kind, and one for all', () => {
    expect([...parsed.keys()].sort()).toEqual([...kinds, 'document'].sort());
  });

  it('refer to no other file, and are of draft 7', () => {
    for (const { name, text } of published) {
      const refs = [...text.matchAll(/"\$ref": "([^"]*)"/g)].map(([, ref]) => ref);
      expect(
        refs.filter((ref) => !ref?.startsWith('#/definitions/')),
        name,
      ).toEqual([]);
      expect(text, name).toContain('"$schema": "http://json-schema.org/draft-07/schema#"');
      expect(text, name).not.toMatch(/\$defs|2020-12/);
    }
  });

  it('describe each field, and the form of its value', () => {
    const { proxy } = parsed.get('VirtualNetwork').properties.spec.properties;
    expect(proxy.description).toMatch(/^The Host in the middle of the star backbone.* A lower-case DNS label: /);
  });

  it('say what validation says of the examples', () => {
    const values = exampleDocuments();
    expect(values.length).toBeGreaterThan(30);
    for (const value of values) expect([any(value), isValid(value)]).toEqual([true, true]);
  });

  it('say what validation says of documents with every field', () => {
    for (const kind of kinds) {
      const value = everyField(sources, kind);
      expect(validatorOf(kind)(value), JSON.stringify(validatorOf(kind).errors)).toBe(true);
      expect([kind, any(value), byKind.get(kind)?.(value)]).toEqual([kind, true, true]);
    }
  });

  it('say what validation says of documents with something broken in them', () => {
    const whole = [...exampleDocuments(), ...kinds.map((kind) => everyField(sources, kind))];
    let broken = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.nat(),
        fc.nat({ max: 6 }),
        fc.jsonValue(),
        (value, place, way, other) => {
          const damaged = damage(structuredClone(value), place, way, other);
          const verdict = isValid(damaged);
          if (!verdict) broken++;
          expect(any(damaged)).toBe(verdict);
          const kind = kindOf(damaged);
          if (isKind(kind)) expect(byKind.get(kind)?.(damaged)).toBe(verdict);
        },
      ),
      { numRuns: 3000 },
    );
    expect(broken).toBeGreaterThan(1000);
  });

  it('refuse what draft 7 does not know', () => {
    const [file] = sources.filter(({ path }) => path.endsWith('site.schema.json'));
    if (!file) throw new Error('no schema of Site');
    const schema = { ...file.schema, dependentRequired: {} };
    expect(() => publishedSchemas([...sources.filter((each) => each !== file), { ...file, schema }])).toThrow(
      /site\.schema\.json: draft 7 may not know `dependentRequired`/,
    );
  });
});

interface Place {
  holder: Record<string | number, unknown>;
  key: string | number;
}

/** Changes one value somewhere in a document: removes, renames, replaces, doubles, or adds to it. */
function damage(value: unknown, place: number, way: number, other: unknown): unknown {
  const places = placesIn(value);
  const { holder, key } = places[place % places.length] ?? { holder: {}, key: '' };
  if (way === 0) delete holder[key];
  else if (way === 1) holder[`${key}x`] = holder[key];
  else if (way === 2) holder[key] = other;
  else if (way === 3) holder[key] = [holder[key], holder[key]];
  else if (way === 4) holder[key] = null;
  else if (way === 5) holder[key] = typeof holder[key] === 'number' ? -1e9 : `${holder[key]}!`;
  else holder[key] = typeof holder[key] === 'string' ? '' : [];
  return value;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string | number, unknown>;
  return Object.keys(value).flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}
