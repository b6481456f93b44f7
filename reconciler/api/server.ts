import { type FastifyInstance, fastify } from 'fastify';
import type { Exposition } from '../ports.js';
import { notAuthorized, wrongHost } from './access.js';
import { dashboardFiles } from './dashboard-files.js';
import { EventStreams } from './event-streams.js';
import { failure } from './failure.js';
import { InferenceFeed } from './inference-feed.js';
import { InferenceStreams } from './inference-streams.js';
import type { Live } from './live.js';
import { problem } from './problem.js';
import { addPushEvents, type PushEventOptions, pushEventPath } from './push-events.js';
import { addChanging, addEvents, addInference, addReading, type PlanRenderers, send } from './routes.js';
import { addSchedules } from './schedule-routes.js';
import { securityHeaders } from './security-headers.js';
import { soapOperations } from './soap/operations.js';
import { addSoap, soapPath } from './soap/routes.js';
import { Subscriptions } from './soap/subscriptions.js';

/** A plan for a fleet of a few thousand hosts fits. */
const maxBodyBytes = 16 * 1024 * 1024;

export interface ApiOptions {
  live: Live;
  metrics: Exposition;
  render: PlanRenderers;
  /** Who shows it may change things; null: nobody may. */
  token: string | null;
  /** Address to listen at. Whoever can reach it can read. */
  host?: string;
  /** 0 takes a free one. */
  port: number;
  /** Further lower-case names, beside addresses and `localhost`, under which people reach this server. */
  names?: string[];
  heartbeatMs?: number;
  /** Where a forge may tell of pushes; left out: nowhere. */
  pushEvents?: PushEventOptions | undefined;
  /** Milliseconds since the epoch. */
  nowMs?: () => number;
  log(level: 'info' | 'warn' | 'error', message: string): void;
}

export type ServedApi =
  | { kind: 'serving'; url: string; close(): Promise<void> }
  /** The address cannot be listened at. */
  | { kind: 'unavailable'; message: string };

/** Serves the API and the dashboard over HTTP. */
export async function serveApi(options: ApiOptions): Promise<ServedApi> {
  const { live, metrics, render, host = '127.0.0.1', port, heartbeatMs = 15_000, log } = options;
  const app = listener(options);
  const streams = new EventStreams(live, heartbeatMs);
  app.addHook('preClose', () => streams.close());
  addReading(app, live, metrics, render);
  addEvents(app, streams);
  inference(app, options);
  addChanging(app, live, (message) => log('info', message));
  if (options.pushEvents) addPushEvents(app, options.pushEvents);
  for (const { path, mediaType, content } of dashboardFiles()) {
    app.get(path, (_request, reply) => reply.header('cache-control', 'no-cache').type(mediaType).send(content));
  }
  try {
    const url = await app.listen({ host, port });
    return { kind: 'serving', url, close: () => app.close() };
  } catch (error) {
    await app.close();
    const reason = (error as Error).message;
    return {
      kind: 'unavailable',
      message: `The API cannot listen at ${host} port ${port}: ${reason}. Choose another.`,
    };
  }
}

/** What is inferred, as documents, as a stream, and over SOAP. */
function inference(app: FastifyInstance, { live, heartbeatMs = 15_000, nowMs = Date.now, log }: ApiOptions): void {
  const feed = new InferenceFeed(live, nowMs);
  const streams = new InferenceStreams(feed, heartbeatMs);
  const subscriptions = new Subscriptions(feed, nowMs);
  app.addHook('preClose', () => {
    streams.close();
    subscriptions.close();
    feed.close();
  });
  addInference(app, live, streams);
  addSchedules(app, live);
  addSoap(app, soapOperations(live, subscriptions), (message) => log('error', message));
}

/** An HTTP server that lets in whom it should, before anything of the body is read. */
function listener({ token, names = [], log }: ApiOptions): FastifyInstance {
  const app = fastify({
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    requestTimeout: 60_000,
    frameworkErrors: (error, _request, reply) => {
      send(reply.headers(securityHeaders), failure(error));
    },
  });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders).header('cache-control', 'no-store');
    // Signed by who sends it, under whatever name this server has there.
    if (request.routeOptions.url === pushEventPath) return;
    // Everything that SOAP offers reads, though it is sent with POST.
    const reads = ['GET', 'HEAD'].includes(request.method) || request.routeOptions.url === soapPath;
    const refusal =
      wrongHost(request.headers.host, names) ?? (reads ? null : notAuthorized(request.headers.authorization, token));
    if (refusal === null) return;
    if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
    return send(reply, refusal);
  });
  app.setNotFoundHandler((request, reply) =>
    send(reply, problem('not-found', `There is no ${request.method} ${request.url.split('?')[0]} here.`)),
  );
  app.setErrorHandler((error, request, reply) => {
    const told = failure(error);
    if (told.status === 500) log('error', `${request.method} ${request.url}: ${(error as Error).stack ?? error}`);
    return send(reply, told);
  });
  return app;
}
