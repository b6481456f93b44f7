import type { Fault, HostReport, HostState, ProcessOperator, Refusal, WireMessage } from '../schema/generated/types.js';
import type { Channel } from '../wire/channel.js';
import type { Connected } from '../wire/connect.js';
import { converge } from './converge.js';
import { type Accepted, admit, type GenerationMemory } from './generation-guard.js';
import { look, observe } from './look.js';
import type { Substrate } from './substrate.js';

export interface AgentOptions {
  host: string;
  /** Identifies this run. */
  boot: string;
  version: string;
  substrate: Substrate;
  memory: GenerationMemory;
  dial(): Promise<Connected>;
  nowMs(): number;
  /** In [0, 1): jitter of re-connection. */
  random(): number;
  log(level: 'info' | 'warn', message: string): void;
}

const firstRetryMs = 100;
const longestRetryMs = 5000;
/** How soon a host on which something is under way is looked at again, and how often one on which nothing is. */
const settleMs = 50;
const restMs = 1000;
/** How often a host with faults is brought to its state again. */
const retryMs = 1000;
const defaultSamplingMs = 1000;
/** Traces wait while so much is on its way. */
const maxTraceBacklogBytes = 4 * 2 ** 20;

/**
 * Converges one host to its HostState and reports what is. The same agent runs on emulated, lab and real hosts. It keeps trying
 * while connected or not: a lost reconciler changes nothing on the host.
 */
