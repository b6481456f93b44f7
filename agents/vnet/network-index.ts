import { join } from 'node:path';
import type { Fault, NetworkAttachment } from '../../schema/generated/types.js';
import { readState, replaceFile, writeState } from '../linux/state-file.js';

/** Numbers that fit into a frame's tag beside its hops and its star mark; 0 says keep-alive. */
export const largestNetworkIndex = 1023;

/** A network as frames on TAP devices name it. */
export interface NetworkNumber {
  index: number;
  vni: number;
}

interface IndexState {
  numbers: NetworkNumber[];
  /** The number that was given last. */
  last: number;
}

/**
 * Numbers the networks a host is attached to, 1 to `largestNetworkIndex`, for the tags of frames on TAP devices. A network keeps its
 * number while the host is attached to it, across restarts of the agent; a number that is free again is given to another network
 * as late as possible, since frames of the old one may still be on their way. The core's map and the pumps' `tags` file say the same.
 */
export class NetworkIndex {
  /** The file that pumps read: a line `INDEX VNI` a network. */
  readonly tagsFile: string;
  readonly #statePath: string;
  #state: IndexState;

  /** Takes up the numbering in `folder`, which holds a host's state. */
  constructor(folder: string) {
    this.tagsFile = join(folder, 'tags');
    this.#statePath = join(folder, 'network-index.json');
    this.#state = readState<IndexState>(this.#statePath) ?? { numbers: [], last: 0 };
    this.#writeTags();
  }

  /** Ascending by index. */
  get numbers(): readonly NetworkNumber[] {
    return this.#state.numbers;
  }

  /** Number of the network with this VNI; undefined if the host is not attached to it. */
  indexOf(vni: number): number | undefined {
    return this.#state.numbers.find((each) => each.vni === vni)?.index;
  }

  /** Numbers exactly these networks. Those for which no number is left are faults. */
  assign(networks: readonly NetworkAttachment[]): Fault[] {
    const faults: Fault[] = [];
    const kept = this.#state.numbers.filter(({ vni }) => networks.some((network) => network.vni === vni));
    const numbers = [...kept];
    let { last } = this.#state;
    for (const { name, vni } of networks) {
      if (numbers.some((each) => each.vni === vni)) continue;
      const index = nextFree(numbers, last);
      if (index === undefined) {
        faults.push({ kind: 'network', subject: name, message: tooMany });
        continue;
      }
      numbers.push({ index, vni });
      last = index;
    }
    const state = { numbers: numbers.sort((a, b) => a.index - b.index), last };
    if (JSON.stringify(state) !== JSON.stringify(this.#state)) {
      writeState(this.#statePath, state);
      this.#state = state;
      this.#writeTags();
    }
    return faults;
  }

  #writeTags(): void {
    replaceFile(this.tagsFile, this.#state.numbers.map(({ index, vni }) => `${index} ${vni}\n`).join(''));
  }
}

const tooMany = `A host can be attached to at most ${largestNetworkIndex} networks: place VMs of fewer networks here.`;

function nextFree(numbers: readonly NetworkNumber[], last: number): number | undefined {
  const taken = new Set(numbers.map(({ index }) => index));
  for (let step = 1; step <= largestNetworkIndex; step++) {
    const index = ((last + step - 1) % largestNetworkIndex) + 1;
    if (!taken.has(index)) return index;
  }
  return undefined;
}
