import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SoapEndpoint, versionOf } from './endpoint.js';
import { type Fault, faultEnvelope, faultStatus, mediaTypes, requestFault, type SoapVersion } from './fault.js';
import { lingering } from './lingering.js';
import type { Operation } from './operations.js';

export const soapPath = '/v1/soap';

/** Many times what any request needs. More is never taken from the network. */
const maxMessageBytes = 64 * 1024;

/** Serves the endpoint over HTTP, with its WSDL. Every answer to a POST is a SOAP message of the right version. */
export function addSoap(app: FastifyInstance, operations: readonly Operation[], log: (message: string) => void): void {
  const endpoint = new SoapEndpoint(operations);
  app.register((scope, _options, ready) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      Object.values(mediaTypes),
      { parseAs: 'buffer', bodyLimit: maxMessageBytes },
      (_request, body, done) => done(null, body),
    );
    scope.setErrorHandler((error, request, reply) => {
      const fault = faultOf(error as Error & { code?: string; statusCode?: number });
      if (fault.reason === 'internal') log(`${request.method} ${request.url}: ${(error as Error).stack ?? error}`);
      return sendFault(reply, versionOf(request.headers['content-type'] ?? ''), fault, request);
    });
    scope.get(soapPath, (request, reply) => {
      const address = `${request.protocol}://${request.headers.host ?? request.hostname}${soapPath}`;
      return reply.type('text/xml; charset=utf-8').send(endpoint.wsdl(address));
    });
    scope.post(soapPath, (request, reply) => answer(endpoint, request, reply));
    ready();
  });
}

function answer(endpoint: SoapEndpoint, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { soapaction, 'content-type': contentType = '' } = request.headers;
  const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const action = Array.isArray(soapaction) ? soapaction[0] : soapaction;
  const answered = endpoint.answer({ body, contentType, action, client: request.ip });
  if (answered.kind === 'fault') return sendFault(reply, answered.version, answered.fault);
  return reply.type(`${mediaTypes[answered.version]}; charset=utf-8`).send(answered.text);
}

/** `early`: a request that is answered before it has ended. */
function sendFault(reply: FastifyReply, version: SoapVersion, fault: Fault, early?: FastifyRequest): FastifyReply {
  const text = faultEnvelope(version, fault);
  reply.code(faultStatus(version, fault)).type(`${mediaTypes[version]}; charset=utf-8`);
  if (early === undefined) return reply.send(text);
  return reply.header('content-length', Buffer.byteLength(text)).send(lingering(text, early.raw));
}

function faultOf({ code, statusCode = 500 }: Error & { code?: string; statusCode?: number }) {
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return requestFault(
      'too-large',
      `The message is larger than ${maxMessageBytes} bytes, which no request has to be.`,
    );
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    const message = 'Send the message as text/xml (SOAP 1.1) or application/soap+xml (SOAP 1.2).';
    return requestFault('media-type', message);
  }
  if (statusCode < 500) return requestFault('malformed', 'The request cannot be read: it ended before its time.');
  return requestFault('internal', 'The request failed inside Virtuoso, which is a bug: its log says more.');
}
