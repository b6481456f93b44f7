import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { ReconcileReply } from '../../schema/generated/types.js';
import { problem } from './problem.js';
import { send } from './routes.js';

export interface PushEventOptions {
  /** Shared with the forge that sends the events. */
  secret: string;
  /** Asks whether the branch has moved. */
  look(): void;
}

export const pushEventPath = '/v1/push-events';

/** A push of many commits at once may be larger: it is seen at the next look at the remote. */
const maxBodyBytes = 4 * 1024 * 1024;

/**
 * Where forges tell of pushes. An event is only a reason to look at the remote, whatever it says: one that is sent again changes
 * nothing, and nothing of it is read but its signature.
 */
export function addPushEvents(app: FastifyInstance, { secret, look }: PushEventOptions): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxBodyBytes }, (_request, body, taken) =>
      taken(null, body),
    );
    scope.post(pushEventPath, { bodyLimit: maxBodyBytes }, (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (!isFrom(secret, request.headers, body)) {
        const message =
          'The event is not signed with the secret of this server: set the same one in the webhook of the forge and in --push-secret.';
        return send(reply, problem('unauthorized', message));
      }
      look();
      const answer: ReconcileReply = { format_version: '1', status: 'requested' };
      return reply.code(202).send(answer);
    });
    done();
  });
}

/** GitHub, Gitea and Forgejo sign the body; GitLab shows the secret itself. */
function isFrom(secret: string, headers: Record<string, unknown>, body: Buffer): boolean {
  const signed = headers['x-hub-signature-256'];
  if (typeof signed === 'string')
    return isEqual(signed, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
  const shown = headers['x-gitlab-token'];
  return typeof shown === 'string' && isEqual(shown, secret);
}

/** Takes as long for what is nearly right as for anything else. */
function isEqual(shown: string, right: string): boolean {
  const sha256 = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(sha256(shown), sha256(right));
}
