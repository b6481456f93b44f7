import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { substrateContract } from '../substrate-contract.js';
import { Clock, contractWorld, fig14Underlay, flatUnderlay, hostNames } from './fleets.js';

const few = { tables: 2000, destinations: 2, frames: 2, topologies: 50, rules: 200, switches: 20 };

substrateContract('the emulated substrate', async () => {
  const clock = new Clock();
  const fleet = new EmulatedFleet({ ...flatUnderlay(8), nowMs: clock.read });
  return contractWorld(fleet, clock, hostNames(8), { ...few, tables: 100_000, topologies: 300 });
});

substrateContract('the emulated substrate while time passes and migrations take time', async () => {
  const clock = new Clock();
  const nowMs = () => {
    clock.ms += 20;
    return clock.ms;
  };
  const fleet = new EmulatedFleet({ ...fig14Underlay(), nowMs, migrationMbps: 50_000, counterNoise: 0 });
  return contractWorld(fleet, clock, ['host-1', 'host-4', 'host-5'], few);
});
