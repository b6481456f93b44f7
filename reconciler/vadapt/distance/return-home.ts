import { nowhere } from './items.js';
import type { Placed } from './placed.js';

/** Brings items back to where they run as far as there is room, or can be made by an exchange that lets fewer VMs leave. */
export function returnHome(placed: Placed): void {
  while (returnsAny(placed));
}

function returnsAny(placed: Placed): boolean {
  const { items, migrations } = placed;
  return migrations.away.items.slice(0, migrations.away.count).some((item) => returns(placed, item, items.home[item]));
}

function returns(placed: Placed, item: number, home: number | undefined): boolean {
  const { migrations } = placed;
  const from = placed.hostOf[item] as number;
  if (home === undefined || home === from || migrations.more(item, from, home) >= 0) return false;
  const isFewer = (other: number) =>
    other === nowhere || migrations.more(item, from, home) + migrations.more(other, home, from) < 0;
  const other = [nowhere, ...placed.guestsOf(home)].find((each) => isFewer(each) && placed.permits(item, home, each));
  if (other === undefined) return false;
  placed.move(item, home, other);
  return true;
}
