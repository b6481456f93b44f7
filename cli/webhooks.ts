import { readSecret } from './shared-secret.js';

/** As an operator wrote it. */
export interface WebhookOptions {
  /** Where changes of conditions are posted to, and the file with the secret that signs them. */
  notify?: string | undefined;
  notifySecret?: string | undefined;
  /** File with the secret of a forge that tells of pushes. */
  pushSecret?: string | undefined;
}

/** What is told to whom, and who may tell of pushes; null: nobody. */
export interface Webhooks {
  kind: 'webhooks';
  notify: { url: string; secret: string } | null;
  pushSecret: string | null;
}

/** Webhooks from what an operator wrote. `repository` is its directory where it is on this machine. */
export async function readWebhooks(
  { notify, notifySecret, pushSecret }: WebhookOptions,
  repository: string | null,
): Promise<Webhooks | { kind: 'failed'; message: string }> {
  if (notify === undefined && notifySecret !== undefined)
    return { kind: 'failed', message: '--notify-secret is given, but nobody is notified: add --notify URL' };
  if (notify !== undefined && notifySecret === undefined)
    return { kind: 'failed', message: '--notify needs a secret to sign with: name its file with --notify-secret' };
  const problem = notify === undefined ? null : unfitUrl(notify);
  if (problem !== null) return { kind: 'failed', message: problem };
  const signing = notifySecret === undefined ? null : await readSecret(notifySecret, repository);
  if (signing?.kind === 'failed') return signing;
  const pushing = pushSecret === undefined ? null : await readSecret(pushSecret, repository);
  if (pushing?.kind === 'failed') return pushing;
  return {
    kind: 'webhooks',
    notify: notify !== undefined && signing ? { url: notify, secret: signing.secret } : null,
    pushSecret: pushing?.secret ?? null,
  };
}

/** What is wrong with an address to notify; null: nothing. It may hold a token, so it is not repeated. */
function unfitUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return '--notify is not a URL: write one such as https://alerts.example/virtuoso';
  if (url.username !== '' || url.password !== '')
    return '--notify has credentials in it: leave them out, notifications are signed';
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isHere)) return null;
  return '--notify has to be https://, or http:// on this machine: conditions name hosts and what is wrong with them';
}
