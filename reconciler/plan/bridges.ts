import type { Step } from '../../schema/generated/types.js';
import type { FleetState } from '../model/fleet-state.js';

/** Hosts that bridge a network to a LAN. One at a time may: through two, frames would come back over the LAN for ever. */
export function bridges(state: FleetState, network: string): string[] {
  return [...state].filter(([, { networks }]) => networks.get(network)?.lan !== undefined).map(([host]) => host);
}

/** A network that a step gives a second bridge, whatever the order of its edits; undefined when there is none. */
export function bridgedTwice(start: FleetState, step: Step): string | undefined {
  const opened = step.edits.flatMap(({ host, addNetworks = [] }) =>
    addNetworks
      .filter(({ name, lan }) => lan !== undefined && !bridges(start, name).includes(host))
      .map(({ name }) => ({ host, name })),
  );
  const isSecond = ({ host, name }: (typeof opened)[number]) =>
    bridges(start, name).length > 0 || opened.some((other) => other.name === name && other.host !== host);
  return opened.find(isSecond)?.name;
}
