import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { vschedContract } from '../vsched/vsched-contract.js';
import { Clock, flatUnderlay } from './fleets.js';

vschedContract('an emulated host', () => {
  const underlay = flatUnderlay(1);
  const hosts = underlay.hosts.map((host) => ({ ...host, computeCores: 2 }));
  const fleet = new EmulatedFleet({ ...underlay, hosts, nowMs: new Clock().read });
  const { vsched } = fleet.substrate('host-1');
  if (vsched === undefined) throw new Error('an emulated host keeps no schedules');
  return { vsched, capacityPpm: 1_000_000, close: async () => undefined };
});
