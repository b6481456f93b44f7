import { HostRoom } from '../host-room.js';
import type { Columns } from '../objective/columns.js';
import type { CompiledObjective } from '../objective/compiled-objective.js';
import type { Graph } from './graph.js';
import { GroupBreaks } from './group-breaks.js';
import { Ledger } from './ledger.js';
import { Marks } from './marks.js';
import { Migrations } from './migrations.js';
import { Paths } from './paths.js';
import type { Standing } from './standing.js';

/** A configuration as plain values. */
export interface Kept {
  mapping: Int32Array;
  /** Edges of each demand's path. */
  paths: Int32Array[];
}

const nowhere = -1;

/** End of the range of the term `migration`. */
const mostMs = 1e10;

/**
 * A mapping and paths that are changed step by step, with what they are worth. Changes since `keep` can be undone. Between changes and
 * `settle`, values are not current.
 */
export class Arrangement {
  readonly graph: Graph;
  readonly room: HostRoom;
  readonly paths: Paths;
  readonly ledger: Ledger;
  /** By VM. */
  readonly mapping: Int32Array;
  readonly migrations: Migrations;
  readonly groups: GroupBreaks;
  readonly #columns: Columns;
  /** Demands to compute anew. */
  readonly #dirty: Marks;
  readonly #touched: Marks;
  /** By resource, as of the last settling. */
  readonly #wasOverloaded: Uint8Array;
  readonly #hosts: Marks;
  readonly #vms: Marks;
  #hostsUsed = 0;
  // What to undo, in the order in which it was changed: demands with their former paths, and VMs with their former hosts.
  readonly #formerDemands: number[] = [];
  readonly #formerLengths: number[] = [];
  #formerEdges = new Int32Array(256);
  #formerCount = 0;
  readonly #formerVms: number[] = [];
  readonly #formerHosts: number[] = [];

  /** @param widths as of `widestWidths`; asked for only where migrations take time */
  constructor(graph: Graph, objective: CompiledObjective, columns: Columns, widths: () => Float64Array) {
    const { vms, hosts } = graph.problem;
    this.graph = graph;
    this.room = new HostRoom(graph.problem);
    this.paths = new Paths(graph);
    this.ledger = new Ledger(graph, this.paths, objective, columns);
    this.mapping = new Int32Array(vms.length).fill(nowhere);
    this.#columns = columns;
    this.migrations = new Migrations(graph, widths);
    this.groups = new GroupBreaks(graph.problem);
    this.#dirty = new Marks(graph.demands);
    this.#touched = new Marks(graph.capacityMbps.length);
    this.#wasOverloaded = new Uint8Array(graph.capacityMbps.length);
    this.#hosts = new Marks(hosts.length);
    this.#vms = new Marks(vms.length);
    for (let demand = 0; demand < graph.demands; demand++) this.#dirty.add(demand);
    for (let host = 0; host < hosts.length; host++) this.#hosts.add(host);
  }

  /** Puts a VM on a host; from one that it is on, it is taken first. Room is not asked for. */
  place(vm: number, host: number): void {
    this.#formerVms.push(vm);
    this.#formerHosts.push(this.mapping[vm] as number);
    this.#put(vm, host);
  }

