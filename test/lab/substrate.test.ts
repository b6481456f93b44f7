import { substrateContract } from '../agents/substrate-contract.js';
import { describeLab } from '../environment.js';
import { contractTopology, labWorld } from './lab-world.js';

describeLab('lab substrate', ['root', 'namespaces', 'bpf', 'clang', 'libbpf'], () => {
  substrateContract('hosts that are network namespaces', () => labWorld(contractTopology()));
});
