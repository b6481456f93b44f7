import type { Decision } from '../../schema/generated/types.js';
import type { Underlay } from '../model/underlay.js';

/** What paths can carry, and where the figures come from. */
export interface PathCapacities {
  underlay: Underlay;
  origin: Decision['capacities'];
}

/** The inventory's figures as they stand: available bandwidth is not estimated from traffic. */
export function nominalCapacities(underlay: Underlay): PathCapacities {
  return { underlay, origin: 'nominal' };
}
