import { HostRoom } from '../host-room.js';
import type { Columns } from '../objective/columns.js';
import type { CompiledObjective } from '../objective/compiled-objective.js';
import type { Graph } from './graph.js';
import { Ledger } from './ledger.js';
import { Marks } from './marks.js';
import { Paths } from './paths.js';

/** A configuration as plain values. */
export interface Kept {
  mapping: Int32Array;
  /** Edges of each demand's path. */
  paths: Int32Array[];
}

const nowhere = -1;

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
  /** VMs that leave the host they run on. */
  migrations = 0;
  readonly #columns: Columns;
  readonly #current: Int32Array;
  /** Demands to compute anew. */
  readonly #dirty: Marks;
  readonly #touched: Marks;
  /** By resource, as of the last settling. */
  readonly #wasOverloaded: Uint8Array;
  readonly #hosts: Marks;
  // What to undo, in the order in which it was changed: demands with their former paths, and VMs with their former hosts.
  readonly #formerDemands: number[] = [];
  readonly #formerLengths: number[] = [];
  #formerEdges = new Int32Array(256);
  #formerCount = 0;
  readonly #formerVms: number[] = [];
  readonly #formerHosts: number[] = [];

  constructor(graph: Graph, objective: CompiledObjective, columns: Columns) {
    const { vms, hosts } = graph.problem;
    this.graph = graph;
    this.room = new HostRoom(graph.problem);
    this.paths = new Paths(graph);
    this.ledger = new Ledger(graph, this.paths, objective, columns);
    this.mapping = new Int32Array(vms.length).fill(nowhere);
    this.#columns = columns;
    this.#current = Int32Array.from(vms, ({ current }) => current ?? nowhere);
    this.#dirty = new Marks(graph.demands);
    this.#touched = new Marks(graph.capacityMbps.length);
    this.#wasOverloaded = new Uint8Array(graph.capacityMbps.length);
    this.#hosts = new Marks(hosts.length);
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
    const home = this.#current[vm] as number;
    if (old !== nowhere) {
      this.room.remove(vm, old);
      this.#hosts.add(old);
      if (home !== nowhere && old !== home) this.migrations--;
    }
    if (host !== nowhere) {
      this.room.place(vm, host);
      this.#hosts.add(host);
      if (home !== nowhere && host !== home) this.migrations++;
    }
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
    this.ledger.close();
  }

  /** Demands beside which load changed, if that changes their values. */
  #markBeside(): void {
    const { users, loadMbps } = this.paths;
    for (let i = 0; i < this.#touched.count; i++) {
      const resource = this.#touched.items[i] as number;
      const capacity = this.graph.capacityMbps[resource] as number;
      const isOverloaded = (loadMbps[resource] as number) > capacity;
      const isAffected = this.ledger.followsLoad || isOverloaded || this.#wasOverloaded[resource] === 1;
      this.#wasOverloaded[resource] = Number(isOverloaded);
      if (!isAffected) continue;
      const list = users.list(resource);
      for (let place = users.count(resource) - 1; place >= 0; place--) this.#dirty.add(list[place] as number);
    }
    this.#touched.clear();
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

  save(): Kept {
    const paths = Array.from({ length: this.graph.demands }, (_, demand) =>
      this.paths.edgesOf(demand).slice(0, this.paths.lengths[demand]),
    );
    return { mapping: this.mapping.slice(), paths };
  }

  restore({ mapping, paths }: Kept): void {
    mapping.forEach((_, vm) => this.#put(vm, nowhere));
    mapping.forEach((host, vm) => this.#put(vm, host));
    paths.forEach((edges, demand) => this.#setPath(demand, edges, edges.length));
    this.keep();
    this.settle();
  }
}
