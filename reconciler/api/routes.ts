import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type {
  ConditionList,
  DriftList,
  Health,
  HostList,
  LiftReply,
  Plan,
  QuarantineList,
  ReconcileReply,
  RollbackReply,
} from '../../schema/generated/types.js';
import type { Exposition } from '../ports.js';
import { preferred } from './accept.js';
import { applyAnswer } from './apply-answer.js';
import type { EventStream } from './event-stream.js';
import type { EventStreams } from './event-streams.js';
import type { InferenceStreams } from './inference-streams.js';
import { demandList, pathList, topology } from './inferred-view.js';
import { linkPolicyList } from './link-policy-view.js';
import type { Live } from './live.js';
import { type Problem, problem } from './problem.js';
import { readBody } from './request-body.js';

/** A plan for people. */
export interface PlanRenderers {
  text(plan: Plan): string;
  markdown(plan: Plan): string;
}

export function send(reply: FastifyReply, { status, body }: Problem): FastifyReply {
  return reply.code(status).send(body);
}

/** What is, for everybody who may reach this server. */
export function addReading(app: FastifyInstance, live: Live, metrics: Exposition, render: PlanRenderers): void {
  app.get('/healthz', (): Health => ({ format_version: '1', status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const status = live.view().phase === 'starting' ? 'starting' : 'ok';
    const health: Health = { format_version: '1', status };
    return reply.code(status === 'ok' ? 200 : 503).send(health);
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  app.get('/v1/fleet', () => live.view());
  app.get('/v1/conditions', (): ConditionList => ({ format_version: '1', conditions: live.conditions() }));
  app.get('/v1/hosts', (): HostList => ({ format_version: '1', hosts: live.hosts() }));
  app.get('/v1/link-policies', () => linkPolicyList(live.snapshot()));
  app.get('/v1/drift', (): DriftList => live.drift());
  app.get('/v1/quarantines', (): QuarantineList => ({ format_version: '1', quarantines: live.quarantines() }));
  app.get('/v1/plan', (request, reply) => sendPlan(request, reply, live.plan(), render));
}

function sendPlan(request: FastifyRequest, reply: FastifyReply, plan: Plan | null, render: PlanRenderers) {
  const type = preferred(request.headers.accept, ['application/json', 'text/markdown', 'text/plain']);
  reply.header('vary', 'accept');
  if (type === null) {
    const message =
      'A plan comes as application/json, text/markdown or text/plain; the Accept header wants none of them.';
    return send(reply, problem('not-acceptable', message));
  }
  if (plan === null) return send(reply, problem('no-plan', 'No plan was made yet: wait for the first pass.'));
  if (type === 'application/json') return reply.send(plan);
  return reply.type(`${type}; charset=utf-8`).send(type === 'text/plain' ? render.text(plan) : render.markdown(plan));
}

export function addEvents(app: FastifyInstance, streams: EventStreams): void {
  app.get('/v1/events', { exposeHeadRoute: false }, (_request, reply) => sendStream(reply, streams.open()));
}

/** What is inferred of applications and of the network. */
export function addInference(app: FastifyInstance, live: Live, streams: InferenceStreams): void {
  const { inferred } = live;
  app.get('/v1/demands', () => demandList(inferred.traffic(), live.view().vms));
  app.get('/v1/paths', () => pathList(inferred));
  app.get('/v1/topology', () => topology(inferred, live.view()));
  app.get('/v1/stream/inference', { exposeHeadRoute: false }, (request, reply) => {
    const lastId = request.headers['last-event-id'];
    return sendStream(reply, streams.open(typeof lastId === 'string' ? lastId : undefined));
  });
}

function sendStream(reply: FastifyReply, stream: EventStream | null): FastifyReply {
  if (stream === null) return send(reply, problem('busy', 'Too many readers of events: close some of them.'));
  // Some proxies collect an answer before they pass it on, unless told not to.
  return reply.header('x-accel-buffering', 'no').type('text/event-stream').send(stream);
}

/** What changes something; the caller has checked the token. */
export function addChanging(app: FastifyInstance, live: Live, log: (message: string) => void): void {
  app.post('/v1/reconcile', (request, reply) => {
    const read = readBody('ReconcileRequest', request.body);
    if (read.kind === 'refused') return send(reply, read.problem);
    log(`A pass was asked for over the API: ${read.body.reason}`);
    live.requestPass(read.body.reason);
    const answer: ReconcileReply = { format_version: '1', status: 'requested' };
    return reply.code(202).send(answer);
  });
  app.post('/v1/apply', async (request, reply) => {
    const read = readBody('ApplyRequest', request.body);
    if (read.kind === 'refused') return send(reply, read.problem);
    const { plan, hash, actor = 'api' } = read.body;
    log(`${actor} applies the plan ${hash} over the API.`);
    const { status, body } = applyAnswer(await live.apply(plan, hash, actor));
    return reply.code(status).send(body);
  });
  addGoingBack(app, live, log);
}

function addGoingBack(app: FastifyInstance, live: Live, log: (message: string) => void): void {
  app.post('/v1/rollback', async (request, reply) => {
    const read = readBody('RollbackRequest', request.body);
    if (read.kind === 'refused') return send(reply, read.problem);
    const found = await live.rollback(read.body);
    if (found.kind === 'not-found' || found.kind === 'impossible')
      return send(reply, problem(found.kind, found.message));
    const plan = found.kind === 'planned' ? found.plan : null;
    const proposal = found.kind === 'proposed' ? found.proposal : null;
    const answer: RollbackReply = { format_version: '1', plan, proposal };
    return reply.send(answer);
  });
  app.post('/v1/quarantines/lift', async (request, reply) => {
    const read = readBody('LiftRequest', request.body);
    if (read.kind === 'refused') return send(reply, read.problem);
    const { plan, actor = 'api' } = read.body;
    log(`${actor} ends the quarantine of ${plan} over the API.`);
    const answer: LiftReply = { format_version: '1', lifted: await live.lift(plan === 'all' ? null : plan, actor) };
    return reply.send(answer);
  });
}
