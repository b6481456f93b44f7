import type { Edit, Rule, RuleKey, Step } from '../../schema/generated/types.js';
import { linkName } from '../model/configuration.js';
import { type FleetState, ruleName } from '../model/fleet-state.js';

/** One change of one host that is done or left as a whole, and what it has to do with others. */
interface Piece {
  host: string;
  edit: Edit;
  /** `network/NAME`, `link/A--B`, `vm/NAME`, and `room/HOST` for what runs on a host. */
  keys: string[];
}

/**
 * What of a plan has not been done, and what may still be.
 *
 * How frames of a network travel follows from its attachments, rules and guests, and from the links under its rules; whether guests fit
 * on a host from the guests and schedules there. A piece that shares none of these with any that is undone therefore meets, in all that
 * it can affect, exactly what it was checked with, and so does whoever watches it. All others are left out, and so are those that share
 * something with them. A host that has failed is told nothing more: what it has done of its edit is not known.
 */
export class Undone {
  /** By key: why. */
  readonly #causes = new Map<string, string>();

  /** Nothing on this host is done from here on. */
  leaveHost(host: string, why: string): void {
    this.#add([`host/${host}`], why);
  }

  /** These edits were begun and did not come to their end; their hosts may have done any part of them. */
  leaveEdits(edits: readonly Edit[], state: FleetState, why: string): void {
    for (const { host } of edits) this.leaveHost(host, why);
    this.leaveUnbegun(edits, state, why);
  }

  /** These edits were not begun: their hosts may be told other things. */
  leaveUnbegun(edits: readonly Edit[], state: FleetState, why: string): void {
    for (const edit of edits) for (const { keys } of piecesOf(edit, state)) this.#add(keys, why);
  }

  /** A network is not changed any more. */
  leaveNetwork(network: string, why: string): void {
    this.#add([`network/${network}`], why);
  }

  /** What of a step may be done, and why the rest may not; null: all of it may. Moves are done as a whole or not at all. */
  partOf(step: Step, state: FleetState): { edits: Edit[]; why: string | null } {
    if (this.#causes.size === 0) return { edits: step.edits, why: null };
    let open = step.edits.flatMap((edit) => piecesOf(edit, state));
    let why: string | null = null;
    for (;;) {
      const left = open.filter((piece) => this.#causeOf(piece) !== undefined);
      const [first] = left;
      if (!first) break;
      const cause = this.#causeOf(first) ?? '';
      why ??= cause;
      const gone = step.kind === 'move' ? open : left;
      for (const { keys } of gone) this.#add(keys, cause);
      open = open.filter((piece) => !gone.includes(piece));
    }
    return why === null ? { edits: step.edits, why } : { edits: joined(open), why };
  }

  #causeOf({ host, keys }: Piece): string | undefined {
    const blocked = [`host/${host}`, ...keys].find((key) => this.#causes.has(key));
    return blocked === undefined ? undefined : this.#causes.get(blocked);
  }

  #add(keys: readonly string[], why: string): void {
    for (const key of keys) if (!this.#causes.has(key)) this.#causes.set(key, why);
  }
}

function piecesOf(edit: Edit, state: FleetState): Piece[] {
  const { host } = edit;
  const now = state.get(host);
  const piece = (keys: string[], part: Omit<Edit, 'host'>): Piece => ({ host, keys, edit: { host, ...part } });
  const rule = (key: RuleKey, set?: Rule) => [
    `network/${key.network}`,
    ...[now?.rules.get(ruleName(key)), set].flatMap((each) =>
      (each?.to ?? []).flatMap((output) => (output.kind === 'link' ? [`link/${linkName(host, output.peer)}`] : [])),
    ),
  ];
  const guest = (name: string, network: string | undefined) => [
    ...[`vm/${name}`, `room/${host}`],
    ...[network, now?.guests.get(name)?.network].flatMap((each) => (each === undefined ? [] : [`network/${each}`])),
  ];
  const schedule = (vm: string) => [`vm/${vm}`, `room/${host}`];
  const link = (peer: string) => [`link/${linkName(host, peer)}`];
  return [
    ...(edit.removeRules ?? []).map((key) => piece(rule(key), { removeRules: [key] })),
    ...(edit.setRules ?? []).map((set) => piece(rule(set, set), { setRules: [set] })),
    ...(edit.removeGuests ?? []).map((gone) => piece(guest(gone.guest, undefined), { removeGuests: [gone] })),
    ...(edit.addGuests ?? []).map((spec) => piece(guest(spec.name, spec.network), { addGuests: [spec] })),
    ...(edit.removeSchedules ?? []).map((vm) => piece(schedule(vm), { removeSchedules: [vm] })),
    ...(edit.setSchedules ?? []).map((set) => piece(schedule(set.vm), { setSchedules: [set] })),
    ...(edit.removeLinks ?? []).map((peer) => piece(link(peer), { removeLinks: [peer] })),
    ...(edit.addLinks ?? []).map((end) => piece(link(end.peer), { addLinks: [end] })),
    ...(edit.removeNetworks ?? []).map((name) => piece([`network/${name}`], { removeNetworks: [name] })),
    ...(edit.addNetworks ?? []).map((network) => piece([`network/${network.name}`], { addNetworks: [network] })),
  ];
}

/** One edit a host again, in the order of the pieces. */
function joined(pieces: readonly Piece[]): Edit[] {
  const edits = new Map<string, Record<string, unknown[]>>();
  for (const { host, edit } of pieces) {
    const { host: _, ...part } = edit;
    const whole = edits.get(host) ?? {};
    for (const [field, values] of Object.entries(part)) whole[field] = [...(whole[field] ?? []), ...values];
    edits.set(host, whole);
  }
  return [...edits].map(([host, parts]) => ({ host, ...parts }));
}
