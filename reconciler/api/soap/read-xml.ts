import { SaxesParser } from 'saxes';

export interface XmlElement {
  /** URI; empty for none. */
  namespace: string;
  name: string;
  attributes: { namespace: string; name: string; value: string }[];
  children: XmlElement[];
  text: string;
}

export type XmlRead = { kind: 'read'; root: XmlElement } | { kind: 'refused'; message: string };

/** Limits far above what any request has. */
const maxDepth = 32;
const maxAttributes = 64;
const maxMessageCharacters = 200;

/** Thrown out of the parser, which thereby stops at once. */
class Refusal extends Error {}

/**
 * Reads well-formed XML with namespaces. A document type is refused where it begins to matter: nothing in one is ever looked at,
 * and there are no entities but the five of XML.
 */
export function readXml(text: string): XmlRead {
  const document: XmlElement = { namespace: '', name: '', attributes: [], children: [], text: '' };
  const open = [document];
  const parser = new SaxesParser({ xmlns: true });
  let attributes = 0;
  parser.on('doctype', () => refuse('A SOAP message has no document type: leave <!DOCTYPE out.'));
  parser.on('processinginstruction', () => refuse('A SOAP message has no processing instructions: leave them out.'));
  parser.on('opentagstart', () => {
    attributes = 0;
    if (open.length > maxDepth) refuse(`The message nests its elements more than ${maxDepth} deep.`);
  });
  parser.on('attribute', () => {
    attributes += 1;
    if (attributes > maxAttributes) refuse(`An element of the message has more than ${maxAttributes} attributes.`);
  });
  parser.on('opentag', ({ uri, local, attributes }) => {
    const element: XmlElement = {
      namespace: uri,
      name: local,
      attributes: Object.values(attributes).map((each) => ({
        namespace: each.uri,
        name: each.local,
        value: each.value,
      })),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  const append = (part: string) => {
    const element = open.at(-1);
    if (element) element.text += part;
  };
  parser.on('text', append);
  parser.on('cdata', append);
  try {
    parser.write(text).close();
  } catch (error) {
    const { message } = error as Error;
    const known = error instanceof Refusal ? message : `The message is no well-formed XML: ${message}`;
    return { kind: 'refused', message: known.slice(0, maxMessageCharacters) };
  }
  const [root] = document.children;
  if (root === undefined) return { kind: 'refused', message: 'The message is empty: send an Envelope.' };
  return { kind: 'read', root };
}

function refuse(message: string): never {
  throw new Refusal(message);
}
