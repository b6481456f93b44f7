import { messageNamespace, type SoapVersion } from './fault.js';
import type { Operation } from './operations.js';
import { type ObjectShape, shapeAt } from './shape.js';
import { element, escaped } from './xml-text.js';
import { xsd } from './xsd.js';

const versions = ['1.1', '1.2'] as const satisfies SoapVersion[];
const prefixes: Record<SoapVersion, string> = { '1.1': 'soap11', '1.2': 'soap12' };
const transport = 'http://schemas.xmlsoap.org/soap/http';

/** Name of an operation where HTTP names it. */
export function actionOf(operation: string): string {
  return `${messageNamespace}/${operation}`;
}

/** The endpoint in WSDL 1.1, document/literal: one port for each version of SOAP at the same `address`. Same operations, same bytes. */
export function wsdl(operations: readonly Operation[], address: string): string {
  const attributes = {
    name: 'Virtuoso',
    targetNamespace: messageNamespace,
    'xmlns:tns': messageNamespace,
    'xmlns:wsdl': 'http://schemas.xmlsoap.org/wsdl/',
    'xmlns:soap11': 'http://schemas.xmlsoap.org/wsdl/soap/',
    'xmlns:soap12': 'http://schemas.xmlsoap.org/wsdl/soap12/',
  };
  const content = [
    documentation('What Virtuoso infers of applications and of the network, from their own traffic.'),
    element('wsdl:types', {}, xsd(messageNamespace, elements(operations))),
    ...operations.flatMap(({ name }) => [message(`${name}Request`, name), message(`${name}Reply`, `${name}Response`)]),
    message('RequestFault', 'RequestFault'),
    element('wsdl:portType', { name: 'Inference' }, operations.map(portOperation).join('')),
    ...versions.map((version) => binding(version, operations)),
    addresses(address),
  ];
  return `<?xml version="1.0" encoding="utf-8"?>\n${element('wsdl:definitions', attributes, content.join('\n'))}\n`;
}

function elements(operations: readonly Operation[]): [string, ObjectShape][] {
  const fault = shapeAt('soap.schema.json#/$defs/RequestFault');
  if (fault.kind !== 'object') throw new Error('the detail of a fault is an object');
  return [
    ...operations.flatMap(({ name, request, reply }): [string, ObjectShape][] => [
      [name, request],
      [`${name}Response`, reply],
    ]),
    ['RequestFault', fault],
  ];
}

const documentation = (text: string) => element('wsdl:documentation', {}, escaped(text));

function message(name: string, part: string): string {
  return element('wsdl:message', { name }, element('wsdl:part', { name: 'parameters', element: `tns:${part}` }));
}

function portOperation({ name, description }: Operation): string {
  const parts = [
    documentation(description),
    element('wsdl:input', { message: `tns:${name}Request` }),
    element('wsdl:output', { message: `tns:${name}Reply` }),
    element('wsdl:fault', { name: 'RequestFault', message: 'tns:RequestFault' }),
  ];
  return element('wsdl:operation', { name }, parts.join(''));
}

function binding(version: SoapVersion, operations: readonly Operation[]): string {
  const soap = prefixes[version];
  const literal = element(`${soap}:body`, { use: 'literal' });
  const bound = operations.map(({ name }) => {
    const parts = [
      element(`${soap}:operation`, { soapAction: actionOf(name), style: 'document' }),
      element('wsdl:input', {}, literal),
      element('wsdl:output', {}, literal),
      element(
        'wsdl:fault',
        { name: 'RequestFault' },
        element(`${soap}:fault`, { name: 'RequestFault', use: 'literal' }),
      ),
    ];
    return element('wsdl:operation', { name }, parts.join(''));
  });
  const style = element(`${soap}:binding`, { style: 'document', transport });
  return element('wsdl:binding', { name: bindingName(version), type: 'tns:Inference' }, [style, ...bound].join(''));
}

const bindingName = (version: SoapVersion) => `Soap${version.replace('.', '')}`;

function addresses(address: string): string {
  const ports = versions.map((version) =>
    element(
      'wsdl:port',
      { name: bindingName(version), binding: `tns:${bindingName(version)}` },
      element(`${prefixes[version]}:address`, { location: address }),
    ),
  );
  return element('wsdl:service', { name: 'Virtuoso' }, ports.join(''));
}