  #put(vm: number, host: number): void {
    const old = this.mapping[vm] as number;
    if (old !== nowhere) {
      this.room.remove(vm, old);
      this.groups.remove(vm, old);
      this.migrations.change(vm, old, -1);
      this.#hosts.add(old);
      if (this.room.guestsOf(old).length === 0) this.#hostsUsed--;
    }
    if (host !== nowhere) {
      if (this.room.guestsOf(host).length === 0) this.#hostsUsed++;
      this.room.place(vm, host);
      this.groups.add(vm, host);
      this.migrations.change(vm, host, 1);
      this.#hosts.add(host);
    }
    this.#vms.add(vm);
    this.mapping[vm] = host;
  }

  /** Gives a demand a path; of no edges, takes its path off. */
  route(demand: number, edges: ArrayLike<number>, length: number): void {
    const old = this.paths.edgesOf(demand);
    const oldLength = this.paths.lengths[demand] as number;
    if (this.#formerCount + oldLength > this.#formerEdges.length) this.#growFormer(oldLength);
    for (let place = 0; place < oldLength; place++) this.#formerEdges[this.#formerCount++] = old[place] as number;
    this.#formerDemands.push(demand);
    this.#formerLengths.push(oldLength);
    this.#setPath(demand, edges, length);
  }

  #growFormer(by: number): void {
    const longer = new Int32Array(2 * this.#formerEdges.length + by);
    longer.set(this.#formerEdges);
    this.#formerEdges = longer;
  }

  #setPath(demand: number, edges: ArrayLike<number>, length: number): void {
    this.#touchPath(demand);
    this.paths.set(demand, edges, length);
    this.#touchPath(demand);
    this.#dirty.add(demand);
  }

  #touchPath(demand: number): void {
    const { edgeResources, firstResource } = this.graph;
    const edges = this.paths.edgesOf(demand);
    const length = this.paths.lengths[demand] as number;
    this.ledger.touchEdges(edges, length);
    for (let hop = 0; hop < length; hop++) {
      const edge = edges[hop] as number;
      for (let place = firstResource[edge] as number; place < (firstResource[edge + 1] as number); place++)
        this.#touched.add(edgeResources[place] as number);
    }
  }

  /** Makes all values current. */
  settle(): void {
    this.#markBeside();
    this.ledger.refreshPaths(this.#dirty);
    this.#dirty.clear();
    this.#refreshHosts();
    this.#refreshVms();
    this.#fillWhole();
    this.ledger.close();
  }

  #refreshHosts(): void {
    const { computeUse, memoryUse, guests } = this.#columns;
    for (let i = 0; i < this.#hosts.count; i++) {
      const host = this.#hosts.items[i] as number;
      if (computeUse.length > 0) computeUse[host] = this.room.usedShare(host, 'computeCores');
      if (memoryUse.length > 0) memoryUse[host] = this.room.usedShare(host, 'memoryMib');
      if (guests.length > 0) guests[host] = this.room.guestsOf(host).length;
      this.ledger.refreshHost(host);
    }
    this.#hosts.clear();
  }

  #refreshVms(): void {
    const { migration } = this.#columns;
    for (let i = 0; i < this.#vms.count; i++) {
      const vm = this.#vms.items[i] as number;
      if (migration.length > 0)
        migration[vm] = Math.min(mostMs, 1000 * this.migrations.secondsTo(vm, this.mapping[vm] as number));
      this.ledger.refreshVm(vm);
    }
    this.#vms.clear();
  }

  #fillWhole(): void {
    const { moves, hostsUsed, fastPathLinks, reservedLinks } = this.#columns;
    if (moves.length > 0) moves[0] = this.migrations.count;
    if (hostsUsed.length > 0) hostsUsed[0] = this.#hostsUsed;
    if (fastPathLinks.length > 0) fastPathLinks[0] = this.paths.links.count;
    if (reservedLinks.length > 0) reservedLinks[0] = this.paths.reserved;
  }

  /** How far hard constraints are broken, room on hosts aside: whoever places VMs asks for that. */
  excess(): number {
    return this.groups.count + this.migrations.excess() + this.paths.links.excess();
  }

  /** Of an arrangement that is settled. */
  standing(): Standing {
    const { ledger } = this;
    return {
      excess: this.excess(),
      beyondWish: this.migrations.beyondWish(),
      unmetMbps: ledger.unmetMbps,
      values: Float64Array.from(ledger.objective.ranks, (_, rank) => ledger.rank(rank)),
      migrations: this.migrations.count,
      hops: ledger.hops,
      latencyMs: ledger.latencyMs,
    };
  }

  /** Demands beside which load changed, if that changes their values. */
  #markBeside(): void {
    const { users } = this.paths;
    for (let i = 0; i < this.#touched.count; i++) {
      const resource = this.#touched.items[i] as number;
      const capacity = this.graph.capacityMbps[resource] as number;
      const isOverloaded = this.paths.strainMbps(resource) > capacity;
      const isAffected = this.ledger.pathsFollowLoad || isOverloaded || this.#wasOverloaded[resource] === 1;
      this.#wasOverloaded[resource] = Number(isOverloaded);
      if (this.ledger.edgesFollowLoad) this.#touchEdgesOver(resource);
      if (!isAffected) continue;
      const list = users.list(resource);
      for (let place = users.count(resource) - 1; place >= 0; place--) this.#dirty.add(list[place] as number);
    }
    this.#touched.clear();
  }

  #touchEdgesOver(resource: number): void {
    const { edgesOfResource, firstEdge } = this.graph;
    for (let place = firstEdge[resource] as number; place < (firstEdge[resource + 1] as number); place++) {
      const edge = edgesOfResource[place] as number;
      if (this.paths.taken[edge] !== 0) this.ledger.touchEdge(edge);
    }
  }

  /** What changed is not undone any more. */
  keep(): void {
    this.#formerDemands.length = 0;
    this.#formerLengths.length = 0;
    this.#formerCount = 0;
    this.#formerVms.length = 0;
    this.#formerHosts.length = 0;
  }

  /** Back to where it was last kept, with current values. */
  undo(): void {
    for (let i = this.#formerDemands.length - 1; i >= 0; i--) {
      const length = this.#formerLengths[i] as number;
      this.#formerCount -= length;
      const edges = this.#formerEdges.subarray(this.#formerCount, this.#formerCount + length);
      this.#setPath(this.#formerDemands[i] as number, edges, length);
    }
    for (let i = this.#formerVms.length - 1; i >= 0; i--)
      this.#put(this.#formerVms[i] as number, this.#formerHosts[i] as number);
    this.keep();
    this.settle();
  }

  /** Adds all sums up anew: what was changed often is not exact. */
  recount(): void {
    this.paths.recount();
    for (let demand = 0; demand < this.graph.demands; demand++) this.#dirty.add(demand);
    this.settle();
    this.ledger.recount();
    this.ledger.close();
  }

  save(): Kept {
    const paths = Array.from({ length: this.graph.demands }, (_, demand) =>
      this.paths.edgesOf(demand).slice(0, this.paths.lengths[demand]),
    );
    return { mapping: this.mapping.slice(), paths };
  }

  restore({ mapping, paths }: Kept): void {
    for (let vm = 0; vm < mapping.length; vm++) this.#put(vm, nowhere);
    for (let vm = 0; vm < mapping.length; vm++) this.#put(vm, mapping[vm] as number);
    for (const [demand, edges] of paths.entries()) this.#setPath(demand, edges, edges.length);
    this.keep();
    this.settle();
  }
}
