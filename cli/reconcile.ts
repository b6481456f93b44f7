import { resolve } from 'node:path';
import { pino } from 'pino';
import { exitCodes } from './exit-codes.js';
import { boundHeapGrowth } from './heap-growth.js';
import { openRepository } from './open-repository.js';
import { openSession } from './session.js';
import type { VerificationOptions } from './verification.js';

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
}

/** Runs the reconciler until it is told to end. Logs JSON lines on stderr. Returns the exit code. */
export async function reconcile(options: ReconcileOptions): Promise<number> {
  boundHeapGrowth();
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  const stateDirectory = resolve(options.stateDirectory);
  const repository = await openRepository({ ...options, stateDirectory });
  if (repository.kind === 'failed') return fail(repository.message);
  const session = await openSession({
    repository,
    stateDirectory,
    hub: { host: options.hubHost, port: options.hubPort },
    api: { host: options.apiHost, port: options.apiPort },
    traceDirectory: options.traces === undefined ? undefined : resolve(options.traces),
    log: (level, message) => logger[level](message),
  });
  if (session.kind === 'failed') return fail(session.message);
  logger.info(verificationText(options.verification));
  logger.info({ hub: session.hubUrl, key: session.hubPin, api: session.apiUrl, stateDirectory }, 'reconciling');
  session.loop.onPass(({ pass, verdict, plan, commit }) => {
    const level = verdict === 'converged' || verdict === 'applied' ? 'info' : 'warn';
    const wrong = session.loop.conditions().filter(({ status }) => status === 'False');
    const problems = wrong.map(({ object, message }) => `${object}: ${message}`);
    logger[level]({ pass, verdict, steps: plan?.steps.length ?? 0, plan: plan?.hash, commit, problems }, 'pass');
  });
  await session.loop.start();
  await new Promise<void>((end) => {
    process.once('SIGINT', () => end());
    process.once('SIGTERM', () => end());
  });
  await session.close();
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
