/** Traffic from one Ethernet address to another on a virtual network: one entry of VTTIF's matrix. */
export interface Pair {
  network: string;
  source: string;
  destination: string;
}

export interface PairRate extends Pair {
  rateMbps: number;
}

/** What identifies a pair; `pairNamed` reads it back. */
export function pairName({ network, source, destination }: Pair): string {
  return `${network} ${source} ${destination}`;
}

/** Throws on anything that is not from `pairName`. */
export function pairNamed(name: string): Pair {
  const [network, source, destination] = name.split(' ');
  if (!network || !source || !destination) throw new Error(`not the name of a pair: ${name}`);
  return { network, source, destination };
}
