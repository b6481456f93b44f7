import { resolve } from 'node:path';
import { DecisionThread } from '../reconciler/decision-thread.js';
import { exitCodes } from './exit-codes.js';
import { boundHeapGrowth } from './heap-growth.js';
import { type LogFormat, openLog } from './log.js';
import { openRepository } from './open-repository.js';
import { openSession } from './session.js';
import type { VerificationOptions } from './verification.js';
import { readWebhooks, type WebhookOptions } from './webhooks.js';

export interface ReconcileOptions {
  repository: string;
  ref: string;
  subdirectory: string;
  stateDirectory: string;
  pollMs: number;
  /** Where agents connect. */
  hubHost: string;
  hubPort: number;
  apiHost: string;
  apiPort: number;
  /** Where traces that agents record are kept. */
  traces?: string | undefined;
  /** Whose signatures commits need. */
  verification: VerificationOptions;
  logFormat: LogFormat;
  webhooks: WebhookOptions;
}

/** Runs the reconciler until it is told to end. Logs on stderr. Returns the exit code. */
export async function reconcile(options: ReconcileOptions): Promise<number> {
  boundHeapGrowth();
  const log = openLog({ format: options.logFormat });
  const stateDirectory = resolve(options.stateDirectory);
  const repository = await openRepository({ ...options, stateDirectory });
  if (repository.kind === 'failed') return fail(repository.message);
  const webhooks = await readWebhooks(options.webhooks, repository.mirror.remote.directory);
  if (webhooks.kind === 'failed') return fail(webhooks.message);
  for (const secret of [webhooks.notify?.secret, webhooks.pushSecret]) if (secret) log.hide(secret);
  const decisions = new DecisionThread();
  const session = await openSession({
    repository,
    stateDirectory,
    hub: { host: options.hubHost, port: options.hubPort },
    api: { host: options.apiHost, port: options.apiPort },
    traceDirectory: options.traces === undefined ? undefined : resolve(options.traces),
    webhooks,
    decide: decisions.decide,
    onToken: (token) => log.hide(token),
    log,
  });
  if (session.kind === 'failed') return fail(session.message);
  log('info', verificationText(options.verification));
  log('info', 'reconciling', { hub: session.hubUrl, key: session.hubPin, api: session.apiUrl, stateDirectory });
  session.loop.onPass(({ pass, verdict, plan, commit }) => {
    const level = verdict === 'converged' || verdict === 'applied' ? 'info' : 'warn';
    const wrong = session.loop.conditions().filter(({ status }) => status === 'False');
    const problems = wrong.map(({ object, message }) => `${object}: ${message}`);
    const { hash, basis, steps } = plan ?? {};
    log(level, 'pass', {
      pass,
      verdict,
      source: basis?.source,
      steps: steps?.length ?? 0,
      plan: hash,
      commit,
      problems,
    });
  });
  await session.loop.start();
  await new Promise<void>((end) => {
    process.once('SIGINT', () => end());
    process.once('SIGTERM', () => end());
  });
  await session.close();
  await decisions.close();
  return exitCodes.ok;
}

function verificationText({ verify }: VerificationOptions): string {
  if (verify === 'head') return 'The newest commit takes effect only if somebody trusted has signed it.';
  if (verify === 'strict')
    return 'Commits take effect only if somebody trusted has signed every one since the last accepted.';
  return 'Signatures of commits are not verified: whoever can push to the branch decides. --verify head or strict asks for them.';
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`);
  return exitCodes.error;
}
