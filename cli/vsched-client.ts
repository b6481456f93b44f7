import type {
  VschedAnswer,
  VschedClosed,
  VschedFound,
  VschedGranted,
  VschedListed,
  VschedRefused,
  VschedReleased,
  VschedRequest,
} from '../schema/generated/types.js';
import type { Channel } from '../wire/channel.js';
import { connectWith } from '../wire/connect.js';
import type { Identity } from '../wire/identity.js';
import { vschedClientCodec } from '../wire/vsched-codec.js';

type Without<Message, Fields extends string> = Message extends unknown ? Omit<Message, Fields> : never;

/** What can be asked: a request without what the client itself adds to it. */
export type VschedAsk = Without<VschedRequest, 'challenge' | 'number'>;

interface Outcomes {
  list: VschedListed;
  find: VschedFound;
  identify: VschedFound;
  admit: VschedGranted;
  set: VschedGranted;
  pause: VschedGranted;
  resume: VschedGranted;
  release: VschedReleased;
  adjust: VschedGranted;
  restore: VschedGranted;
}

/** Nothing is known of what was asked: it was done, or not. */
export interface VschedLost {
  kind: 'lost';
  message: string;
  /** Why the agent closed the connection, if it did. */
  reason?: VschedClosed['reason'];
}

/**
 * An open connection to the agent of a host, under the client's own key. It may be kept open and used many times a second, up to what the
 * agent allows; requests are answered in their order.
 */
export interface VschedClient {
  /** A refusal is an answer. After a `lost` one the connection is closed, and all that follow are lost too. */
  request<Ask extends VschedAsk>(ask: Ask): Promise<Outcomes[Ask['kind']] | VschedRefused | VschedLost>;
  close(): void;
}

export type VschedConnected =
  | { kind: 'connected'; client: VschedClient }
  | { kind: 'refused'; message: string; reason?: VschedClosed['reason'] };

export interface VschedAddress {
  /** `wss://` address of the agent. */
  url: string;
  /** Pin of the agent's key. */
  agentKey: string;
}

const answerMs = 15_000;

/** Connects, and waits until the agent knows the key of `identity`. */
export async function connectVsched({ url, agentKey }: VschedAddress, identity: Identity): Promise<VschedConnected> {
  const connected = await connectWith(vschedClientCodec, url, identity, { pin: agentKey, name: 'agent' });
  if (connected.kind === 'refused') return connected;
  const client = new OpenClient(connected.channel);
  const lost = await client.begin();
  return lost === undefined ? { kind: 'connected', client } : { ...lost, kind: 'refused' };
}

type Answered = VschedAnswer | VschedLost;

class OpenClient implements VschedClient {
  readonly #channel: Channel<VschedRequest, VschedAnswer>;
  readonly #waiting: ((answer: Answered) => void)[] = [];
  #challenge = '';
  #number = 0;
  #lost: VschedLost | undefined;

  constructor(channel: Channel<VschedRequest, VschedAnswer>) {
    this.#channel = channel;
    channel.onMessage((answer) => {
      if (answer.kind === 'closed') this.#end({ kind: 'lost', message: answer.message, reason: answer.reason });
      else this.#waiting.shift()?.(answer);
    });
    channel.onClose((reason) => this.#end({ kind: 'lost', message: `The connection to the agent ended: ${reason}.` }));
  }

  /** Waits for the challenge. Undefined: it is there. */
  async begin(): Promise<VschedLost | undefined> {
    const answer = await this.#next();
    if (answer.kind === 'lost') return answer;
    if (answer.kind !== 'challenge') return this.#unexpected(answer);
    this.#challenge = answer.challenge;
    return undefined;
  }

  async request<Ask extends VschedAsk>(ask: Ask): Promise<Outcomes[Ask['kind']] | VschedRefused | VschedLost> {
    if (this.#lost) return this.#lost;
    this.#number += 1;
    const number = this.#number;
    this.#channel.send({ ...ask, challenge: this.#challenge, number });
    const answer = await this.#next();
    if (answer.kind === 'lost' || answer.kind === 'refused') return answer;
    if (!isAnswerTo(ask, answer) || answer.number !== number) return this.#unexpected(answer);
    return answer;
  }

  close(): void {
    this.#end({ kind: 'lost', message: 'The connection was closed here.' });
    this.#channel.close('done');
  }

  async #next(): Promise<Answered> {
    let timer: NodeJS.Timeout | undefined;
    const answer = await new Promise<Answered>((resolve) => {
      if (this.#lost) return resolve(this.#lost);
      this.#waiting.push(resolve);
      timer = setTimeout(() => {
        this.#end({ kind: 'lost', message: `The agent did not answer within ${answerMs / 1000} seconds.` });
        this.#channel.close('no answer');
      }, answerMs);
    });
    clearTimeout(timer);
    return answer;
  }

  #unexpected({ kind }: VschedAnswer): VschedLost {
    const lost: VschedLost = { kind: 'lost', message: `The agent answers with ${kind}, which was not asked for.` };
    this.#end(lost);
    this.#channel.close('unexpected answer');
    return lost;
  }

  #end(lost: VschedLost): void {
    this.#lost ??= lost;
    for (const resolve of this.#waiting.splice(0)) resolve(this.#lost);
  }
}

const answerTo: Record<VschedAsk['kind'], VschedAnswer['kind']> = {
  ...{ list: 'listed', find: 'found', identify: 'found', admit: 'granted', set: 'granted' },
  ...{ pause: 'granted', resume: 'granted', release: 'released', adjust: 'granted', restore: 'granted' },
};

function isAnswerTo<Ask extends VschedAsk>(ask: Ask, answer: VschedAnswer): answer is Outcomes[Ask['kind']] {
  return answer.kind === answerTo[ask.kind];
}