export class Agent {
  readonly #options: AgentOptions;
  #accepted: Accepted = { generation: 0, digest: '' };
  #channel: Channel | null = null;
  /** Whether the reconciler keeps traces. */
  #areTracesKept = false;
  #state: HostState | null = null;
  #faults: Fault[] = [];
  /** Serialises everything that touches the substrate. */
  #work: Promise<void> = Promise.resolve();
  #sequence = 0;
  #observations = 0;
  #lastReport = '';
  #timers = new Set<NodeJS.Timeout>();
  #stopped = false;
  #lastTryMs = 0;
  #lookPending = false;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /**
   * Brings the host to the state that was accepted last, whether or not a reconciler can be reached, and begins to connect. Resolves
   * at once; connecting goes on for ever.
   */
  async start(): Promise<void> {
    this.#accepted = await this.#options.memory.load();
    const { state } = this.#accepted;
    if (state) this.#hold(state);
    void this.#connect(firstRetryMs);
    this.#every(
      () => this.#samplingMs(),
      () => this.#sendObservation(),
    );
    this.#every(
      () => restMs,
      () => this.#settle(),
    );
  }

  /** Who may schedule which processes of this host, as it was told last. */
  get operators(): ProcessOperator[] {
    return this.#state?.operators ?? [];
  }

  /** Ends the agent; guests, links and forwarding stay as they are. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#channel?.close('agent stopped');
    await this.#work;
    await this.#options.substrate.close();
  }

  async #connect(retryAfterMs: number): Promise<void> {
    if (this.#stopped) return;
    const connected = await this.#options.dial();
    if (connected.kind === 'refused' || this.#stopped) {
      if (connected.kind === 'connected') return connected.channel.close('agent stopped');
      this.#options.log('warn', connected.message);
      return this.#again(retryAfterMs);
    }
    const { channel } = connected;
    let welcome = false;
    channel.onMessage((message) => {
      welcome ||= message.kind === 'welcome';
      this.#receive(channel, message);
    });
    channel.onClose((reason) => {
      if (this.#channel === channel) this.#channel = null;
      if (this.#stopped) return;
      this.#options.log('warn', `Connection to the reconciler ended: ${reason}`);
      this.#again(welcome ? firstRetryMs : retryAfterMs);
    });
    channel.send({
      kind: 'hello',
      protocol: 1,
      host: this.#options.host,
      boot: this.#options.boot,
      version: this.#options.version,
      seenGeneration: this.#accepted.generation,
      capabilities: this.#options.substrate.capabilities,
    });
  }

  #again(retryAfterMs: number): void {
    const jitter = 0.5 + this.#options.random();
    this.#after(retryAfterMs * jitter, () => {
      void this.#connect(Math.min(retryAfterMs * 2, longestRetryMs));
    });
  }

  #receive(channel: Channel, message: WireMessage): void {
    if (message.kind === 'welcome') {
      this.#channel = channel;
      this.#lastReport = '';
      this.#beginTraces(message.traces === true);
      this.#enqueue(() => this.#report());
    } else if (message.kind === 'desire') this.#desire(channel, message.state);
    else if (message.kind === 'refusal') this.#options.log('warn', `The reconciler refused: ${message.message}`);
    else channel.send(refusal('malformed', `An agent does not take ${message.kind} messages.`));
  }

  #desire(channel: Channel, state: HostState): void {
    if (state.host !== this.#options.host) {
      channel.send(refusal('wrong-host', `This is ${this.#options.host}; the state is for ${state.host}.`));
      return;
    }
    const admission = admit(this.#accepted, state);
    if (admission.kind === 'stale') {
      this.#options.log('warn', admission.message);
      channel.send({ ...refusal('stale-generation', admission.message), generation: this.#accepted.generation });
      return;
    }
    this.#accepted = admission.accepted;
    const { accepted } = admission;
    this.#enqueue(() => this.#options.memory.save(accepted));
    this.#hold(state);
  }

  #hold(state: HostState): void {
    this.#state = state;
    this.#enqueue(async () => {
      // A newer state may have come while this one waited: that one is next in the queue.
      if (this.#state === state) await this.#converge(state);
    });
  }

  async #converge(state: HostState): Promise<void> {
    this.#lastTryMs = this.#options.nowMs();
    this.#faults = await converge(this.#options.substrate, state);
    await this.#report();
  }

  /** Looks again while something is under way; tries again, less often, while something is wrong. */
  #settle(): void {
    const state = this.#state;
    if (!state) return;
    const due = this.#faults.length > 0 && this.#options.nowMs() - this.#lastTryMs >= retryMs;
    this.#enqueue(() => (due && this.#state === state ? this.#converge(state) : this.#report()));
  }

  /** Sends a report if anything is different from the last one that was sent. */
  async #report(): Promise<void> {
    const { host, boot, substrate, nowMs } = this.#options;
    const view = { host, boot, sequence: 0, generation: this.#accepted.generation, nowMs: 0 };
    const report = await look(substrate, view, this.#faults);
    if (!isSettled(report)) this.#lookSoon();
    const content = JSON.stringify(report);
    if (content === this.#lastReport || !this.#channel) return;
    this.#lastReport = content;
    this.#sequence += 1;
    this.#channel.send({ kind: 'report', report: { ...report, sequence: this.#sequence, atMs: nowMs() } });
  }

  #lookSoon(): void {
    if (this.#lookPending) return;
    this.#lookPending = true;
    this.#after(settleMs, () => {
      this.#lookPending = false;
      this.#enqueue(() => this.#report());
    });
  }

  #sendObservation(): void {
    this.#enqueue(async () => {
      if (!this.#channel) return;
      this.#observations += 1;
      const { substrate, host, nowMs } = this.#options;
      this.#channel.send({ kind: 'observe', observation: await observe(substrate, host, this.#observations, nowMs()) });
      if (this.#areTracesKept) this.#sendTraces(this.#channel);
    });
  }

  #beginTraces(areKept: boolean): void {
    const traces = this.#options.substrate.wren?.traces;
    this.#areTracesKept = areKept;
    traces?.begin();
    if (!traces || areKept) return;
    this.#options.log('warn', 'Traces are recorded here, but the reconciler keeps none: start it with --traces.');
  }

  /** What the network does not take is not recorded, after a while: a trace is worth less than all else. */
  #sendTraces(channel: Channel): void {
    if (channel.backlogBytes() > maxTraceBacklogBytes) return;
    for (const { bytes, ...piece } of this.#options.substrate.wren?.traces?.take() ?? []) {
      channel.send({ kind: 'trace', ...piece, data: Buffer.from(bytes).toString('base64') });
    }
  }

  #samplingMs(): number {
    return this.#state?.samplingIntervalMs ?? defaultSamplingMs;
  }

  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(() => (this.#stopped ? undefined : task()));
  }

  #every(intervalMs: () => number, task: () => void): void {
    this.#after(intervalMs(), () => {
      task();
      // The next turn starts when this one's work is done: a slow host is not flooded with its own tasks.
      void this.#work.then(() => this.#every(intervalMs, task));
    });
  }

  #after(delayMs: number, task: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, delayMs);
    this.#timers.add(timer);
  }
}

function isSettled(report: HostReport): boolean {
  const still = report.guests.every(({ phase }) => phase === 'running' || phase === 'failed');
  // Schedules do not come into force by themselves: to look more often would be of no use.
  return still && report.faults.every(({ kind }) => kind === 'schedule') && report.links.every((link) => link.up);
}

function refusal(reason: Refusal['reason'], message: string): Refusal {
  return { kind: 'refusal', reason, message };
}
