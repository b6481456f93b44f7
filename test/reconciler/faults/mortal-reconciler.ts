import { CronCalendar } from '../../../reconciler/adapters/cron.js';
import { FleetHub } from '../../../reconciler/adapters/fleet-hub.js';
import { PrometheusMetrics } from '../../../reconciler/adapters/metrics.js';
import { ReconcileLoop } from '../../../reconciler/loop.js';
import type { LoopPorts, PassSummary } from '../../../reconciler/loop-ports.js';
import type { Clock, Fleet, Journal, Source } from '../../../reconciler/ports.js';
import type { Step } from '../../../schema/generated/types.js';
import type { AcceptedChannel } from '../../../wire/channel.js';
import { inProcess } from '../admission/in-process.js';
import { forever, Life } from './life.js';

/** What is told of a step: when it begins, each time a host has been sent its state for it, and when it is over. */
export interface StepMoment {
  step: Step;
  moment: 'before' | 'sent' | 'after';
  /** States sent so far in this step. */
  sent: number;
}

export interface MortalReconcilerOptions {
  source: Source;
  journal: Journal;
  /** May end the life it is given: then the reconciler does nothing any more. */
  onMoment(moment: StepMoment, life: Life): void;
  log: string[];
}

const stepTimeoutMs = 2000;

/** Hub and loop of one reconciler process, which can be killed at any moment of a step. */
export class MortalReconciler {
  readonly life = new Life();
  readonly loop: ReconcileLoop;
  readonly hub: FleetHub;
  readonly summaries: PassSummary[] = [];
  #step: Step | null = null;
  #sent = 0;

  constructor({ source, journal, onMoment, log }: MortalReconcilerOptions) {
    const { life } = this;
    const clock = mortalClock(life);
    const write = (level: string, message: string) => void log.push(`${level}: ${message}`);
    this.hub = new FleetHub(write);
    const tell = (step: Step, moment: StepMoment['moment']) => {
      if (life.alive) onMoment({ step, moment, sent: this.#sent }, life);
    };
    const ports: LoopPorts = {
      source: { read: () => life.during(() => source.read()) },
      journal: {
        append: (draft) => life.during(() => journal.append(draft)),
        head: () => life.during(() => journal.head()),
        latest: () => life.during(() => journal.latest()),
        entries: (limit) => journal.entries(limit),
      },
      admission: inProcess,
      triggers: [],
      calendar: new CronCalendar(),
      schedule: () => ({ start: async () => undefined, stop: async () => undefined }),
      fleet: this.#fleet(() => this.#step && tell(this.#step, 'sent')),
      clock,
      random: () => 0,
      metrics: new PrometheusMetrics(clock),
      log: write,
      onStep: (step, moment) => {
        if (moment === 'sent') return life.alive ? undefined : forever();
        if (moment === 'before') this.#sent = 0;
        this.#step = moment === 'after' ? null : step;
        tell(step, moment);
        return life.alive ? undefined : forever();
      },
    };
    this.loop = new ReconcileLoop(ports, { stepTimeoutMs, startGraceMs: 5000 });
    this.loop.onPass((summary) => {
      if (life.alive) this.summaries.push(summary);
    });
  }

  accept(accepted: AcceptedChannel): void {
    this.hub.accept(accepted);
  }

  /** The hub, with word of every state that is sent. */
  #fleet(sent: () => void): Fleet {
    const { hub, life } = this;
    return {
      hosts: () => hub.hosts(),
      trust: (pins) => hub.trust(pins),
      told: (host) => hub.told(host),
      onReport: (listener) => hub.onReport((host) => (life.alive ? listener(host) : undefined)),
      onObservation: (listener) => hub.onObservation((seen) => (life.alive ? listener(seen) : undefined)),
      desire: (state) => {
        if (!life.alive) return { kind: 'sent', generation: Number.MAX_SAFE_INTEGER };
        const desired = hub.desire(state);
        this.#sent += 1;
        sent();
        return desired;
      },
    };
  }
}

function mortalClock(life: Life): Clock {
  return {
    nowMs: () => Date.now(),
    after: (delayMs, task) => {
      const timer = setTimeout(() => (life.alive ? task() : undefined), delayMs);
      life.onEnd(() => clearTimeout(timer));
      return () => clearTimeout(timer);
    },
  };
}
