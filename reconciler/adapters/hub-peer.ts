import type { Capabilities, Hello, HostReport, HostState } from '../../schema/generated/types.js';

export type Taken =
  | { kind: 'taken' }
  | { kind: 'stale'; reason: 'stale-generation' | 'stale-sequence'; message: string };

/** What the hub knows of one host across its connections, and what it therefore refuses to believe. */
export class HubPeer {
  report: HostReport | null = null;
  capabilities: Capabilities | null = null;
  told: HostState | undefined;
  #generation = 0;
  #boot = '';
  readonly #formerBoots = new Set<string>();

  /** A run of the agent that another one has replaced does not come back. */
  greet(hello: Hello): Taken {
    if (this.#formerBoots.has(hello.boot)) {
      return stale(
        'stale-sequence',
        `Run ${hello.boot} of the agent of ${hello.host} was replaced by a newer one: stop it.`,
      );
    }
    if (this.#boot !== hello.boot && this.#boot !== '') this.#formerBoots.add(this.#boot);
    this.#boot = hello.boot;
    this.capabilities = hello.capabilities;
    this.raise(hello.seenGeneration);
    return { kind: 'taken' };
  }

  /** Within one run of an agent neither sequence nor generation go back. */
  takeReport(report: HostReport): Taken {
    const { host, boot, sequence, generation } = report;
    if (boot !== this.#boot)
      return stale('stale-sequence', `The report of ${host} is from run ${boot}, not from ${this.#boot}.`);
    const last = this.report?.boot === boot ? this.report : null;
    if (last && sequence <= last.sequence) {
      return stale(
        'stale-sequence',
        `Report ${sequence} of ${host} comes after report ${last.sequence}: reports never go back.`,
      );
    }
    if (last && generation < last.generation) {
      return stale(
        'stale-generation',
        `${host} reports generation ${generation} after ${last.generation}: it replays old state.`,
      );
    }
    this.report = report;
    return { kind: 'taken' };
  }

  nextGeneration(): number {
    this.#generation += 1;
    return this.#generation;
  }

  /** Makes the next generation greater than `seen`. */
  raise(seen: number): void {
    this.#generation = Math.max(this.#generation, seen);
  }
}

function stale(reason: 'stale-generation' | 'stale-sequence', message: string): Taken {
  return { kind: 'stale', reason, message };
}
