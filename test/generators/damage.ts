import { advance, type FleetState } from '../../reconciler/model/fleet-state.js';
import type { Edit, Output, Rule, Step } from '../../schema/generated/types.js';
import { type Draw, drawFrom, pick } from './draw.js';

/** The state with `count` random pieces of damage: rules, links and networks lost, replaced or invented. VMs stay where they are. */
export function damaged(state: FleetState, seed: number, count: number): FleetState {
  const draw = drawFrom(seed);
  let now = state;
  for (let left = count; left > 0; left -= 1) now = advance(now, damage(draw, now));
  return now;
}

/** The state after some prefix of the edits of a plan, as when the reconciler dies half way. */
export function halfApplied(state: FleetState, steps: readonly Step[], seed: number): FleetState {
  const edits = steps.flatMap((step) => step.edits);
  return edits.slice(0, drawFrom(seed)(edits.length + 1)).reduce(advance, state);
}

function damage(draw: Draw, state: FleetState): Edit {
  const hosts = [...state.keys()];
  const host = pick(draw, hosts);
  const config = state.get(host);
  const links = [...(config?.links.keys() ?? [])];
  const rules = [...(config?.rules.values() ?? [])];
  const kind = draw(10);
  if (kind === 0 && links.length > 0) return { host, removeLinks: [pick(draw, links)] };
  if (kind === 1) return { host, removeRules: rules };
  if (kind === 2) return { host, removeNetworks: [...(config?.networks.keys() ?? [])].slice(0, 1) };
  if (kind <= 4 && rules.length > 0) return { host, removeRules: [pick(draw, rules)] };
  const networks = [...new Set([...state.values()].flatMap((each) => [...each.networks.keys()]))].sort();
  return networks.length > 0 ? { host, setRules: [inventedRule(draw, state, hosts, networks)] } : { host };
}

function inventedRule(draw: Draw, state: FleetState, hosts: readonly string[], networks: readonly string[]): Rule {
  const guests = [...state.values()].flatMap((config) => [...config.guests.values()]);
  const macs = [...guests.map((guest) => guest.mac), '0a:00:00:00:00:01'];
  const source = draw(2) === 0 ? 'any' : pick(draw, macs);
  const destination = draw(6) === 0 ? 'group' : draw(4) === 0 ? 'any' : pick(draw, macs);
  const output = (): Output =>
    draw(4) === 0 && guests.length > 0
      ? { kind: 'port', guest: pick(draw, guests).name }
      : { kind: 'link', peer: pick(draw, hosts) };
  const to = destination === 'group' ? [output(), output(), output()] : [output()];
  return { network: pick(draw, networks), source: destination === 'group' ? 'any' : source, destination, to };
}
