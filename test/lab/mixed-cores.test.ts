import { afterAll, afterEach, beforeAll } from 'vitest';
import { countersContract } from '../agents/contract/counters-contract.js';
import { groupContract } from '../agents/contract/group-contract.js';
import { resilienceContract } from '../agents/contract/resilience-contract.js';
import { Stage } from '../agents/contract/stage.js';
import { vnetContract } from '../agents/contract/vnet-contract.js';
import { describeLab } from '../environment.js';
import { contractTopology, labWorld } from './lab-world.js';

describeLab('hosts of both cores', ['root', 'namespaces', 'bpf', 'nftables', 'tun', 'clang', 'libbpf'], () => {
  let stage: Stage | undefined;
  const on = (): Stage => {
    if (!stage) throw new Error('the world was not made');
    return stage;
  };
  beforeAll(async () => {
    // The Proxy and one leaf of each kind: links between like and unlike cores.
    const isEbpf = (host: string) => host === 'host-2' || host === 'host-4';
    stage = new Stage(await labWorld(contractTopology(), (host) => (isEbpf(host) ? 'ebpf' : 'nftables')));
  });
  afterEach(() => on().clear());
  afterAll(() => stage?.world.close());

  vnetContract(on);
  groupContract(on);
  resilienceContract(on);
  countersContract(on);
});
