import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AdmissionThreads } from '../reconciler/adapters/admission-threads.js';
import { CronCalendar, CronTrigger } from '../reconciler/adapters/cron.js';
import { FleetHub } from '../reconciler/adapters/fleet-hub.js';
import { PrometheusMetrics } from '../reconciler/adapters/metrics.js';
import { TimedJournal } from '../reconciler/adapters/timed-journal.js';
import { TraceStore } from '../reconciler/adapters/trace-store.js';
import { serveApi } from '../reconciler/api/server.js';
import { ReconcileLoop } from '../reconciler/loop.js';
import type { LoopPorts, LoopTimes } from '../reconciler/loop-ports.js';
import { renderMarkdown } from '../reconciler/plan/render-markdown.js';
import { renderText } from '../reconciler/plan/render-text.js';
import { PushWatch } from '../reconciler/push-watch.js';
import { loadIdentity } from '../wire/identity.js';
import { listen } from '../wire/listen.js';
import { startNotifying } from './notifying.js';
import type { Repository } from './open-repository.js';
import { systemClock } from './system-clock.js';
import type { Webhooks } from './webhooks.js';

export interface SessionOptions {
  repository: Repository;
  stateDirectory: string;
  /** Where agents connect. */
  hub: { host: string; port: number };
  /** Null: no API and no dashboard. */
  api: { host: string; port: number } | null;
  /** Folder for traces that agents record; without it they are not asked for any. */
  traceDirectory?: string | undefined;
  /** Who is notified, and who may tell of pushes; left out: nobody. */
  webhooks?: Omit<Webhooks, 'kind'>;
  /** Told of the token of the API. */
  onToken?: (token: string) => void;
  /** Where passes decide; left out: in this thread. */
  decide?: LoopPorts['decide'];
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
  const { source, trigger, proposals, upkeep } = repository;
  upkeep.onFailure((message) => log('warn', message));
  const journal = new TimedJournal(repository.journal, systemClock, metrics);
  const loop = new ReconcileLoop(
    {
      ...{ source, journal, proposals, triggers: [trigger], schedule, admission: new AdmissionThreads() },
      calendar: new CronCalendar(),
      ...{ fleet: hub, clock: systemClock, random: Math.random, metrics, log, decide: options.decide },
    },
    options.times ?? {},
  );
  watchInference(metrics, loop, hub);
  watchDecisions(metrics, loop, trigger);
  const listener = await listen(identity, options.hub.host, options.hub.port, (accepted) => hub.accept(accepted)).catch(
    (error: Error) => error,
  );
  if (listener instanceof Error) {
    return {
      kind: 'failed',
      message: `Agents cannot be listened for: ${listener.message}. Choose another address or port.`,
    };
  }
  const api = options.api === null ? null : await serve(loop, metrics, options.api, options);
  if (api?.kind === 'unavailable') {
    await listener.close();
    return { kind: 'failed', message: api.message };
  }
  const receiver = options.webhooks?.notify ?? null;
  const webhook = receiver && (await startNotifying({ receiver, loop, journal, counts: metrics.notifications, log }));
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
      await upkeep.settled();
      await webhook?.close();
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

/** Shows what the loop decides, and how long it takes from a push until the fleet is so. */
function watchDecisions(metrics: PrometheusMetrics, loop: ReconcileLoop, trigger: Repository['trigger']): void {
  const pushes = new PushWatch();
  metrics.watch({ plan: () => loop.plan(), drift: () => loop.drift().drift });
  trigger.onMoved((commit) => pushes.moved(commit, systemClock.nowMs()));
  loop.onPass(({ verdict, plan }) => {
    const tookMs = pushes.passEnded(plan?.basis.source, verdict, systemClock.nowMs());
    if (tookMs !== null) metrics.convergedAfterPush(tookMs / 1000);
  });
}

const schedule = (fields: string, timeZone: string) => new CronTrigger(fields, timeZone);

async function serve(
  loop: ReconcileLoop,
  metrics: PrometheusMetrics,
  address: { host: string; port: number },
  { stateDirectory, repository, webhooks, onToken, log }: SessionOptions,
) {
  const token = randomBytes(32).toString('hex');
  onToken?.(token);
  await mkdir(stateDirectory, { recursive: true });
  await writeFile(join(stateDirectory, tokenFile), token, { mode: 0o600 });
  const render = { markdown: renderMarkdown, text: (plan: Parameters<typeof renderMarkdown>[0]) => renderText(plan) };
  const secret = webhooks?.pushSecret ?? null;
  const pushEvents = secret === null ? undefined : { secret, look: () => repository.trigger.lookSoon() };
  return serveApi({ live: loop, metrics, render, token, pushEvents, ...address, log });
}
