import { randomUUID } from 'node:crypto';
import { Agent } from '../agents/agent.js';
import { EmulatedFleet } from '../agents/emulated/emulated-fleet.js';
import { processMemory } from '../agents/file-memory.js';
import type { Snapshot } from '../reconciler/model/snapshot.js';
import { underlayOf } from '../reconciler/model/underlay.js';
import { connect } from '../wire/connect.js';
import type { Identity } from '../wire/identity.js';
import { version } from './version.js';

export interface EmulatedAgents {
  fleet: EmulatedFleet;
  stop(): Promise<void>;
}

/** An emulated fleet of the inventory's hosts, with one agent for each, connected over the real wire. */
export async function startEmulatedAgents(
  inventory: Pick<Snapshot, 'hosts' | 'underlays'>,
  identities: Map<string, Identity>,
  hub: { url: string; pin: string },
  seed: number,
): Promise<EmulatedAgents> {
  const { resources, edges } = underlayOf(inventory.hosts, inventory.underlays);
  const hosts = inventory.hosts.map(({ name, computeCores, internalMbps }) => ({ name, computeCores, internalMbps }));
  const wren = { seed, deviation: 0.03, missed: 0 };
  const fleet = new EmulatedFleet({ hosts, resources, edges, seed, wren, nowMs: () => Date.now() });
  const agents = [...identities].map(
    ([host, identity]) =>
      new Agent({
        host,
        boot: randomUUID(),
        version,
        substrate: fleet.substrate(host),
        memory: processMemory(),
        dial: () => connect(hub.url, identity, hub.pin),
        nowMs: fleet.clock(host),
        random: Math.random,
        // The reconciler tells the same from its side.
        log: () => undefined,
      }),
  );
  await Promise.all(agents.map((agent) => agent.start()));
  return {
    fleet,
    stop: async () => {
      await Promise.all(agents.map((agent) => agent.stop()));
    },
  };
}
