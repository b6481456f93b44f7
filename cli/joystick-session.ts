import type { Periodic } from '../schema/adjusted-schedule.js';
import type { AdjustableVm, SchedulePlane, VschedRefused } from '../schema/generated/types.js';
import { periodicText } from '../schema/schedule.js';
import type { Push } from './joystick-keys.js';
import { type Joystick, joystickOf, looked, step } from './joystick-model.js';
import type { VschedClient } from './vsched-client.js';

/** What is possible changes less often than what a VM gets. */
const looksOfPlane = 4;

export interface SessionPorts {
  client: Pick<VschedClient, 'request'>;
  /** What is possible on the host by now; null if nobody tells. */
  plane(vm: AdjustableVm): Promise<SchedulePlane | null>;
  nowMs(): number;
  /** Called after every change. */
  show(joystick: Joystick): void;
}

/** One user at one joystick: pushes are asked of the agent at once, one after the other, and of many only the newest. */
export class JoystickSession {
  readonly #ports: SessionPorts;
  readonly #vm: string;
  #joystick: Joystick;
  #wanted: Periodic | 'stated' | null = null;
  #work: Promise<void> | null = null;
  #looks = 0;

  private constructor(ports: SessionPorts, vm: string, joystick: Joystick) {
    this.#ports = ports;
    this.#vm = vm;
    this.#joystick = joystick;
  }

  /** A text says why there is nothing to push. */
  static async begin(ports: SessionPorts, vm: string): Promise<JoystickSession | string> {
    const listed = await ports.client.request({ kind: 'list' });
    if (listed.kind !== 'listed') return listed.message;
    const found = listed.vms.find((each) => each.vm === vm);
    if (found === undefined) {
      const others = listed.vms.map((each) => `vm/${each.vm}`).join(', ') || 'none';
      return `Your key may not change the schedule of ${vm} on this host; of those it may: ${others}.`;
    }
    const session = new JoystickSession(ports, vm, joystickOf(found));
    await session.look();
    return session;
  }

  get joystick(): Joystick {
    return this.#joystick;
  }

  push(push: Exclude<Push, { kind: 'leave' | 'propose' }>): void {
    if (push.kind === 'step') {
      const chosen = step(this.#joystick, push.direction, push.isLarge);
      const isEnd =
        chosen.periodUs === this.#joystick.chosen.periodUs && chosen.sliceUs === this.#joystick.chosen.sliceUs;
      this.#become({ chosen, message: isEnd ? 'Documents let you go no further.' : '' });
      if (isEnd) return;
      this.#wanted = chosen;
    } else {
      this.#wanted = 'stated';
    }
    this.#work ??= this.#ask().finally(() => {
      this.#work = null;
    });
  }

  /** Until all pushes are answered. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** To be called about twice a second: what the VM gets, and what is possible by now. */
  async look(): Promise<void> {
    const [listed, plane] = await Promise.all([
      this.#ports.client.request({ kind: 'list' }),
      this.#looks++ % looksOfPlane === 0 ? this.#ports.plane(this.#joystick.vm) : null,
    ]);
    if (listed.kind !== 'listed') return this.#become({ message: listed.message });
    const vm = listed.vms.find((each) => each.vm === this.#vm);
    if (vm === undefined) {
      this.#become({
        message: `${this.#vm} is not on this host any more: look where it is with \`virtuoso get schedules\`.`,
      });
      return;
    }
    this.#joystick = looked(this.#joystick, vm, this.#ports.nowMs());
    this.#become({ plane: plane ?? this.#joystick.plane });
  }

  async #ask(): Promise<void> {
    while (this.#wanted !== null) {
      const wanted = this.#wanted;
      this.#wanted = null;
      const vm = this.#vm;
      const { client } = this.#ports;
      const answer =
        wanted === 'stated'
          ? await client.request({ kind: 'restore', vm })
          : await client.request({ kind: 'adjust', vm, periodUs: wanted.periodUs, sliceUs: wanted.sliceUs });
      if (answer.kind === 'granted') {
        const { periodUs, sliceUs } = answer;
        const isNewest = this.#wanted === null;
        this.#joystick = { ...this.#joystick, vm: { ...this.#joystick.vm, periodUs, sliceUs }, looks: [] };
        this.#become({ message: '', ...(isNewest ? { chosen: { periodUs, sliceUs } } : {}) });
        continue;
      }
      this.#become({ message: answer.kind === 'refused' ? refusalText(answer) : answer.message });
    }
  }

  #become(parts: Partial<Joystick>): void {
    this.#joystick = { ...this.#joystick, ...parts };
    this.#ports.show(this.#joystick);
  }
}

/** By how much it does not fit and what would, in a line; otherwise in the words of the agent. */
function refusalText({ message, excessPpm, nearest }: VschedRefused): string {
  const would = nearest === undefined ? '' : `; ${periodicText(nearest)} would be granted`;
  const why = excessPpm === undefined ? message : `${(excessPpm / 10_000).toFixed(1)} % of a processor too much`;
  return `Refused: ${why}${would}.`;
}
