import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { countersContract } from './contract/counters-contract.js';
import { driverContract } from './contract/driver-contract.js';
import { groupContract } from './contract/group-contract.js';
import { lanContract } from './contract/lan-contract.js';
import { rankContract } from './contract/rank-contract.js';
import { resilienceContract } from './contract/resilience-contract.js';
import { scheduleContract } from './contract/schedule-contract.js';
import { Stage, type World } from './contract/stage.js';
import { vmmContract } from './contract/vmm-contract.js';
import { vnetContract } from './contract/vnet-contract.js';
import { guestSpec } from './star.js';

export type { World } from './contract/stage.js';

/** On a busy machine a lab takes its time to come up. */
const patienceMs = 120_000;

/** What every substrate does. One world serves all tests; each leaves its hosts empty. */
export function substrateContract(name: string, makeWorld: () => Promise<World>): void {
  describe(name, () => {
    let world: Promise<World> | undefined;
    let stage: Stage | undefined;
    const on = (): Stage => {
      if (!stage) throw new Error('the world was not made');
      return stage;
    };
    beforeAll(async () => {
      world = makeWorld();
      stage = new Stage(await world);
    }, patienceMs);
    afterEach(() => on().clear(), patienceMs);
    afterAll(async () => (await world)?.close());

    vnetContract(on);
    rankContract(on);
    groupContract(on);
    resilienceContract(on);
    lanContract(on);
    countersContract(on);
    vmmContract(on);
    describe('a driver of guests', () => {
      driverContract({ on, spec: (number) => guestSpec(number, 'lan'), patienceMs: 10_000 });
    });
    scheduleContract(on);
  });
}
