import { envelopeNamespaces, type Fault, requestFault, type SoapVersion } from './fault.js';
import type { XmlElement } from './read-xml.js';

/** Roles in which a header may be addressed to us. */
const ownRoles = [
  '',
  'http://schemas.xmlsoap.org/soap/actor/next',
  'http://www.w3.org/2003/05/soap-envelope/role/next',
  'http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver',
];

export type EnvelopeRead =
  /** `body` is what the Body holds. */
  | { kind: 'envelope'; version: SoapVersion; body: XmlElement }
  | { kind: 'refused'; version: SoapVersion; fault: Fault };

/** The request in an envelope. `assumed`: the version in which to answer what is no envelope of either. */
export function readEnvelope(root: XmlElement, assumed: SoapVersion): EnvelopeRead {
  const version = (['1.1', '1.2'] as const).find((each) => envelopeNamespaces[each] === root.namespace);
  if (version === undefined || root.name !== 'Envelope') {
    const message = `The message is no Envelope of ${envelopeNamespaces['1.1']} or ${envelopeNamespaces['1.2']}.`;
    return { kind: 'refused', version: version ?? assumed, fault: { kind: 'version-mismatch', message } };
  }
  const refused = (fault: Fault): EnvelopeRead => ({ kind: 'refused', version, fault });
  const malformed = (message: string) => refused(requestFault('malformed', message));
  const parts = root.children.map(({ namespace, name }) => (namespace === root.namespace ? name : '?')).join(' ');
  if (parts !== 'Body' && parts !== 'Header Body') {
    return malformed(
      'An Envelope holds a Header, which may be left out, and a Body, in its own namespace, and no more.',
    );
  }
  const headers = root.children.length === 2 ? (root.children[0]?.children ?? []) : [];
  const unknown = headers.filter((header) => mustBeUnderstood(header, root.namespace));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => name).join(', ');
    const message = `No header is understood here, so none may have mustUnderstand: ${names}.`;
    return refused({ kind: 'must-understand', message, headers: unknown });
  }
  const [body, ...more] = root.children.at(-1)?.children ?? [];
  if (body === undefined || more.length > 0) return malformed('The Body has to hold one element, the request.');
  return { kind: 'envelope', version, body };
}

function mustBeUnderstood({ attributes }: XmlElement, namespace: string): boolean {
  const own = (name: string) => attributes.find((each) => each.namespace === namespace && each.name === name)?.value;
  const role = own('role') ?? own('actor') ?? '';
  return ['1', 'true'].includes(own('mustUnderstand')?.trim() ?? '') && ownRoles.includes(role.trim());
}
