import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdmissionThreads } from '../reconciler/adapters/admission-threads.js';
import { CronTrigger } from '../reconciler/adapters/cron.js';
import { FleetHub } from '../reconciler/adapters/fleet-hub.js';
import { PrometheusMetrics } from '../reconciler/adapters/metrics.js';
import { TraceStore } from '../reconciler/adapters/trace-store.js';
import { serveApi } from '../reconciler/api/server.js';
import { type LoopPorts, type LoopTimes, ReconcileLoop } from '../reconciler/loop.js';
import { renderMarkdown } from '../reconciler/plan/render-markdown.js';
import { renderText } from '../reconciler/plan/render-text.js';
import { loadIdentity } from '../wire/identity.js';
import { listen } from '../wire/listen.js';
import type { Repository } from './open-repository.js';
import { systemClock } from './system-clock.js';

export interface SessionOptions {
  repository: Repository;
  stateDirectory: string;
  /** Where agents connect. */
  hub: { host: string; port: number };
  /** Null: no API and no dashboard. */
  api: { host: string; port: number } | null;
  /** Folder for traces that agents record; without it they are not asked for any. */
  traceDirectory?: string | undefined;
  log: LoopPorts['log'];
  times?: Partial<LoopTimes>;
}

/** A running reconciler. */
export interface Session {
  kind: 'session';
  loop: ReconcileLoop;
  /** `wss://` address and pin that agents are given. */
  hubUrl: string;
  hubPin: string;
  apiUrl: string | null;
  close(): Promise<void>;
}

/** File below the state directory with the token that lets its owner change things over the API. */
export const tokenFile = 'api-token';

/** Starts hub, loop and API. The loop begins when `session.loop.start()` is called. */
export async function openSession(options: SessionOptions): Promise<Session | { kind: 'failed'; message: string }> {
  const { repository, stateDirectory, log } = options;
  const identity = await loadIdentity(join(stateDirectory, 'identity'), 'reconciler', Date.now());
  const hub = new FleetHub(log);
  const traces = keepTraces(hub, options);
  const metrics = new PrometheusMetrics(systemClock);
  const { source, journal, trigger, proposals } = repository;
  const loop = new ReconcileLoop(
    {
      ...{ source, journal, proposals, triggers: [trigger], schedule, admission: new AdmissionThreads() },
      ...{ fleet: hub, clock: systemClock, metrics, log },
    },
    options.times ?? {},
  );
  watchInference(metrics, loop, hub);
  const listener = await listen(identity, options.hub.host, options.hub.port, (accepted) => hub.accept(accepted)).catch(
    (error: Error) => error,
  );
  if (listener instanceof Error) {
    return {
      kind: 'failed',
      message: `Agents cannot be listened for: ${listener.message}. Choose another address or port.`,
    };
  }
  const api = options.api === null ? null : await serve(loop, metrics, stateDirectory, options.api, log);
  if (api?.kind === 'unavailable') {
    await listener.close();
    return { kind: 'failed', message: api.message };
  }
  return {
    kind: 'session',
    loop,
    hubUrl: listener.url,
    hubPin: identity.pin,
    apiUrl: api?.url ?? null,
    close: async () => {
      await loop.stop();
      await api?.close();
      await listener.close();
      await traces?.settled();
    },
  };
}

function keepTraces(hub: FleetHub, { traceDirectory, log }: SessionOptions): TraceStore | null {
  if (traceDirectory === undefined) return null;
  const store = new TraceStore(traceDirectory, (message) => log('warn', message));
  hub.keepTraces((host, trace) => store.take(host, trace));
  return store;
}

/** Shows what the loop infers, as long as the process lives. */
function watchInference({ inference }: PrometheusMetrics, loop: ReconcileLoop, hub: FleetHub): void {
  inference.inferFrom(loop.inferred);
  loop.subscribe((event) => {
    if (event.kind === 'view') inference.trafficSeen(event.view.traffic);
  });
  hub.onObservation(({ host }) => inference.observedBy(host, systemClock.nowMs()));
}

const schedule = (fields: string, timeZone: string) => new CronTrigger(fields, timeZone);

async function serve(
  loop: ReconcileLoop,
  metrics: PrometheusMetrics,
  stateDirectory: string,
  address: { host: string; port: number },
  log: LoopPorts['log'],
) {
  const token = randomBytes(32).toString('hex');
  await mkdir(stateDirectory, { recursive: true });
  await writeFile(join(stateDirectory, tokenFile), token, { mode: 0o600 });
  const render = { markdown: renderMarkdown, text: (plan: Parameters<typeof renderMarkdown>[0]) => renderText(plan) };
  return serveApi({ live: loop, metrics, render, token, ...address, log });
}
