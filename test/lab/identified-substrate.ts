import { join } from 'node:path';
import { netnsSubstrate } from '../../agents/netns-substrate.js';
import type { Substrate } from '../../agents/substrate.js';
import type { CoreChoice } from '../../agents/vnet/probe-core.js';
import type { LabNames } from '../../lab/names.js';
import { labIdentity, labSubstrateOptions } from '../../lab/substrate.js';
import { loadIdentity } from '../../wire/identity.js';

/** As an agent with an identity has it, with all types of links. The substrate that a host has already is to be closed before. */
export async function identifiedSubstrate(
  names: LabNames,
  host: string,
  core: CoreChoice = 'auto',
): Promise<Substrate> {
  const folder = join(names.stateFolder, host);
  await loadIdentity(join(folder, 'identity'), host, Date.now());
  return netnsSubstrate({ ...labSubstrateOptions(names, host), core, identity: labIdentity(names, folder) });
}
