import { emptyHost, type FleetState } from '../../../reconciler/model/fleet-state.js';
import type { Capabilities, HostStatus } from '../../../schema/generated/types.js';
import { observed, status } from '../merge/observed.js';

/** What every host can. */
export const able: Capabilities = {
  core: 'ebpf',
  drivers: ['netns'],
  linkTypes: ['udp', 'tcp', 'tls', 'ssh', 'http', 'wireguard', 'stun'],
  wireguardKey: `${'A'.repeat(43)}=`,
};

/** What a pass sees when hosts are as a state says. */
export function observedIn(state: FleetState, hosts: readonly string[], capabilities: Capabilities = able) {
  return observed({ hosts: hosts.map((host) => hostStatus(state, host, capabilities)) });
}

function hostStatus(state: FleetState, host: string, capabilities: Capabilities): HostStatus {
  const { networks, links, guests, rules } = state.get(host) ?? emptyHost();
  const reported = status(
    host,
    {},
    {
      networks: [...networks.values()],
      links: [...links.values()].map((link) => ({ link, up: true, setUpMs: 1 })),
      guests: [...guests.values()].map((guest) => ({ guest, phase: 'running' })),
      rules: [...rules.values()],
    },
  );
  return { ...reported, capabilities };
}
