import { substrateContract } from '../agents/substrate-contract.js';
import { describeLab } from '../environment.js';
import { contractTopology, labWorld } from './lab-world.js';

describeLab('lab substrate on nftables', ['root', 'namespaces', 'nftables', 'tun', 'clang', 'libbpf'], () => {
  substrateContract('hosts that forward by nftables', () => labWorld(contractTopology(), 'nftables'));
});
