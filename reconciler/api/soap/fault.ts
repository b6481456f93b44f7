import type { RequestFault } from '../../../schema/generated/types.js';
import { shapeAt } from './shape.js';
import { element, escaped } from './xml-text.js';
import { membersXml } from './xml-value.js';

export type SoapVersion = '1.1' | '1.2';

export const envelopeNamespaces: Record<SoapVersion, string> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};

export const mediaTypes: Record<SoapVersion, string> = { '1.1': 'text/xml', '1.2': 'application/soap+xml' };

/** Namespace of our own elements; names of actions begin with it, too. */
export const messageNamespace = 'https://virtuoso.dev/soap/v1';

/** Why a message is not answered. */
export type Fault =
  /** Its envelope is of no version of SOAP that is known. */
  | { kind: 'version-mismatch'; message: string }
  /** Headers that it says must be understood, and are not. */
  | { kind: 'must-understand'; message: string; headers: { namespace: string; name: string }[] }
  | { kind: 'request'; reason: RequestFault['kind']; message: string };

const codes: Record<SoapVersion, Record<'client' | 'server', string>> = {
  '1.1': { client: 'Client', server: 'Server' },
  '1.2': { client: 'Sender', server: 'Receiver' },
};

export function requestFault(reason: RequestFault['kind'], message: string): Extract<Fault, { kind: 'request' }> {
  return { kind: 'request', reason, message };
}

/** The status of HTTP; by SOAP 1.1 all faults have 500, apart from those of HTTP itself. */
export function faultStatus(version: SoapVersion, fault: Fault): number {
  if (fault.kind === 'request' && fault.reason === 'too-large') return 413;
  if (fault.kind === 'request' && fault.reason === 'media-type') return 415;
  return version === '1.2' && fault.kind === 'request' && fault.reason !== 'internal' ? 400 : 500;
}

export function faultEnvelope(version: SoapVersion, fault: Fault): string {
  const code = `soap:${codeOf(version, fault)}`;
  const detail = fault.kind === 'request' ? requestDetail(fault) : '';
  const message = escaped(fault.message);
  const body =
    version === '1.1'
      ? `<faultcode>${code}</faultcode><faultstring>${message}</faultstring>${detail && `<detail>${detail}</detail>`}`
      : `<soap:Code><soap:Value>${code}</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">${message}</soap:Text></soap:Reason>${detail && `<soap:Detail>${detail}</soap:Detail>`}`;
  return envelope(version, `<soap:Fault>${body}</soap:Fault>`, version === '1.2' ? faultHeaders(fault) : '');
}

/** A whole message; `body` and `headers` are XML already. */
export function envelope(version: SoapVersion, body: string, headers = ''): string {
  const attributes = {
    'xmlns:soap': envelopeNamespaces[version],
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  };
  const header = headers && `<soap:Header>${headers}</soap:Header>`;
  const content = `${header}<soap:Body>${body}</soap:Body>`;
  return `<?xml version="1.0" encoding="utf-8"?>\n${element('soap:Envelope', attributes, content)}\n`;
}

function codeOf(version: SoapVersion, fault: Fault): string {
  if (fault.kind === 'version-mismatch') return 'VersionMismatch';
  if (fault.kind === 'must-understand') return 'MustUnderstand';
  return codes[version][fault.reason === 'internal' ? 'server' : 'client'];
}

function requestDetail({ reason, message }: Extract<Fault, { kind: 'request' }>): string {
  const shape = shapeAt('soap.schema.json#/$defs/RequestFault');
  if (shape.kind !== 'object') throw new Error('the detail of a fault is an object');
  const detail: RequestFault = { kind: reason, message };
  return element('RequestFault', { xmlns: messageNamespace }, membersXml(shape, detail));
}

/** SOAP 1.2 (part 1, 5.4.7 and 5.4.8) has headers that say which version, or which headers, a fault is about. */
function faultHeaders(fault: Fault): string {
  if (fault.kind === 'must-understand') {
    return fault.headers
      .map(({ namespace, name }) => element('soap:NotUnderstood', { qname: `h:${name}`, 'xmlns:h': namespace }))
      .join('');
  }
  if (fault.kind === 'request') return '';
  const versions = (['1.2', '1.1'] as const).map((version, index) =>
    element('soap:SupportedEnvelope', {
      qname: `v${index}:Envelope`,
      [`xmlns:v${index}`]: envelopeNamespaces[version],
    }),
  );
  return element('soap:Upgrade', {}, versions.join(''));
}
