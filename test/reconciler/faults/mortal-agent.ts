import { Agent } from '../../../agents/agent.js';
import type { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { processMemory } from '../../../agents/file-memory.js';
import type { Connected } from '../../../wire/connect.js';
import { wrappedSubstrate } from '../wrapped-substrate.js';
import { Life } from './life.js';

export interface MortalAgentOptions {
  fleet: EmulatedFleet;
  host: string;
  dial(life: Life): Promise<Connected>;
  /** Something on the host may be different now. */
  changed(host: string): void;
}

/** The agent of one host, which can be killed and started again; what it has accepted is remembered. */
export class MortalAgent {
  readonly #options: MortalAgentOptions;
  readonly #memory = processMemory();
  #agent: Agent | null = null;
  #life = new Life();
  #runs = 0;

  constructor(options: MortalAgentOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { fleet, host, dial, changed } = this.#options;
    const life = new Life();
    this.#life = life;
    this.#runs += 1;
    this.#agent = new Agent({
      host,
      boot: `${host}-${this.#runs}`,
      version: 'test',
      substrate: wrappedSubstrate(fleet.substrate(host), {
        read: (task) => life.during(task),
        change: (task) =>
          life.during(async () => {
            const result = await task();
            changed(host);
            return result;
          }),
      }),
      memory: {
        load: () => life.during(() => this.#memory.load()),
        save: (accepted) => life.during(() => this.#memory.save(accepted)),
      },
      dial: () => life.during(() => dial(life)),
      nowMs: Date.now,
      random: () => 0,
      log: () => undefined,
    });
    await this.#agent.start();
  }

  /** Kills the agent where it stands. */
  crash(): void {
    this.#life.end();
    this.#options.fleet.crash(this.#options.host);
    // Its timers end; what it is in the middle of stays so for ever.
    void this.#agent?.stop();
  }

  async stop(): Promise<void> {
    if (this.#life.alive) await this.#agent?.stop();
  }
}
