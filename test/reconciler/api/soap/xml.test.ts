import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readXml, type XmlElement } from '../../../../reconciler/api/soap/read-xml.js';
import { type ObjectShape, shapeAt } from '../../../../reconciler/api/soap/shape.js';
import { element, escaped } from '../../../../reconciler/api/soap/xml-text.js';
import { membersXml, readMembers } from '../../../../reconciler/api/soap/xml-value.js';
import { message, request, versions } from './messages.js';

const namespace = 'urn:test';

function root(text: string): XmlElement {
  const read = readXml(text);
  if (read.kind === 'refused') throw new Error(`${read.message}: ${text}`);
  return read.root;
}

/** What XML 1.0 can write (production 2). */
const isWritable = (character: string) => /[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(character);

it('gives every text back, between tags and in attributes, but for what XML cannot write', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const expected = [...text].map((character) => (isWritable(character) ? character : '\ufffd')).join('');
      expect(root(element('a', {}, escaped(text))).text).toBe(expected);
      // A parser makes spaces of line breaks in attributes (XML 1.0, 3.3.3).
      const [attribute] = root(element('a', { b: text })).attributes;
      expect(attribute?.value).toBe(expected.replace(/[\t\n]/g, ' '));
    }),
    { seed: 11, numRuns: 500 },
  );
});

it('gives every request back that the XML Schema can say', () => {
  const shape = shapeAt('soap.schema.json#/$defs/SubscribeRequest') as ObjectShape;
  const requests = fc.record(
    {
      kinds: fc.uniqueArray(fc.constantFrom('demands', 'paths'), { minLength: 1 }),
      lifetimeMs: fc.integer({ min: 1000, max: 3_600_000 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(requests, (value) => {
      const text = element('Subscribe', { xmlns: namespace }, membersXml(shape, value));
      expect(readMembers(shape, root(text), namespace)).toEqual({ kind: 'value', value });
    }),
    { seed: 12, numRuns: 200 },
  );
});

it('reads or refuses whatever it is given', () => {
  const sound = message('1.2', request('Subscribe', '<v:kinds>paths</v:kinds><v:lifetimeMs>5000</v:lifetimeMs>'));
  const edit = fc.record({
    at: fc.nat({ max: sound.length }),
    removed: fc.nat({ max: 8 }),
    added: fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.constantFrom('<', '>', '&', '"', '/', ']]>', '<!--', '<![CDATA[', ':'),
    ),
  });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce((before, { at, removed, added }) => {
        return before.slice(0, at) + added + before.slice(at + removed);
      }, sound);
      const read = readXml(text);
      if (read.kind === 'refused') expect(read.message).toMatch(/^(The message|A SOAP message|An element) /);
      else expect(read.root.name).not.toBe('');
    }),
    { seed: 13, numRuns: 2000 },
  );
});

it('reads comments, sections of text and the five entities', () => {
  const { text, children } = root('<a>1<!-- 2 --><![CDATA[<3>]]>&lt;&gt;&amp;&quot;&apos;&#52;<b xmlns="urn:b"/></a>');
  expect([text, children]).toMatchObject(['1<3><>&"\'4', [{ namespace: 'urn:b', name: 'b', attributes: [{}] }]]);
  for (const version of versions) expect(root(message(version, '')).children).toHaveLength(1);
});
