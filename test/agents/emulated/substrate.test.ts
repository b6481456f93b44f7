import { EmulatedFleet } from '../../../agents/emulated/emulated-fleet.js';
import { substrateContract } from '../substrate-contract.js';
import { Clock, contractWorld, fig14Underlay, flatUnderlay } from './fleets.js';

substrateContract('the emulated substrate', async () => {
  const fleet = new EmulatedFleet({ ...flatUnderlay(3), nowMs: new Clock().read });
  return contractWorld(fleet, ['host-1', 'host-2', 'host-3']);
});

substrateContract('the emulated substrate while time passes and migrations take time', async () => {
  const clock = new Clock();
  const nowMs = () => {
    clock.ms += 20;
    return clock.ms;
  };
  const fleet = new EmulatedFleet({ ...fig14Underlay(), nowMs, migrationMbps: 50_000, counterNoise: 0 });
  return contractWorld(fleet, ['host-1', 'host-4', 'host-5']);
});
