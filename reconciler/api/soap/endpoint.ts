import { envelope, type Fault, mediaTypes, messageNamespace, requestFault, type SoapVersion } from './fault.js';
import type { Operation } from './operations.js';
import { readEnvelope } from './read-envelope.js';
import { readXml, type XmlElement } from './read-xml.js';
import { actionOf, wsdl } from './wsdl.js';
import { element } from './xml-text.js';
import { membersXml, readMembers } from './xml-value.js';

export interface SoapRequest {
  body: Uint8Array;
  contentType: string;
  /** The header SOAPAction. */
  action: string | undefined;
  client: string;
}

export type SoapAnswer =
  | { kind: 'reply'; version: SoapVersion; text: string }
  | { kind: 'fault'; version: SoapVersion; fault: Fault };

/** Answers SOAP messages, whatever carries them. */
export class SoapEndpoint {
  readonly #operations: readonly Operation[];

  constructor(operations: readonly Operation[]) {
    this.#operations = operations;
  }

  wsdl(address: string): string {
    return wsdl(this.#operations, address);
  }

  answer({ body, contentType, action, client }: SoapRequest): SoapAnswer {
    const assumed = versionOf(contentType);
    const text = decoded(body, contentType);
    if (text === null) {
      const message = 'The message cannot be read as text: send UTF-8, or UTF-16 with a byte order mark.';
      return { kind: 'fault', version: assumed, fault: requestFault('malformed', message) };
    }
    const xml = readXml(text);
    if (xml.kind === 'refused') {
      return { kind: 'fault', version: assumed, fault: requestFault('malformed', xml.message) };
    }
    const read = readEnvelope(xml.root, assumed);
    if (read.kind === 'refused') return { kind: 'fault', version: read.version, fault: read.fault };
    const answer = this.#carryOut(read.body, action ?? parameter(contentType, 'action'), client);
    return 'fault' in answer
      ? { kind: 'fault', version: read.version, fault: answer.fault }
      : { kind: 'reply', version: read.version, text: envelope(read.version, answer.body) };
  }

  #carryOut(request: XmlElement, action: string | undefined, client: string): { body: string } | { fault: Fault } {
    const operation = this.#operations.find(({ name }) => name === request.name);
    if (operation === undefined || request.namespace !== messageNamespace) {
      const known = this.#operations.map(({ name }) => name).join(', ');
      const message = `There is no operation ${request.name}: those of ${messageNamespace} are ${known}.`;
      return { fault: requestFault('unknown-operation', message) };
    }
    const named = action?.trim().replace(/^"(.*)"$/, '$1') ?? '';
    if (named !== '' && named !== actionOf(operation.name)) {
      const message = `The action is not that of the request in the Body: write ${actionOf(operation.name)}, or none.`;
      return { fault: requestFault('unknown-action', message) };
    }
    const read = readMembers(operation.request, request, messageNamespace);
    if (read.kind === 'malformed') return { fault: requestFault('malformed', read.message) };
    const answer = operation.run(read.value, client);
    if (answer.kind === 'fault') return answer;
    const reply = membersXml(operation.reply, answer.value);
    return { body: element(`${operation.name}Response`, { xmlns: messageNamespace }, reply) };
  }
}

/** The version in whose media type a message comes. */
export function versionOf(contentType: string): SoapVersion {
  return contentType.trim().toLowerCase().startsWith(mediaTypes['1.2']) ? '1.2' : '1.1';
}

function parameter(contentType: string, name: string): string | undefined {
  return new RegExp(`;\\s*${name}=("[^"]*"|[^;\\s]*)`, 'i').exec(contentType)?.[1];
}

/** Null for bytes that are not what the charset, or a byte order mark, says. SOAP is UTF-8 or UTF-16. */
function decoded(body: Uint8Array, contentType: string): string | null {
  const [first, second] = body;
  const mark = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  const charset = parameter(contentType, 'charset')?.replaceAll('"', '').toLowerCase() ?? 'utf-8';
  if (!['utf-8', 'us-ascii', 'utf-16'].includes(charset)) return null;
  try {
    return new TextDecoder(mark ?? 'utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}
