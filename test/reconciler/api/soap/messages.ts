import {
  envelopeNamespaces,
  mediaTypes,
  messageNamespace,
  type SoapVersion,
} from '../../../../reconciler/api/soap/fault.js';
import { readXml, type XmlElement } from '../../../../reconciler/api/soap/read-xml.js';
import { type Answer, call } from '../serving.js';

export const versions = ['1.1', '1.2'] as const satisfies SoapVersion[];

/** A message with `body` in its Body; both are XML. */
export function message(version: SoapVersion, body: string, header = ''): string {
  const head = header && `<s:Header>${header}</s:Header>`;
  return `<s:Envelope xmlns:s="${envelopeNamespaces[version]}">${head}<s:Body>${body}</s:Body></s:Envelope>`;
}

export const request = (name: string, members = '') =>
  `<v:${name} xmlns:v="${messageNamespace}">${members}</v:${name}>`;

export function post(url: string, version: SoapVersion, body: string, headers: Record<string, string> = {}) {
  const type = { 'content-type': `${mediaTypes[version]}; charset=utf-8` };
  return call(`${url}/v1/soap`, { method: 'POST', headers: { ...type, ...headers }, body });
}

export interface FaultSeen {
  status: number;
  /** Without its prefix. */
  code: string;
  message: string;
  /** Kind in the detail; null without one. */
  reason: string | null;
}

/** The fault in an answer, which has to be a well-formed message of the version, as the standard writes faults. */
export function faultIn(version: SoapVersion, answer: Answer): FaultSeen {
  const read = readXml(answer.text);
  if (read.kind === 'refused') throw new Error(`${read.message}\n${answer.text}`);
  const { namespace } = read.root;
  if (namespace !== envelopeNamespaces[version]) throw new Error(`the envelope is of ${namespace}`);
  if (!answer.headers['content-type']?.startsWith(`${mediaTypes[version]};`)) throw new Error('another media type');
  const fault = descend(read.root, 'Body', 'Fault');
  const code = version === '1.1' ? descend(fault, 'faultcode') : descend(fault, 'Code', 'Value');
  const text = version === '1.1' ? descend(fault, 'faultstring') : descend(fault, 'Reason', 'Text');
  const detail = fault.children.find(({ name }) => name.toLowerCase() === 'detail');
  return {
    status: answer.status,
    code: code.text.replace(/^.*:/, ''),
    message: text.text,
    reason: detail ? descend(detail, 'RequestFault', 'kind').text : null,
  };
}

export function descend(element: XmlElement, ...names: string[]): XmlElement {
  const [first, ...rest] = names;
  if (first === undefined) return element;
  const child = element.children.find(({ name }) => name === first);
  if (child === undefined) throw new Error(`no ${first} in ${element.name}`);
  return descend(child, ...rest);
}
