// Generated from schema/**/*.schema.json by `npm run generate`. Do not edit.

/**
 * Everything that the HTTP API says or takes as JSON, beside the plan itself. The dashboard and CI read nothing else.
 */
export type ApiMessage =
  | FleetView
  | ConditionList
  | HostList
  | DriftList
  | Health
  | LiveEvent
  | DemandList
  | PathList
  | Topology
  | InferenceEvent
  | ReconcileRequest
  | ReconcileReply
  | ApplyRequest
  | ApplyReply
  | RollbackRequest
  | RollbackReply
  | QuarantineList
  | LiftRequest
  | LiftReply
  | ApiError;
/**
 * Where a frame goes.
 */
export type Output = PortOutput | LinkOutput | LanOutput;
/**
 * One event of `GET /v1/events`. The first three say what is, so that a reader who missed some needs the newest only.
 */
export type LiveEvent = ViewEvent | PlanEvent | ConditionsEvent | LogEvent;
/**
 * One difference between what is and what shall be.
 */
export type Change =
  | GuestStart
  | GuestMove
  | GuestStop
  | GuestResize
  | ScheduleChange
  | NetworkChange
  | NeighbourChange
  | LinkAdd
  | LinkRemove
  | PathChange
  | TableRepair;
/**
 * One event of `GET /v1/stream/inference`. Each says all that is known of its kind, so that a reader who missed some needs the newest only. The stream has the `id` as its own where the reader then knows everything up to it: one that comes back with `Last-Event-ID` is told only what has changed since.
 */
export type InferenceEvent = DemandsEvent | PathsEvent;
/**
 * What the SOAP endpoint `/v1/soap` takes and says beside the messages of the HTTP API. Its WSDL is made of these definitions: fields have the same names, lists are repeated elements, null is `xsi:nil`. The element of a request is the operation's name; that of its reply is the name with `Response`.
 */
export type SoapMessage =
  | SubscribeRequest
  | SubscribeReply
  | PollRequest
  | PollReply
  | UnsubscribeRequest
  | UnsubscribeReply
  | BottleneckList
  | RequestFault;
/**
 * What `virtuoso solve -o json` answers to a [problem that stands alone](problem.md).
 */
export type PlacementSolution = Solved | Infeasibility;
/**
 * One message between an agent and the reconciler's hub: a JSON text frame on a WebSocket under mutual TLS 1.3.
 */
export type WireMessage = Hello | Welcome | Desire | Report | Observe | Trace | Refusal;
/**
 * One message between `virtuoso vsched` and the agent of a host: a JSON text frame on a WebSocket under mutual TLS 1.3.
 */
export type VschedMessage = VschedRequest | VschedAnswer;
/**
 * Client to agent: do this. Requests are answered in their order.
 */
export type VschedRequest =
  | VschedList
  | VschedFind
  | VschedIdentify
  | VschedAdmit
  | VschedSet
  | VschedPause
  | VschedResume
  | VschedRelease
  | VschedAdjust
  | VschedRestore;
/**
 * Agent to client.
 */
export type VschedAnswer =
  VschedChallenge | VschedListed | VschedFound | VschedGranted | VschedReleased | VschedRefused | VschedClosed;

/**
 * The fleet as the reconciler sees it now: `GET /v1/fleet`.
 */
export interface FleetView {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Commit, or the directory's name, of the documents in effect; null before the first were read.
   */
  source: string | null;
  /**
   * How many passes this process has begun.
   */
  pass: number;
  /**
   * What the reconciler does now; `starting` until it has looked at the fleet once.
   */
  phase: 'starting' | 'idle' | 'observing' | 'planning' | 'applying';
  /**
   * Hosts of the inventory, by name.
   */
  hosts: HostView[];
  /**
   * VMs that are wanted or that run, by name.
   */
  vms: VmView[];
  /**
   * Overlay links in effect, by their ends.
   */
  links: LinkView[];
  traffic: Traffic;
  /**
   * Value of the running configuration under the inferred demands; null while some VM runs nowhere.
   */
  score: Score | null;
  /**
   * VMSets whose periods begin at the same instants, by name; left out: there is none.
   */
  gangs?: GangView[];
}
/**
 * One host.
 */
export interface HostView {
  /**
   * The host.
   */
  name: string;
  /**
   * The site it stands at.
   */
  site: string;
  /**
   * `silent`: has reported before but is not connected; `unknown`: has never reported.
   */
  presence: 'connected' | 'silent' | 'unknown';
  /**
   * Guests that its newest report names, by name.
   *
   * Items: A lower-case DNS label.
   */
  guests: string[];
}
/**
 * One VM.
 */
export interface VmView {
  /**
   * The VM.
   */
  name: string;
  /**
   * Host it runs on, or last ran on when that host is silent; null while it runs nowhere.
   */
  host: string | null;
  /**
   * As its host reports it; `absent`: no host has it; `unknown`: its host is silent.
   */
  phase: 'running' | 'starting' | 'stopping' | 'awaited' | 'departing' | 'failed' | 'absent' | 'unknown';
  /**
   * Ethernet addresses of its NICs: the traffic matrix speaks of these.
   *
   * Items: An Ethernet address in lower case.
   */
  macs: string[];
}
/**
 * One overlay link.
 */
export interface LinkView {
  /**
   * One end, the alphabetically first.
   */
  a: string;
  /**
   * The other end.
   */
  b: string;
  /**
   * Whether it belongs to the star backbone; otherwise it is a fast-path link.
   */
  star: boolean;
  /**
   * Whether both ends report that it carries frames.
   */
  up: boolean;
  /**
   * How frames are carried.
   */
  type: 'udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun';
  /**
   * While it is down: what its ends say of it.
   */
  trouble?: string;
}
/**
 * The global traffic matrix as last declared by VTTIF.
 */
export interface Traffic {
  /**
   * When the application topology was last declared to have changed; null before the first time.
   */
  declaredAtMs: number | null;
  /**
   * Since when the application topology may be another than the declared one, because it looks so, or because the fleet was just changed; left out while it is not.
   */
  changingSinceMs?: number;
  /**
   * Length of the sliding window in effect.
   */
  smoothingIntervalMs: number;
  /**
   * Pruned entries, by network, source, destination.
   */
  demands: TrafficEntry[];
  /**
   * VMs that the demands connect, by network, then first address.
   */
  applications?: Application[];
  /**
   * What VMs need of processors, by guest.
   */
  computes?: ComputeDemand[];
}
/**
 * One entry of the matrix.
 */
export interface TrafficEntry {
  /**
   * The virtual network.
   */
  network: string;
  /**
   * Source address.
   */
  source: string;
  /**
   * Destination address.
   */
  destination: string;
  /**
   * Estimated demand in Mb/s.
   */
  rateMbps: number;
  /**
   * `observed` as it was; `at-least`: the network held it back, so it is raised; `remembered` from when it was not held back.
   */
  origin: 'observed' | 'at-least' | 'remembered';
  /**
   * Standard deviation of the rate about its mean over windows.
   */
  deviationMbps?: number;
}
/**
 * VMs that talk to one another, and in which pattern.
 */
export interface Application {
  /**
   * The virtual network.
   */
  network: string;
  /**
   * Their addresses, sorted.
   *
   * Items: An Ethernet address in lower case.
   */
  vms: string[];
  /**
   * The pattern: `bus` is a line of neighbours, `mesh` and `torus` are grids, `none` is any other.
   */
  shape: 'ring' | 'bus' | 'mesh' | 'torus' | 'star' | 'all-to-all' | 'tree' | 'none';
  /**
   * How sure that is.
   */
  confidence: number;
  /**
   * Period at which its phases of computing and communicating repeat, if they do.
   */
  periodMs?: number;
}
/**
 * What one VM needs of processors.
 */
export interface ComputeDemand {
  /**
   * The VM.
   */
  guest: string;
  /**
   * Processors used over the smoothing interval.
   */
  cores: number;
  /**
   * Standard deviation of it.
   */
  deviationCores: number;
  /**
   * Time spent waiting for a processor, as a share of the time; of several threads together it may be above 1.
   */
  waitShare: number;
}
/**
 * Value of one configuration under the inferred demands.
 */
export interface Score {
  /**
   * Demand beyond what the paths' capacities carry, in Mb/s. Made as small as possible first.
   */
  unmetMbps: number;
  objective: ObjectiveValue;
  /**
   * The tie-breaks, in their order; left out where there are none.
   *
   * @minItems 1
   */
  tieBreaks?: ObjectiveValue[];
}
/**
 * What an expression is worth for a configuration.
 */
export interface ObjectiveValue {
  /**
   * The value.
   */
  value: number;
  /**
   * Its unit, such as `Mb/s`, `ms` or `Mb/s per ms`; `no unit` for a plain number.
   */
  unit: string;
}
/**
 * VMs in lock step.
 */
export interface GangView {
  /**
   * The VMSet.
   */
  set: string;
  /**
   * Hosts that its VMs run on, by name.
   *
   * Items: A lower-case DNS label.
   */
  hosts: string[];
  /**
   * What each of its VMs gets in a period, in microseconds; of several the smallest.
   */
  sliceUs: number;
  /**
   * Periods of any two of its VMs begin at most this far apart, as far as clocks make it so; left out: unknown.
   */
  skewUs?: number;
}
/**
 * Conditions of all objects: `GET /v1/conditions`.
 */
export interface ConditionList {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * The conditions, by object.
   */
  conditions: Condition[];
}
/**
 * One aspect of one object's state.
 */
export interface Condition {
  /**
   * Which object, for example `host/host-1`, `link/host-1--host-2`, `vm/vm-3`, `virtual-network/lan`, `source/repository`, `fleet/fleet`.
   */
  object: string;
  /**
   * Which aspect; `Drifted`, told only while it is so: not as the reconciler left it, or in the hands of others.
   */
  type: 'Ready' | 'Degraded' | 'Suspended' | 'SourceVerified' | 'Drifted' | 'PolicyCompliant';
  /**
   * Its value.
   */
  status: 'True' | 'False' | 'Unknown';
  /**
   * One word for machines.
   */
  reason: string;
  /**
   * For people: what, where, what to do.
   */
  message: string;
  /**
   * For hosts: generation the condition speaks of.
   */
  observedGeneration?: number;
  /**
   * When the status last changed.
   */
  lastTransitionTime: string;
}
/**
 * What every host shall be and what it is: `GET /v1/hosts`.
 */
export interface HostList {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Hosts that have ever reported to this process, by name.
   */
  hosts: HostDetail[];
}
/**
 * One host.
 */
export interface HostDetail {
  /**
   * The host.
   */
  host: string;
  /**
   * Whether its agent is connected now.
   */
  connected: boolean;
  report: HostReport;
  capabilities?: Capabilities;
  desired?: HostState;
}
/**
 * What a host is, as its agent sees it after trying to converge. Level-triggered: the newest report replaces all earlier ones.
 */
export interface HostReport {
  /**
   * The reporting host.
   */
  host: string;
  /**
   * Identifies this run of the agent.
   */
  boot: string;
  /**
   * Grows with every report of one boot; older ones are refused.
   */
  sequence: number;
  /**
   * Generation of the newest HostState the agent has accepted; 0 before the first.
   */
  generation: number;
  /**
   * When the host was looked at, milliseconds since the epoch on the agent's clock.
   */
  atMs: number;
  /**
   * Networks in effect.
   */
  networks: NetworkAttachment[];
  /**
   * Link ends in effect.
   */
  links: LinkReport[];
  /**
   * Guests on this host or awaited by it.
   */
  guests: GuestReport[];
  /**
   * Forwarding rules in effect.
   */
  rules: Rule[];
  /**
   * Schedules that were admitted; left out: none.
   */
  schedules?: VmSchedule[];
  /**
   * What could not be brought to the wanted state, and why. Empty when converged.
   */
  faults: Fault[];
  bound?: ConfigurationBound;
  /**
   * How NATs show this host's `stun` ports to the world.
   */
  endpoints?: Endpoint[];
}
/**
 * One virtual network on one host.
 */
export interface NetworkAttachment {
  /**
   * Name of the VirtualNetwork.
   */
  name: string;
  /**
   * Network identifier that frames carry on links.
   */
  vni: number;
  /**
   * Largest packet a guest may send, in bytes.
   */
  mtu: number;
  /**
   * Host in the middle of the star backbone of this network.
   */
  proxy: string;
  /**
   * On the Proxy only: the device of this host that is on the user's LAN, which the network is bridged to.
   */
  lan?: string;
  /**
   * Addresses of VMs of the network, wherever they run: the core answers ARP and neighbour discovery for them on the spot.
   */
  neighbours?: Neighbour[];
}
/**
 * Which Ethernet address an IPv4 address belongs to.
 */
export interface Neighbour {
  /**
   * Address of a VM.
   */
  address: string;
  /**
   * Ethernet address of its interface.
   */
  mac: string;
}
/**
 * One link end in effect.
 */
export interface LinkReport {
  link: LinkEnd;
  /**
   * Whether the link carries frames.
   */
  up: boolean;
  /**
   * How long it took from the first attempt until the peer's keep-alives confirmed it; 0 before that.
   */
  setUpMs: number;
  /**
   * While it is down: why, and what to do.
   */
  trouble?: string;
  /**
   * How often a connecting link has been connected; 1 is without any break.
   */
  connections?: number;
}
/**
 * One end of an overlay link between two hosts.
 */
export interface LinkEnd {
  /**
   * The host at the other end.
   */
  peer: string;
  /**
   * How frames are carried.
   */
  type: 'udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun';
  /**
   * Address of this host's underlay interface.
   */
  local: string;
  /**
   * Address of the peer's underlay interface; of a `stun` link, the address its NAT shows to the world.
   */
  remote: string;
  /**
   * UDP port of `udp` (4789 when left out) and `wireguard`; TCP port that the listening end of `tcp`, `tls`, `http` listens on; of `stun`, the local UDP port.
   */
  port?: number;
  /**
   * Of `stun`: the port that the peer's NAT shows to the world; left out until it is known.
   */
  remotePort?: number;
  /**
   * Which end of a `tcp`, `tls`, `http` or `ssh` link this is. The connecting end retries.
   */
  role?: 'listen' | 'connect';
  /**
   * Of `tls` and secure `http`: the key that the peer's agent must show.
   */
  peerKey?: string;
  ssh?: SshServer;
  http?: HttpCarriage;
  wireguard?: WireguardPeer;
  /**
   * Of `udp`: packets to the peer say when they left, which the peer's agent can read (capability `stamps`); left out: they do not.
   */
  stamped?: boolean;
  stun?: StunServer;
}
/**
 * An SSH server that a link goes through. The agent proves itself with a key, never with a password.
 */
export interface SshServer {
  /**
   * Login name.
   */
  user: string;
  /**
   * TCP port; 22 when left out.
   */
  port?: number;
  /**
   * The server's public key as in its `.pub` file, without the comment.
   */
  hostKey: string;
}
/**
 * A WebSocket over HTTP.
 */
export interface HttpCarriage {
  /**
   * Over TLS 1.3 (`wss`) with pinned keys; plain when left out.
   */
  secure?: boolean;
  /**
   * Path of the request; `/virtuoso` when left out.
   */
  path?: string;
  /**
   * Address and port of an HTTP proxy that the connecting end asks to CONNECT.
   */
  proxy?: string;
}
/**
 * The far end of a WireGuard tunnel.
 */
export interface WireguardPeer {
  /**
   * Of the peer.
   */
  publicKey: string;
  /**
   * This host's address inside the tunnel.
   */
  local: string;
  /**
   * The peer's address inside the tunnel.
   */
  remote: string;
}
/**
 * A STUN server (RFC 8489).
 */
export interface StunServer {
  /**
   * Its address.
   */
  address: string;
  /**
   * Its UDP port.
   */
  port: number;
}
/**
 * One guest on a host.
 */
export interface GuestReport {
  guest: GuestSpec;
  /**
   * `running` here; `starting`, here with its disks and not running yet, or again; `stopping`, asked to shut down; `awaited` from another host; `departing`, still running here while it moves; `failed` to start.
   */
  phase: 'running' | 'starting' | 'stopping' | 'awaited' | 'departing' | 'failed';
}
/**
 * A virtual machine as its host should run it.
 */
export interface GuestSpec {
  /**
   * Name of the VM, unique in the fleet.
   */
  name: string;
  /**
   * The virtual network its interface is on.
   */
  network: string;
  /**
   * Ethernet address of its interface; kept across migrations.
   */
  mac: string;
  /**
   * IPv4 address and prefix length inside the guest, where the driver configures it; kept across migrations.
   */
  address?: string;
  /**
   * What the guest is made of: `netns` is a Linux network namespace with its processes; `qemu` a machine of its own, which QEMU runs.
   */
  driver: 'netns' | 'qemu';
  machine?: Machine;
  /**
   * Processor share promised to the VM, in cores.
   */
  computeCores: number;
  /**
   * Memory promised to the VM, in MiB.
   */
  memoryMib: number;
  /**
   * The guest arrives alive from this host: wait for it, never create it.
   */
  from?: string;
}
/**
 * A machine as QEMU runs it. What it has for a network is in its GuestSpec.
 */
export interface Machine {
  /**
   * Processors; left out: the whole number that `computeCores` needs.
   */
  vcpus?: number;
  /**
   * Disks in their order; the machine boots from the first unless it has `boot`.
   *
   * @maxItems 16
   */
  disks: MachineDisk[];
  boot?: MachineBoot;
  cloudInit?: CloudInit;
  cdrom?: ImageFile;
}
/**
 * A disk of a machine: what it writes goes into a file of its own. Without `image` it is empty, and has a size.
 */
export interface MachineDisk {
  image?: ImageFile;
  /**
   * Format of the image; `qcow2` when left out.
   */
  format?: 'qcow2' | 'raw';
  /**
   * Size in MiB; that of the image when left out.
   */
  sizeMib?: number;
}
/**
 * A file in the folder of images that the host's agent was given.
 */
export interface ImageFile {
  /**
   * Its name, without a folder.
   */
  file: string;
  /**
   * SHA-256 of its content: a file with another one is not used.
   */
  digest: string;
}
/**
 * A Linux kernel that is booted without a boot loader.
 */
export interface MachineBoot {
  kernel: ImageFile;
  initramfs?: ImageFile;
  /**
   * Its parameters; `ip=` follows if the guest has an address.
   */
  commandLine?: string;
}
/**
 * Content of a NoCloud seed.
 */
export interface CloudInit {
  /**
   * The file `user-data`.
   */
  userData: string;
  /**
   * The file `network-config`; left out: the guest's address, or DHCP.
   */
  networkConfig?: string;
}
/**
 * One row of a forwarding table. Of the rules that match a unicast frame the one of the best rank wins: (address, address) 8; (address, not) and (not, address) 7; (address, any) and (any, address) 6; (any, not) and (not, any) 5; (address, none), a default route, 4; (any, any) 3. Two that tie for some frame that no better rule takes are a fault, and so are combinations without a rank, as (not, not); of those that tie the first holds. Where a better rule does not match and two of one rank meet after all, the one whose destination is an address goes first. Frames to a group address match only `group` rules, first those of their source. A rule into a guest that is not here does not match; a rule that names a source does not match while its link is down, and the frame then keeps to rules of any source (the star) all the way. No frame is ever sent back to the link or port it came from.
 */
export interface Rule {
  /**
   * The virtual network the rule belongs to.
   */
  network: string;
  /**
   * Which source addresses match.
   */
  source: string;
  /**
   * Which destination addresses match.
   */
  destination: string;
  /**
   * Where the frame goes. Exactly one output, except for `group` rules, which copy the frame to each.
   *
   * @minItems 1
   */
  to: Output[];
}
/**
 * Into a guest on this host. While the guest is not here the rule does not match.
 */
export interface PortOutput {
  /**
   * Tag.
   */
  kind: 'port';
  /**
   * The guest that receives the frame.
   */
  guest: string;
}
/**
 * Over an overlay link.
 */
export interface LinkOutput {
  /**
   * Tag.
   */
  kind: 'link';
  /**
   * The host at the other end of the link.
   */
  peer: string;
}
/**
 * Out to the user's LAN, on the Proxy. Where the network has no LAN the rule does not match.
 */
export interface LanOutput {
  /**
   * Tag.
   */
  kind: 'lan';
}
/**
 * Processor time that a VM gets in every period.
 */
export interface VmSchedule {
  /**
   * The VM.
   */
  vm: string;
  /**
   * Processors, ascending, counted from 0 among those that VMs are scheduled on: one for each thread of a gang, which all run at once.
   *
   * @minItems 1
   */
  cpus: number[];
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Processor time in each period, in microseconds, for each thread.
   */
  sliceUs: number;
  /**
   * At the end of its slice the VM is stopped until its next period (`strict`), or is an ordinary process until then.
   */
  mode: 'strict' | 'work-conserving';
  /**
   * Periods begin when the time since the epoch is this much more than a multiple of the period: VMs of one gang on several hosts run in lock step. Left out: at any time.
   */
  phaseUs?: number;
  /**
   * Who may put another period and slice in place of these at once; left out: nobody.
   *
   * @minItems 1
   * @maxItems 100
   */
  bounds?: ScheduleBounds[];
  adjusted?: AdjustedSchedule;
}
/**
 * Within what one user may change a schedule.
 */
export interface ScheduleBounds {
  /**
   * The user's key.
   */
  key: string;
  /**
   * Shortest period.
   */
  leastPeriodUs: number;
  /**
   * Longest period.
   */
  mostPeriodUs: number;
  /**
   * Smallest slice, in parts of a million of the period.
   */
  leastPpm: number;
  /**
   * Largest slice, in parts of a million of the period.
   */
  mostPpm: number;
}
/**
 * Period and slice that a user chose. Of two, the later one holds; it lapses when what it was put in place of is stated no more, or bounds exclude it.
 */
export interface AdjustedSchedule {
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Processor time in each period, in microseconds, for each thread.
   */
  sliceUs: number;
  /**
   * The period that it was put in place of.
   */
  statedPeriodUs: number;
  /**
   * The slice that it was put in place of.
   */
  statedSliceUs: number;
  /**
   * Whose choice it is.
   */
  key: string;
  /**
   * When it was chosen, in milliseconds since the epoch on the clock of the host.
   */
  atMs: number;
}
/**
 * One thing that did not converge.
 */
export interface Fault {
  /**
   * What kind of thing failed.
   */
  kind: 'link' | 'guest' | 'rule' | 'network' | 'lan' | 'core' | 'schedule';
  /**
   * Which one: a peer, a guest, a rule.
   */
  subject: string;
  /**
   * What is wrong and what to do.
   */
  message: string;
}
/**
 * Upper bounds on the time VNET takes to configure itself or to change the topology (claims 7 and 8 of the seed): the largest times measured since the agent's first start. VTTIF takes its intervals from them.
 */
export interface ConfigurationBound {
  /**
   * Replacing the whole forwarding table.
   */
  switchMs: number;
  /**
   * By link type.
   *
   * Items: One link type.
   */
  links: {
    /**
     * The type.
     */
    type: 'udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun';
    /**
     * Setting up a link of the type.
     */
    setUpMs: number;
  }[];
}
/**
 * A UDP port as its NAT shows it.
 */
export interface Endpoint {
  /**
   * Address of the interface.
   */
  local: string;
  /**
   * Local port.
   */
  port: number;
  /**
   * Address that a STUN server saw.
   */
  publicAddress: string;
  /**
   * Port that a STUN server saw.
   */
  publicPort: number;
}
/**
 * What a host can do, found by probing at agent start.
 */
export interface Capabilities {
  /**
   * What forwards frames.
   */
  core: 'ebpf' | 'nftables' | 'emulated';
  /**
   * Kinds of guest it can run.
   */
  drivers: ('netns' | 'qemu')[];
  /**
   * Those of them that it neither sends to another host nor takes from one while they run; left out: none.
   */
  staying?: ('netns' | 'qemu')[];
  /**
   * What runs the processors of `qemu` guests: the kernel (`kvm`), or QEMU itself (`tcg`), which is many times slower; left out: it runs none.
   */
  accelerator?: 'kvm' | 'tcg';
  /**
   * Kinds of link it can set up.
   *
   * Items: How a link carries frames: `udp` is VXLAN; `tcp` one TCP connection; `tls` the same under TLS 1.3 with pinned keys; `ssh` through the peer's SSH server; `http` a WebSocket; `wireguard` VXLAN inside a WireGuard tunnel; `stun` VXLAN between hosts behind NATs.
   */
  linkTypes: ('udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun')[];
  /**
   * What this host cannot do and another could, why, and what to do about it.
   */
  lacks?: string[];
  /**
   * It can say on packets of `udp` links when they left, and takes that off packets of its peers; left out: it cannot, and would lose such packets.
   */
  stamps?: boolean;
  schedules?: ScheduleCapability;
  /**
   * Public key of its WireGuard interface, where it can have one.
   */
  wireguardKey?: string;
}
/**
 * What schedules VMs on a host, and how well.
 */
export interface ScheduleCapability {
  /**
   * `edf`: VSched's own core; `deadline`: SCHED_DEADLINE of Linux; `quota`: the quota of a control group.
   */
  backend: 'edf' | 'deadline' | 'quota' | 'emulated';
  /**
   * Shortest period for which the guarantee holds, in microseconds.
   */
  floorUs: number;
  /**
   * Longest period that it keeps, in microseconds; left out: any.
   */
  longestPeriodUs?: number;
  /**
   * What schedules may not ask for here; left out: they may ask for all.
   *
   * @minItems 1
   */
  refuses?: ('strict' | 'work-conserving' | 'lock-step' | 'gang')[];
  /**
   * The slice is given in each period; in the long run; or is a cap only.
   */
  guarantee: 'each-period' | 'on-average' | 'at-most';
  /**
   * Time to execute the scheduler once, as measured, in microseconds.
   */
  overheadUs: number;
  /**
   * Processors that it can schedule VMs on.
   */
  processors: number;
  /**
   * Share of each processor that it keeps for ordinary processes, in parts of a million.
   */
  reservedPpm: number;
}
/**
 * Everything one host should be: its networks, overlay links, guests and forwarding rules. The reconciler sends it whole; the agent converges to it however often it is told.
 */
export interface HostState {
  /**
   * The host this state is for.
   */
  host: string;
  /**
   * Grows with every state sent to this host. An agent refuses a state older than the newest it has seen.
   */
  generation: number;
  /**
   * Time between two observations that the agent sends.
   */
  samplingIntervalMs: number;
  /**
   * A link on which the peer's keep-alives were not heard, or not answered, for this long is down; 1000 when left out.
   */
  keepAliveMs?: number;
  /**
   * Virtual networks this host takes part in.
   */
  networks: NetworkAttachment[];
  /**
   * This host's ends of overlay links.
   */
  links: LinkEnd[];
  /**
   * Virtual machines that should run here.
   */
  guests: GuestSpec[];
  /**
   * Guests that leave this host alive for another one.
   */
  departures: Departure[];
  /**
   * Guests that are stopped and removed. A guest that is in none of the three lists stays as it is and goes on being reported: nothing is destroyed by being left out.
   *
   * Items: A lower-case DNS label.
   */
  removals: string[];
  /**
   * The forwarding table of this host.
   */
  rules: Rule[];
  /**
   * Schedules of guests; left out: none. They are admitted all or not at all, before guests start; one of a guest that is not here takes effect when it is. A guest without one is an ordinary process.
   */
  schedules?: VmSchedule[];
  /**
   * Who may schedule processes on this host, and whose; left out: nobody.
   *
   * @maxItems 1000
   */
  operators?: ProcessOperator[];
  clock?: HostClock;
}
/**
 * A live migration seen from the host that is left.
 */
export interface Departure {
  /**
   * The VM that leaves.
   */
  guest: string;
  /**
   * The host it moves to.
   */
  to: string;
}
/**
 * Whose processes a key may schedule.
 */
export interface ProcessOperator {
  /**
   * The operator's key.
   */
  key: string;
  /**
   * Login name on the host: processes of this user.
   */
  user: string;
}
/**
 * A clock that is not quite that of others.
 */
export interface HostClock {
  /**
   * By how much the host's clock that counts from the epoch is ahead of the common one, in microseconds.
   */
  aheadUs: number;
  /**
   * By how much that may be wrong.
   */
  boundUs: number;
  /**
   * By how much it grows, in microseconds a second.
   */
  driftPpm: number;
  /**
   * When that was so, on the host's monotonic clock, in microseconds.
   */
  atUs: number;
  /**
   * By how much its clock that counts from the epoch was ahead of the monotonic one then: a host whose clock is set knows by how much.
   */
  realtimeAheadUs: number;
}
/**
 * What of the fleet is not as the reconciler last left it: `GET /v1/drift`.
 */
export interface DriftList {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * When a pass last left the fleet as decided, milliseconds since the epoch; null: not known, as `reason` says, so that there is nothing to compare with.
   */
  leftAtMs: number | null;
  /**
   * Why it is not known; empty when it is.
   */
  reason: string;
  /**
   * The differences, by host, part and object.
   */
  drift: Drift[];
  /**
   * Hosts whose agents are not connected: they are not compared.
   *
   * Items: A lower-case DNS label.
   */
  unheard: string[];
  /**
   * Steps of the newest plan that were not carried out, for example because the fleet is suspended.
   */
  pending: number;
}
/**
 * One difference between what a host was left with and what it has.
 */
export interface Drift {
  /**
   * The host; of a VM that is elsewhere, where it is now.
   */
  host: string;
  /**
   * What of the host.
   */
  part: 'vm' | 'network' | 'link' | 'rule' | 'schedule';
  /**
   * Which one: the VM, the network, the host at the other end of the link, the key of the rule.
   */
  object: string;
  /**
   * `missing`: left, and not there; `extra`: there, and not left; `different`: there in another form, or a VM on another host.
   */
  kind: 'missing' | 'extra' | 'different';
  /**
   * How it was left; of a VM, on which host. Null: not at all.
   */
  left: string | null;
  /**
   * How it is. Null: not at all.
   */
  is: string | null;
  /**
   * Somebody has put it so; what is only missing may have been lost.
   */
  byOthers: boolean;
}
/**
 * `GET /healthz` and `GET /readyz`.
 */
export interface Health {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * `starting` (readyz, status 503): the fleet has not been looked at yet.
   */
  status: 'ok' | 'starting';
}
/**
 * The fleet changed.
 */
export interface ViewEvent {
  /**
   * Tag.
   */
  kind: 'view';
  view: FleetView;
}
/**
 * A plan was made.
 */
export interface PlanEvent {
  /**
   * Tag.
   */
  kind: 'plan';
  /**
   * The newest plan; null before the first.
   */
  plan: Plan | null;
}
/**
 * What one pass wants to change, in the order in which it is safe, with a hash that an apply has to name. A plan is a value: it is printed, reviewed, saved and applied as it stands.
 */
export interface Plan {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Digest of everything else in the plan.
   */
  hash: string;
  basis: Basis;
  decision: Decision;
  /**
   * The difference, for people.
   */
  changes: Change[];
  /**
   * The difference, in the order of its application.
   */
  steps: Step[];
}
/**
 * Inputs of the decision.
 */
export interface Basis {
  /**
   * Commit, or the directory's name, that the documents were read from.
   */
  source: string;
  /**
   * Digest of the documents.
   */
  documentsDigest: string;
  /**
   * Digest of the fleet reports and observations.
   */
  observedDigest: string;
  /**
   * Digest of the fleet's networks, links, guests, rules and schedules; changes whenever the plan would meet a different fleet.
   */
  stateDigest: string;
  /**
   * Seed of the search.
   */
  seed: number;
}
/**
 * The chosen configuration.
 */
export interface Decision {
  /**
   * `adapt`: a better configuration was found; `keep`: the running one stays and only what is missing is put right.
   */
  verdict: 'adapt' | 'keep';
  /**
   * Why, in a sentence.
   */
  reason: string;
  /**
   * What it strives for once all demands are met that can be: the objective, then its tie-breaks.
   *
   * @minItems 1
   */
  objective: ObjectiveGoal[];
  /**
   * What found the chosen configuration.
   */
  algorithm: string;
  /**
   * Score of the running configuration; null when some VM runs nowhere yet.
   */
  before: Score | null;
  after: Score;
  bound: ScoreBound;
  /**
   * Where path capacities come from: the inventory's figures or measurement.
   */
  capacities: 'nominal' | 'measured' | 'mixed';
  /**
   * The demands that were decided upon, largest first.
   */
  demands: DemandLine[];
  /**
   * Which VM runs where, by name.
   */
  mapping: MappingLine[];
  /**
   * How each demand travels.
   */
  paths: PathLine[];
  back?: GoingBack;
  /**
   * What each way to change the fleet would reach, the least disruptive first, and why it was taken or not. Left out when some VM runs nowhere yet.
   */
  levers?: LeverLine[];
  /**
   * Every link of the chosen configuration and the LinkPolicy that decided about it, by its ends. Left out where no document is a LinkPolicy.
   */
  links?: LinkLine[];
}
/**
 * The objective, or a tie-break.
 */
export interface ObjectiveGoal {
  /**
   * What to do with the value.
   */
  goal: 'maximise' | 'minimise';
  /**
   * As written, or what the level means.
   */
  expression: string;
}
/**
 * What no configuration can be better than.
 */
export interface ScoreBound {
  /**
   * At least so much demand stays unmet, in Mb/s.
   */
  unmetMbps: number;
  /**
   * The objective, where as little is unmet; null where nothing is known.
   */
  objective: ObjectiveValue | null;
}
/**
 * One demand.
 */
export interface DemandLine {
  /**
   * Sending VM.
   */
  source: string;
  /**
   * Receiving VM.
   */
  destination: string;
  /**
   * Rate in Mb/s.
   */
  rateMbps: number;
  /**
   * `observed` as it was; `at-least`: the network held it back, so it is raised; `remembered` from when it was not held back; `declared` by the operator.
   */
  origin: 'observed' | 'at-least' | 'remembered' | 'declared';
  /**
   * Standard deviation of the rate about its mean over windows, where it was observed.
   */
  deviationMbps?: number;
  /**
   * Longest latency of its path, where the operator states one.
   */
  maxLatencyMs?: number;
}
/**
 * One VM's host before and after.
 */
export interface MappingLine {
  /**
   * The VM.
   */
  vm: string;
  /**
   * Where it runs; null if nowhere yet.
   */
  from: string | null;
  /**
   * Where it shall run.
   */
  to: string;
}
/**
 * One demand's path.
 */
export interface PathLine {
  /**
   * Sending VM.
   */
  source: string;
  /**
   * Receiving VM.
   */
  destination: string;
  /**
   * Hosts in the order that frames visit them.
   *
   * @minItems 1
   *
   * Items: A lower-case DNS label.
   */
  hosts: string[];
  /**
   * Residual capacity of the path's bottleneck; negative when overloaded.
   */
  residualMbps: number;
  /**
   * The resource that limits the path.
   */
  bottleneck: string;
}
/**
 * The configuration is one that the fleet had before.
 */
export interface GoingBack {
  /**
   * Why it goes back.
   */
  cause: 'regression' | 'rollback';
  /**
   * As `back` of what was observed says.
   */
  to: string;
}
/**
 * One way to change the fleet. Each leaves open what the ones before it do, and more.
 */
export interface LeverLine {
  /**
   * `reroute`: other paths over the links that are there; `add-links`: other links too; `schedule`: other processors of the same hosts; `migrate`: other hosts; `return`: hosts, too, that VMs were moved away from not long ago.
   */
  lever: 'reroute' | 'add-links' | 'schedule' | 'migrate' | 'return';
  /**
   * `pulled`: this one was taken; `surpassed`: it would do, but a more disruptive one gains enough on top; `too-early`: it waits for what will be known soon, as the reason says; `too-little`: it gains less than the minimum; `uncertain`: its gain may be an error of measurement; `not-now`: the application is changing; `unavailable`: there is nothing to pull; `impossible`: nothing that it leaves open keeps the constraints.
   */
  outcome: 'pulled' | 'surpassed' | 'too-early' | 'too-little' | 'uncertain' | 'not-now' | 'unavailable' | 'impossible';
  /**
   * Score of the best configuration that it would reach; null when it reaches none, or nothing was searched for because no gain counts.
   */
  score: Score | null;
  /**
   * For people.
   */
  reason: string;
}
/**
 * One link.
 */
export interface LinkLine {
  /**
   * One end, the alphabetically first.
   */
  a: string;
  /**
   * The other end.
   */
  b: string;
  /**
   * How frames are carried.
   */
  type: 'udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun';
  policy?: DecidingPolicy;
}
/**
 * The one LinkPolicy that decides about a pair of sites.
 */
export interface DecidingPolicy {
  /**
   * Its name.
   */
  name: string;
  /**
   * Where it is written, `file:line`.
   */
  at: string;
}
/**
 * A VM is created.
 */
export interface GuestStart {
  /**
   * Tag.
   */
  kind: 'guest-start';
  /**
   * The VM.
   */
  guest: string;
  /**
   * Where.
   */
  host: string;
}
/**
 * A VM migrates alive.
 */
export interface GuestMove {
  /**
   * Tag.
   */
  kind: 'guest-move';
  /**
   * The VM.
   */
  guest: string;
  /**
   * Host it leaves.
   */
  from: string;
  /**
   * Host it moves to.
   */
  to: string;
  /**
   * Estimated time: memory over the path's capacity, migrate() of the seed; 0 for drivers that copy nothing.
   */
  seconds: number;
}
/**
 * A VM that nobody wants any more is stopped and removed.
 */
export interface GuestStop {
  /**
   * Tag.
   */
  kind: 'guest-stop';
  /**
   * The VM.
   */
  guest: string;
  /**
   * Where.
   */
  host: string;
}
/**
 * A running VM is promised other compute or memory.
 */
export interface GuestResize {
  /**
   * Tag.
   */
  kind: 'guest-resize';
  /**
   * The VM.
   */
  guest: string;
  /**
   * Where it runs.
   */
  host: string;
}
/**
 * A VM gets another schedule, its first one, or none any more.
 */
export interface ScheduleChange {
  /**
   * Tag.
   */
  kind: 'schedule';
  /**
   * The VM.
   */
  guest: string;
  /**
   * Where it gets it, or had it.
   */
  host: string;
  /**
   * What it has; null if nothing.
   */
  before: VmSchedule | null;
  /**
   * What it shall have; null if nothing.
   */
  after: VmSchedule | null;
}
/**
 * A host joins or leaves a virtual network, with the network's rules on that host, or gets other parameters of it.
 */
export interface NetworkChange {
  /**
   * Tag.
   */
  kind: 'network';
  /**
   * The virtual network.
   */
  network: string;
  /**
   * The host.
   */
  host: string;
  /**
   * What happens; `update`: another Proxy, LAN, MTU or VNI.
   */
  action: 'join' | 'update' | 'leave';
}
/**
 * Hosts are told other addresses of VMs, for which they answer ARP and neighbour discovery.
 */
export interface NeighbourChange {
  /**
   * Tag.
   */
  kind: 'neighbours';
  /**
   * The virtual network.
   */
  network: string;
  /**
   * How many hosts are told.
   */
  hosts: number;
}
/**
 * An overlay link is set up, or set up anew: between other addresses, or in another way.
 */
export interface LinkAdd {
  /**
   * Tag.
   */
  kind: 'link-add';
  /**
   * One end.
   */
  a: string;
  /**
   * The other end.
   */
  b: string;
  /**
   * How frames are carried.
   */
  type: 'udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun';
  /**
   * Whether it belongs to the star backbone.
   */
  star: boolean;
  policy?: DecidingPolicy;
}
/**
 * An overlay link is taken down.
 */
export interface LinkRemove {
  /**
   * Tag.
   */
  kind: 'link-remove';
  /**
   * One end.
   */
  a: string;
  /**
   * The other end.
   */
  b: string;
  policy?: DecidingPolicy;
}
/**
 * Frames between two VMs travel differently.
 */
export interface PathChange {
  /**
   * Tag.
   */
  kind: 'path';
  /**
   * Sending VM.
   */
  source: string;
  /**
   * Receiving VM.
   */
  destination: string;
  /**
   * Hosts visited now; empty when frames do not arrive now.
   *
   * Items: A lower-case DNS label.
   */
  before: string[];
  /**
   * Hosts visited afterwards; empty when one end is gone.
   *
   * Items: A lower-case DNS label.
   */
  after: string[];
}
/**
 * Rules of one host that differ from what its role asks for and belong to no path change.
 */
export interface TableRepair {
  /**
   * Tag.
   */
  kind: 'table';
  /**
   * The host.
   */
  host: string;
  /**
   * Rules added or replaced.
   */
  set: number;
  /**
   * Rules removed.
   */
  removed: number;
}
/**
 * One safe advance of the fleet. Its edits take effect in any order, but that the first of a `move` comes before the others; the next step starts when every host has converged.
 */
export interface Step {
  /**
   * Position in the plan.
   */
  id: number;
  /**
   * What the step is for.
   */
  kind:
    | 'join'
    | 'link-up'
    | 'route'
    | 'schedule'
    | 'start'
    | 'move'
    | 'unroute'
    | 'stop'
    | 'unschedule'
    | 'link-down'
    | 'leave';
  /**
   * For people.
   */
  title: string;
  /**
   * What changes on which host.
   *
   * @minItems 1
   */
  edits: Edit[];
}
/**
 * A change of one host's state; removals take effect before additions.
 */
export interface Edit {
  /**
   * The host.
   */
  host: string;
  /**
   * Rules that go.
   */
  removeRules?: RuleKey[];
  /**
   * Rules that are added, or replace the one with the same key.
   */
  setRules?: Rule[];
  /**
   * Guests that go.
   */
  removeGuests?: GuestRemoval[];
  /**
   * Guests that come.
   */
  addGuests?: GuestSpec[];
  /**
   * VMs that become ordinary processes.
   *
   * Items: A lower-case DNS label.
   */
  removeSchedules?: string[];
  /**
   * Schedules that are added, or replace that of the same VM; all at once.
   */
  setSchedules?: VmSchedule[];
  /**
   * Peers whose link goes.
   *
   * Items: A lower-case DNS label.
   */
  removeLinks?: string[];
  /**
   * Link ends that come, or replace the one to the same peer.
   */
  addLinks?: LinkEnd[];
  /**
   * Virtual networks the host leaves.
   *
   * Items: A lower-case DNS label.
   */
  removeNetworks?: string[];
  /**
   * Virtual networks the host joins, or whose parameters change.
   */
  addNetworks?: NetworkAttachment[];
}
/**
 * What identifies a rule in a table.
 */
export interface RuleKey {
  /**
   * The virtual network.
   */
  network: string;
  /**
   * Source qualifier.
   */
  source: string;
  /**
   * Destination qualifier.
   */
  destination: string;
}
/**
 * A guest leaves the host.
 */
export interface GuestRemoval {
  /**
   * The guest.
   */
  guest: string;
  /**
   * Host it moves to alive; without it the guest is stopped and removed.
   */
  to?: string;
}
/**
 * Some condition changed.
 */
export interface ConditionsEvent {
  /**
   * Tag.
   */
  kind: 'conditions';
  /**
   * All conditions now.
   */
  conditions: Condition[];
}
/**
 * Something worth a line happened.
 */
export interface LogEvent {
  /**
   * Tag.
   */
  kind: 'log';
  /**
   * How bad it is.
   */
  level: 'info' | 'warn' | 'error';
  /**
   * For people.
   */
  message: string;
  /**
   * When, milliseconds since the epoch.
   */
  atMs: number;
}
/**
 * What VTTIF infers of applications: `GET /v1/demands`.
 */
export interface DemandList {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * When the application topology was last declared to have changed, milliseconds since the epoch; null before the first time.
   */
  declaredAtMs: number | null;
  /**
   * Length of the sliding window in effect.
   */
  smoothingIntervalMs: number;
  /**
   * Pruned entries of the traffic matrix, by network, source, destination.
   */
  demands: VmDemand[];
  /**
   * VMs that the demands connect, by network, then first address.
   */
  applications: ApplicationView[];
  /**
   * What VMs need of processors, by guest.
   */
  computes: ComputeDemand[];
}
/**
 * What one VM sends to another.
 */
export interface VmDemand {
  /**
   * The virtual network.
   */
  network: string;
  /**
   * Source address.
   */
  source: string;
  /**
   * Destination address.
   */
  destination: string;
  /**
   * The VM that has the source address; left out if none has.
   */
  sourceVm?: string;
  /**
   * The VM that has the destination address; left out if none has.
   */
  destinationVm?: string;
  /**
   * Estimated demand in Mb/s.
   */
  rateMbps: number;
  /**
   * Standard deviation of the rate about its mean over windows; left out until it is known.
   */
  deviationMbps?: number;
  /**
   * `observed` as it was; `at-least`: the network held it back, so it is raised; `remembered` from when it was not held back.
   */
  origin: 'observed' | 'at-least' | 'remembered';
}
/**
 * VMs that talk to one another, and in which pattern.
 */
export interface ApplicationView {
  /**
   * The virtual network.
   */
  network: string;
  /**
   * The VMs, by address.
   */
  members: ApplicationMember[];
  /**
   * The pattern: `bus` is a line of neighbours, `mesh` and `torus` are grids, `none` is any other.
   */
  shape: 'ring' | 'bus' | 'mesh' | 'torus' | 'star' | 'all-to-all' | 'tree' | 'none';
  /**
   * How sure that is.
   */
  confidence: number;
  /**
   * Period at which its phases of computing and communicating repeat, if they do.
   */
  periodMs?: number;
}
/**
 * One VM of an application.
 */
export interface ApplicationMember {
  /**
   * Its Ethernet address.
   */
  address: string;
  /**
   * Its name; left out if no VM has the address.
   */
  vm?: string;
}
/**
 * What Wren infers of the underlay: `GET /v1/paths`.
 */
export interface PathList {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Directed paths between hosts that something is known of, by `from`, then `to`.
   */
  paths: PathKnowledge[];
  /**
   * Groups of paths that were seen to queue together.
   */
  bottlenecks: SharedBottleneck[];
}
/**
 * What is known of one directed path between two hosts.
 */
export interface PathKnowledge {
  /**
   * The host that packets come from.
   */
  from: string;
  /**
   * The host that they go to.
   */
  to: string;
  /**
   * How it was measured.
   */
  method: 'two-sided' | 'one-sided';
  /**
   * Available bandwidth; left out while only its bounds are known.
   */
  availableMbps?: number;
  /**
   * Lower end of the 95 % interval, or lower bound.
   */
  lowMbps: number;
  /**
   * Upper end of the 95 % interval, or upper bound.
   */
  highMbps: number;
  /**
   * Rate of the narrowest link; left out until it is known.
   */
  capacityMbps?: number;
  /**
   * What the inventory states of the narrowest place of the path, only where `capacityMbps` contradicts it: is less than 0.8 or more than 1.1 times as much. Not in the journal.
   */
  statedMbps?: number;
  /**
   * Half of the smallest time there and back; left out until both directions are known.
   */
  latencyMs?: number;
  /**
   * What links carry over the path now.
   */
  carriedMbps?: number;
  /**
   * What other links carried away from its first host when the estimate was made, which found so much less available.
   */
  besideOutMbps?: number;
  /**
   * What other links carried to its last host then.
   */
  besideIntoMbps?: number;
  /**
   * They may have carried up to so many times as much at the moments at which the path was in use: it is used in phases.
   */
  besideTimes?: number;
  /**
   * Age of the newest packet that the estimate rests on.
   */
  ageMs: number;
}
/**
 * Paths whose packets wait in one queue.
 */
export interface SharedBottleneck {
  /**
   * By `from`, then `to`.
   *
   * @minItems 2
   *
   * Items: One directed path.
   */
  paths: {
    /**
     * Sender.
     */
    from: string;
    /**
     * Receiver.
     */
    to: string;
  }[];
  /**
   * What they share, beside the traffic of others; left out until it is known.
   */
  capacityMbps?: number;
  /**
   * How sure it is that they share it.
   */
  confidence: number;
}
/**
 * Applications above, the underlay below, and the hosts that join them: `GET /v1/topology`.
 */
export interface Topology {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * When the application topology was last declared to have changed, milliseconds since the epoch; null before the first time.
   */
  declaredAtMs: number | null;
  /**
   * Hosts of the inventory, by name.
   */
  hosts: TopologyHost[];
  /**
   * As in `DemandList`.
   */
  applications: ApplicationView[];
  /**
   * As in `DemandList`.
   */
  demands: VmDemand[];
  /**
   * As in `PathList`.
   */
  paths: PathKnowledge[];
  /**
   * As in `PathList`.
   */
  bottlenecks: SharedBottleneck[];
}
/**
 * One host, with the VMs on it.
 */
export interface TopologyHost {
  /**
   * The host.
   */
  name: string;
  /**
   * The site it stands at.
   */
  site: string;
  /**
   * VMs that run on it, or last ran on it when it is silent, by name.
   *
   * Items: A lower-case DNS label.
   */
  vms: string[];
}
/**
 * What is known of applications has changed.
 */
export interface DemandsEvent {
  /**
   * Tag.
   */
  kind: 'demands';
  /**
   * One life of the reconciler, and a number that grows within it.
   */
  id: string;
  /**
   * When, milliseconds since the epoch.
   */
  atMs: number;
  demands: DemandList;
}
/**
 * Something new was measured of paths. No event is sent for measurements that only grow older.
 */
export interface PathsEvent {
  /**
   * Tag.
   */
  kind: 'paths';
  /**
   * One life of the reconciler, and a number that grows within it.
   */
  id: string;
  /**
   * When, milliseconds since the epoch.
   */
  atMs: number;
  paths: PathList;
}
/**
 * Asks for a pass: `POST /v1/reconcile`.
 */
export interface ReconcileRequest {
  /**
   * Why; the journal shows it as the pass's trigger.
   */
  reason: string;
}
/**
 * The pass will follow (status 202).
 */
export interface ReconcileReply {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Tag.
   */
  status: 'requested';
}
/**
 * Applies a saved plan: `POST /v1/apply`.
 */
export interface ApplyRequest {
  plan: Plan;
  /**
   * Hash of the plan that was reviewed; must be the plan's own.
   */
  hash: string;
  /**
   * Who applies it, as the journal shall say. Whoever holds the token is believed. Default: `api`.
   */
  actor?: string;
}
/**
 * What became of an apply that was begun (status 200).
 */
export interface ApplyReply {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * The result.
   */
  result: Applied | ApplyFailed;
}
/**
 * All steps were done.
 */
export interface Applied {
  /**
   * Tag.
   */
  kind: 'applied';
  /**
   * What happened to each step.
   */
  outcomes: Outcome[];
}
/**
 * What happened to one step.
 */
export interface Outcome {
  /**
   * The step's id.
   */
  step: number;
  /**
   * `skipped`: left out, wholly or in part, because what it depends on failed, a host is left alone for a while, or a newer commit came.
   */
  status: 'done' | 'failed' | 'skipped';
  /**
   * What went wrong and what to do; empty when done.
   */
  message: string;
  /**
   * Time until the hosts had converged.
   */
  tookMs: number;
}
/**
 * A step failed; what was done before stays done, and the next pass starts from what is.
 */
export interface ApplyFailed {
  /**
   * Tag.
   */
  kind: 'failed';
  /**
   * What happened to each step.
   */
  outcomes: Outcome[];
}
/**
 * Asks for a way back to what an entry of the journal left: `POST /v1/rollback`. Nothing is changed; `POST /v1/apply` applies the plan.
 */
export interface RollbackRequest {
  /**
   * Number of its pass, or its commit, of which the first 7 digits will do.
   */
  entry: string;
  /**
   * Propose its documents on a branch, instead of a plan. Default: false.
   */
  propose?: boolean;
}
/**
 * A way back.
 */
export interface RollbackReply {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * The plan; null where documents were proposed.
   */
  plan: Plan | null;
  /**
   * The branch; null where a plan was made.
   */
  proposal: Proposal | null;
}
/**
 * Documents as they were before, on a branch of the policy repository.
 */
export interface Proposal {
  /**
   * The branch.
   */
  branch: string;
  /**
   * What it stands at; null: it could not be made.
   */
  commit: string | null;
  /**
   * For people: what it undoes, or why it could not be made.
   */
  message: string;
}
/**
 * What was taken back and is not decided again for now: `GET /v1/quarantines`.
 */
export interface QuarantineList {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Those that hold for the documents in effect, the oldest first.
   */
  quarantines: Quarantine[];
}
/**
 * What was decided from some documents and taken back: as long as it holds, its VMs stay where they are unless they have to leave, and its frames travel as they do.
 */
export interface Quarantine {
  /**
   * Hash of the plan that was taken back, or of the one that went back.
   */
  plan: string;
  /**
   * Why it is not decided again.
   */
  cause: 'regression' | 'rollback';
  /**
   * Digest of the documents that it was decided from: with others it does not hold.
   */
  documentsDigest: string;
  /**
   * For people.
   */
  reason: string;
  /**
   * When it began, milliseconds since the epoch.
   */
  sinceMs: number;
  /**
   * When it ends, milliseconds since the epoch.
   */
  untilMs: number;
  /**
   * VMs that it moved.
   *
   * Items: A lower-case DNS label.
   */
  vms: string[];
  /**
   * VMs whose frames it led differently.
   *
   * Items: One direction.
   */
  pairs: {
    /**
     * Sending VM.
     */
    source: string;
    /**
     * Receiving VM.
     */
    destination: string;
  }[];
}
/**
 * Ends a quarantine: `POST /v1/quarantines/lift`.
 */
export interface LiftRequest {
  /**
   * Plan that it is of, or `all`.
   */
  plan: string | 'all';
  /**
   * Who ends it, as the journal shall say. Whoever holds the token is believed. Default: `api`.
   */
  actor?: string;
}
/**
 * What was ended.
 */
export interface LiftReply {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Plans whose quarantine was ended; none if there was none.
   *
   * Items: SHA-256 in hexadecimal.
   */
  lifted: string[];
}
/**
 * Why a request was not served.
 */
export interface ApiError {
  /**
   * Version of this format.
   */
  format_version: '1';
  error: ApiErrorDetail;
}
/**
 * One error.
 */
export interface ApiErrorDetail {
  /**
   * For machines. `stale` (409): the fleet is no longer as the plan assumed; `impossible` (409): there is no way back within what documents ask for; `wrong-hash` and `malformed` (422): the body is not the plan that was reviewed, or no plan; `denied` (403): rules forbid the plan.
   */
  kind:
    | 'bad-request'
    | 'unauthorized'
    | 'not-found'
    | 'no-plan'
    | 'not-acceptable'
    | 'stale'
    | 'impossible'
    | 'too-large'
    | 'not-json'
    | 'wrong-host'
    | 'malformed'
    | 'wrong-hash'
    | 'internal'
    | 'busy'
    | 'denied';
  /**
   * For people: what is wrong and what to do.
   */
  message: string;
}
/**
 * Link policies, and what they come to for each pair of sites: `GET /v1/link-policies`.
 */
export interface LinkPolicyList {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * The documents, the most specific first.
   */
  policies: LinkPolicyView[];
  /**
   * Pairs of sites with hosts, and sites with two hosts or more, by name.
   */
  pairs: SitePairView[];
}
/**
 * One LinkPolicy.
 */
export interface LinkPolicyView {
  /**
   * Its name.
   */
  name: string;
  /**
   * Where it is written, `file:line`.
   */
  at: string;
  /**
   * Of which pairs of sites, for people.
   */
  speaksOf: string;
  /**
   * What may be there, for people.
   */
  says: string;
  /**
   * About how many of the pairs below it decides.
   */
  decides: number;
}
/**
 * What links there may be between two sites, or within one.
 */
export interface SitePairView {
  /**
   * The two sites; within one, it twice.
   *
   * @minItems 2
   * @maxItems 2
   *
   * Items: A site.
   */
  sites: string[];
  policy?: DecidingPolicy;
  /**
   * Types that a link may have where a path lets it, the preferred first; none: no link may be there.
   *
   * Items: A type.
   */
  types: ('udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun')[];
}
/**
 * Schedules of VMs, as documents state them and as users have changed them: `GET /v1/schedules`.
 */
export interface ScheduleList {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * VMs that are to have one, by name.
   */
  schedules: ScheduleView[];
}
/**
 * One VM's schedule.
 */
export interface ScheduleView {
  /**
   * The VM.
   */
  vm: string;
  /**
   * Its VMSet.
   */
  set: string;
  /**
   * Host it runs on; null while it runs nowhere.
   */
  host: string | null;
  /**
   * Processors of its threads; empty where the host does not keep it yet.
   */
  cpus: number[];
  /**
   * What it is at the end of its slice.
   */
  mode: 'strict' | 'work-conserving';
  /**
   * Threads that get the slice side by side.
   */
  threads: number;
  stated: PeriodAndSlice;
  inForce: PeriodAndSlice;
  adjusted?: AdjustedSchedule;
  /**
   * Who may do so, and within which bounds; left out: nobody.
   */
  bounds?: ScheduleBounds[];
  /**
   * In percent of a processor for each thread: its share, and what scheduling takes for it; null while no host is known.
   */
  cost: number | null;
}
/**
 * Processor time in every period.
 */
export interface PeriodAndSlice {
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Processor time in each period, in microseconds, for each thread.
   */
  sliceUs: number;
}
/**
 * What schedules a VM could have on its host beside the others, and what each costs: `GET /v1/schedules/VM/plane`.
 */
export interface SchedulePlane {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * The VM.
   */
  vm: string;
  /**
   * The host.
   */
  host: string;
  /**
   * Shortest period that it keeps.
   */
  floorUs: number;
  /**
   * Time to decide once, as the host has measured it.
   */
  overheadUs: number;
  /**
   * Processors that VMs are scheduled on.
   */
  processors: number;
  /**
   * Share of each that is kept for ordinary processes, in parts of a million.
   */
  reservedPpm: number;
  /**
   * By period, then share.
   */
  points: PlanePoint[];
}
/**
 * One schedule.
 */
export interface PlanePoint {
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Share of a processor, for each thread.
   */
  utilisation: number;
  /**
   * The share in whole microseconds.
   */
  sliceUs: number;
  /**
   * In percent of a processor for each thread; null where there is no slice.
   */
  cost: number | null;
  /**
   * `below-floor`: the host keeps no period as short; `too-short`: nothing can be done in such a slice; `no-room`: others have it.
   */
  verdict: 'possible' | 'below-floor' | 'too-short' | 'no-room';
}
/**
 * What is wrong with the documents of a repository, as `virtuoso validate -o json` prints it.
 */
export interface Diagnostics {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * One entry for each mistake, by file, then position.
   */
  diagnostics: Diagnostic[];
}
/**
 * One mistake.
 */
export interface Diagnostic {
  /**
   * Stable identifier of the rule that is broken; the reference lists them.
   */
  id: string;
  /**
   * `error`: the documents cannot be used; `warning`: they can, but probably mean something else.
   */
  severity: 'error' | 'warning';
  /**
   * What is wrong.
   */
  summary: string;
  /**
   * What to do about it.
   */
  detail: string;
  range: Range;
}
/**
 * A piece of a file.
 */
export interface Range {
  /**
   * Path within the repository, `/` between its parts; where several directories are validated at once, from the working directory.
   */
  filename: string;
  start: Position;
  end: Position;
}
/**
 * A place in a file; both count from 1.
 */
export interface Position {
  /**
   * Line.
   */
  line: number;
  /**
   * Column, in UTF-16 code units.
   */
  column: number;
}
/**
 * One pass that did or refused something, or what was seen a while after one: `entry.json` of one commit on the branch `virtuoso/status`, beside `plan.json`, `plan.md` and `observed.json`.
 */
export interface JournalEntry {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Number of the entry; grows by one.
   */
  pass: number;
  /**
   * When the pass ended.
   */
  at: string;
  /**
   * Who decided: `virtuoso` by itself, or who applied a saved plan.
   */
  actor: string;
  /**
   * What asked for the pass.
   */
  trigger: string;
  /**
   * Commit the documents were read from.
   */
  source: string;
  signer?: Signer;
  /**
   * What became of the pass; `observed`: it did nothing new, and what it saw is kept; `reverted`: what was measured after a change is worse than before, and the change was taken back; `regressed`: likewise, and nothing could be taken back; `denied`: rules deny the plan; `pending`: the plan is above a limit and waits for an approval, or no window is open; `adjusted`, `lifted`: there was no pass, users have changed schedules, or an operator has lifted quarantines.
   */
  verdict:
    | 'applied'
    | 'partial'
    | 'refused'
    | 'infeasible'
    | 'unsafe'
    | 'suspended'
    | 'adjusted'
    | 'denied'
    | 'pending'
    | 'reverted'
    | 'regressed'
    | 'lifted'
    | 'observed';
  /**
   * The plan's hash; null when none could be made.
   */
  planHash: string | null;
  /**
   * What happened to each step.
   */
  outcomes: Outcome[];
  /**
   * Conditions of objects after the pass.
   */
  conditions: Condition[];
  /**
   * Where each VM was seen after the pass.
   */
  placement: Placement[];
  approval?: Approval;
  /**
   * What users have changed, by VM; left out: nothing.
   *
   * @minItems 1
   */
  adjustments?: Adjustment[];
  verification?: Verification;
  quarantined?: Quarantine;
  /**
   * Plans whose quarantine somebody has lifted; left out: none.
   *
   * @minItems 1
   *
   * Items: SHA-256 in hexadecimal.
   */
  lifted?: string[];
  proposal?: Proposal;
}
/**
 * Who signed a commit, with a key that the operator of the reconciler trusts.
 */
export interface Signer {
  /**
   * How it is signed.
   */
  method: 'ssh' | 'openpgp';
  /**
   * E-mail address of the committer, for whom the key is trusted.
   */
  name: string;
  /**
   * Fingerprint of the key: `SHA256:` and base64 for SSH, hexadecimal for the primary key of OpenPGP.
   */
  key: string;
}
/**
 * Where a VM was last seen.
 */
export interface Placement {
  /**
   * The VM.
   */
  vm: string;
  /**
   * The host.
   */
  host: string;
}
/**
 * An approval that a plan needed.
 */
export interface Approval {
  /**
   * Approval digest of the plan: of its steps and of the fleet that it changes.
   */
  digest: string;
  /**
   * Who approved it.
   */
  by: string;
  /**
   * Where: the ChangeLimit, of the commit that `source` names, or `API`.
   */
  place: string;
  /**
   * Why, in the words of who approved; left out where nothing was said.
   */
  reason?: string;
}
/**
 * A schedule that a user has changed within bounds.
 */
export interface Adjustment {
  /**
   * The VM.
   */
  vm: string;
  /**
   * Host it ran on.
   */
  host: string;
  /**
   * The user's key.
   */
  key: string;
  stated: PeriodAndSlice;
  before: PeriodAndSlice;
  after: PeriodAndSlice;
  /**
   * When, on the clock of the host.
   */
  at: string;
}
/**
 * What VMs got before and after a change, from the counters of their hosts.
 */
export interface Verification {
  /**
   * Hashes of the plans that were carried out in between, in their order.
   *
   * @minItems 1
   *
   * Items: SHA-256 in hexadecimal.
   */
  plans: string[];
  /**
   * When the first of them began.
   */
  from: string;
  /**
   * When the last of them had ended.
   */
  until: string;
  /**
   * What the decisions expected.
   */
  predicted: {
    /**
     * Score before the first of them.
     */
    before: Score | null;
    after: Score;
  };
  changed: Throughput;
  beside: Throughput;
  elsewhere: Throughput;
  /**
   * What changed pairs and those beside were to get after it: the least that they got before, less what traffic elsewhere fell by.
   */
  expectedMbps: number;
  /**
   * What they get less than that at best.
   */
  lostMbps: number;
  /**
   * Loss that was allowed, as a share of what the changed pairs got.
   */
  margin: number;
}
/**
 * What pairs of VMs sent.
 */
export interface Throughput {
  /**
   * How many.
   */
  pairs: number;
  /**
   * In the smoothing interval before, on average.
   */
  beforeMbps: number;
  /**
   * In the smoothing interval that begins half of one after, on average.
   */
  afterMbps: number;
}
/**
 * Conditions that have changed, as `reconcile --notify` sends them: the body of one POST.
 */
export interface Notification {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * Of this notification; the same each time that its delivery is tried. Also in the header `Virtuoso-Delivery`.
   */
  id: string;
  /**
   * When the changes were seen.
   */
  at: string;
  /**
   * The newest pass of the process by then.
   */
  pass: number;
  /**
   * Commit of the documents in effect; null before the first were read.
   */
  commit: string | null;
  /**
   * What has changed, by object and type.
   *
   * @minItems 1
   */
  changes: ConditionChange[];
}
/**
 * A condition whose status or reason is another, or that has come or gone.
 */
export interface ConditionChange {
  /**
   * Which object, for example `host/host-1`.
   */
  object: string;
  /**
   * Which aspect, for example `Ready`; `docs/reference/journal.md` lists them.
   */
  type: string;
  /**
   * Its value; `Gone`: the condition is no longer told, as what was wrong is over, or the object is no more.
   */
  status: 'True' | 'False' | 'Unknown' | 'Gone';
  /**
   * One word for machines; of one that is gone the last.
   */
  reason: string;
  /**
   * For people; of one that is gone the last.
   */
  message: string;
  /**
   * When the status last changed.
   */
  since: string;
}
/**
 * Everything a pass sees beside the documents. Recorded in the journal; with the documents at their commit it replays the decision to the same bytes.
 */
export interface Observed {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * When the pass looked, milliseconds since the epoch.
   */
  nowMs: number;
  /**
   * When this reconciler began with VMs already running, milliseconds since the epoch; left out if none ran.
   */
  resumedAtMs?: number;
  /**
   * One entry for each host that has ever reported, by name.
   */
  hosts: HostStatus[];
  traffic: Traffic;
  /**
   * Where VMs were last seen, from the journal; a VM is not created anew while the host it was seen on is silent.
   */
  lastPlacement: Placement[];
  /**
   * Migrations that were carried out not long ago, in their order; as far back as any limit of the documents looks.
   */
  moves?: RecentMove[];
  /**
   * VMs that were stopped and links that were re-routed in the last hour, in their order; left out: none, or no limit asks.
   *
   * @minItems 1
   */
  changes?: RecentChange[];
  /**
   * What others have changed since the newest commit, in its order; what they changed more than twice is left to them until the next commit.
   *
   * @minItems 1
   */
  foreign?: ForeignChange[];
  back?: WayBack;
  /**
   * Decisions that are not made again for a while, the oldest first; those made from the same documents hold.
   *
   * @minItems 1
   * @maxItems 32
   */
  quarantines?: Quarantine[];
  /**
   * Links that have been down for long, or that were down whenever they were tried: no fast path is led over them. By their ends.
   */
  outages?: Outage[];
  /**
   * What Wren has learnt of the underlay between hosts, by `from`, then `to`.
   */
  paths?: PathKnowledge[];
  /**
   * Groups of paths that were seen to queue together.
   */
  bottlenecks?: SharedBottleneck[];
}
/**
 * What is known of one host.
 */
export interface HostStatus {
  /**
   * The host.
   */
  host: string;
  /**
   * Whether its agent is connected now.
   */
  connected: boolean;
  report: HostReport;
  capabilities?: Capabilities;
}
/**
 * A migration that was carried out.
 */
export interface RecentMove {
  /**
   * The VM.
   */
  vm: string;
  /**
   * Host that it left.
   */
  from: string;
  /**
   * Host that it moved to.
   */
  to: string;
  /**
   * When its pass ended, milliseconds since the epoch.
   */
  atMs: number;
}
/**
 * Something that plans have changed and that limits count.
 */
export interface RecentChange {
  /**
   * `stop`: a VM was stopped; `reroute`: a link was taken down, or paths left or joined it.
   */
  kind: 'stop' | 'reroute';
  /**
   * The VM; the link as `A--B`.
   */
  object: string;
  /**
   * When its pass ended, milliseconds since the epoch.
   */
  atMs: number;
}
/**
 * A change of the fleet that no plan had.
 */
export interface ForeignChange {
  /**
   * `vm/NAME`: it was moved; `host/NAME`: its networks, links, rules or schedules were changed.
   */
  object: string;
  /**
   * What was changed, for people.
   */
  message: string;
  /**
   * When it was noticed, milliseconds since the epoch.
   */
  atMs: number;
}
/**
 * A configuration that the fleet had before, and is to have again as far as documents allow.
 */
export interface WayBack {
  /**
   * Why it goes back.
   */
  cause: 'regression' | 'rollback';
  /**
   * `regression`: hash of the plan that is taken back, or of the first of several; `rollback`: commit of the journal's entry.
   */
  to: string;
  /**
   * For people.
   */
  reason: string;
  /**
   * Where each VM was, by name.
   */
  placement: Placement[];
  /**
   * Paths other than the star's, by source, then destination.
   */
  paths: FormerPath[];
}
/**
 * How frames travelled from one VM to another.
 */
export interface FormerPath {
  /**
   * Sending VM.
   */
  source: string;
  /**
   * Receiving VM.
   */
  destination: string;
  /**
   * Hosts in the order that frames visited them.
   *
   * @minItems 2
   *
   * Items: A lower-case DNS label.
   */
  hosts: string[];
}
/**
 * A link that cannot be counted on.
 */
export interface Outage {
  /**
   * One end, the alphabetically first.
   */
  a: string;
  /**
   * The other end.
   */
  b: string;
  /**
   * Of which type it was; a link of another type may do. Left out: whatever its type.
   */
  type?: 'udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun';
}
/**
 * A problem of VADAPT that stands alone: hosts, VMs, demands, the network between hosts, and what to strive for. `virtuoso solve` reads it.
 */
export interface PlacementProblem {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * For people.
   */
  name?: string;
  /**
   * Hosts.
   *
   * @minItems 1
   * @maxItems 100000
   */
  hosts: SolveHost[];
  /**
   * VMs.
   *
   * @maxItems 1000000
   */
  vms: SolveVm[];
  /**
   * Who wants to send how much to whom.
   *
   * @maxItems 10000000
   */
  demands?: SolveDemand[];
  /**
   * What is between hosts.
   */
  network: LinkNetwork | MatrixNetwork | ZoneNetwork;
  objective?: SolveObjective;
  /**
   * VMs that must be together, or apart.
   *
   * @maxItems 100000
   */
  groups?: SolveGroup[];
  limits?: SolveLimits;
  /**
   * With what probability every demand is to be met, where capacities and rates have deviations. Left out: means are taken for certain.
   */
  confidence?: number;
}
/**
 * A host. Compute, memory, disk and the number of VMs are not limited where they are left out. A host without a site is a site of its own.
 */
export interface SolveHost {
  /**
   * Its name.
   */
  name: string;
  /**
   * Where it is.
   */
  site?: string;
  /**
   * compute(h): processors for VMs.
   */
  computeCores?: number;
  /**
   * size(h): memory for VMs.
   */
  memoryMib?: number;
  /**
   * Disk for VMs.
   */
  diskGib?: number;
  /**
   * Most VMs.
   */
  maxGuests?: number;
  /**
   * What VMs on it can exchange with one another.
   */
  internalMbps?: number;
  /**
   * In a network of zones: the zone of each level that it is in.
   *
   * @maxItems 10
   *
   * Items: A name, unique among things of its kind.
   */
  zones?: string[];
}
/**
 * A VM.
 */
export interface SolveVm {
  /**
   * Its name.
   */
  name: string;
  /**
   * Host that it runs on; left out, it runs nowhere yet.
   */
  host?: string;
  /**
   * vm_compute(v).
   */
  computeCores?: number;
  /**
   * vm_size(v).
   */
  memoryMib?: number;
  /**
   * Disk.
   */
  diskGib?: number;
  /**
   * The only host that it may run on.
   */
  pin?: string;
  /**
   * The only sites that it may run at.
   *
   * @minItems 1
   *
   * Items: A name, unique among things of its kind.
   */
  sites?: string[];
  /**
   * The only hosts that it may run on.
   *
   * @minItems 1
   *
   * Items: A name, unique among things of its kind.
   */
  hosts?: string[];
  /**
   * migrate(): what has to be carried while it runs. Left out, a migration takes no time.
   */
  migration?: {
    /**
     * Memory, and disk that is not shared.
     */
    stateMib: number;
    /**
     * Rate at which it changes meanwhile.
     */
    dirtyMbps?: number;
    /**
     * Longest that it may take. Left out, as long as it ends: where no path is wide enough for what changes, the VM cannot move.
     */
    maxSeconds?: number;
  };
}
/**
 * A_i of the seed, in one direction.
 */
export interface SolveDemand {
  /**
   * The VM that sends.
   */
  from: string;
  /**
   * The VM that receives.
   */
  to: string;
  /**
   * b_i.
   */
  rateMbps: number;
  /**
   * Its standard deviation.
   */
  deviationMbps?: number;
  /**
   * l_i: longest latency of its path.
   */
  maxLatencyMs?: number;
}
/**
 * Overlay links that are possible, each in one direction.
 */
export interface LinkNetwork {
  /**
   * Bottlenecks that several links share.
   */
  shared?: SolveShared[];
  /**
   * Links. Where there is none, no link is possible in that direction.
   */
  links: SolveLink[];
  /**
   * The Proxy: links to and from it are always there, and cost nothing.
   */
  star?: string;
}
/**
 * A bottleneck that links share: an interface, a WAN trunk.
 */
export interface SolveShared {
  /**
   * Its name.
   */
  name: string;
  /**
   * What it carries.
   */
  capacityMbps: number;
  /**
   * Standard deviation; 0 for one that is reserved.
   */
  deviationMbps?: number;
}
/**
 * A link in one direction. It has a capacity of its own, goes through shared bottlenecks, or both.
 */
export interface SolveLink {
  /**
   * The host that sends.
   */
  from: string;
  /**
   * The host that receives.
   */
  to: string;
  /**
   * bw_e, of its own.
   */
  capacityMbps?: number;
  /**
   * Standard deviation of its own capacity.
   */
  deviationMbps?: number;
  /**
   * Shared bottlenecks on its way.
   *
   * @minItems 1
   * @maxItems 100
   *
   * Items: A name, unique among things of its kind.
   */
  through?: string[];
  /**
   * lat_e.
   */
  latencyMs?: number;
  /**
   * Its capacity is reserved.
   */
  isReserved?: boolean;
}
/**
 * Every host reaches every other, and no capacity binds.
 */
export interface MatrixNetwork {
  /**
   * By sender, then receiver, in the order of hosts.
   *
   * @maxItems 5000
   */
  latencyMs: number[][];
}
/**
 * Every host reaches every other, no capacity binds, and latency is told by the smallest zone that holds both.
 */
export interface ZoneNetwork {
  /**
   * From the smallest zones outwards.
   *
   * @minItems 1
   * @maxItems 10
   *
   * Items: A level of zones, as racks or rooms.
   */
  levels: {
    /**
     * Its name.
     */
    name: string;
    /**
     * Between two hosts of one zone of this level.
     */
    latencyMs: number;
  }[];
  /**
   * Latency between hosts that share no zone.
   */
  beyondMs: number;
}
/**
 * As in an [Objective](objective.md).
 */
export interface SolveObjective {
  /**
   * Level that values of edges are aggregated to.
   */
  level: 'path' | 'edge';
  /**
   * What to do with the value.
   */
  goal: 'maximise' | 'minimise';
  /**
   * Over the terms of objectives.
   */
  expression?: string;
  /**
   * What decides between configurations that are equally good so far.
   *
   * @maxItems 4
   *
   * Items: One tie-break.
   */
  tieBreaks?: {
    /**
     * What to do with the value.
     */
    goal: 'maximise' | 'minimise';
    /**
     * Over the terms of objectives.
     */
    expression: string;
  }[];
}
/**
 * VMs that belong together, or must not share a fate.
 */
export interface SolveGroup {
  /**
   * For messages.
   */
  name: string;
  /**
   * `together`: all in one place; `apart`: no two in one.
   */
  kind: 'together' | 'apart';
  /**
   * The place.
   */
  within?: 'host' | 'site';
  /**
   * Its members.
   *
   * @minItems 2
   *
   * Items: A name, unique among things of its kind.
   */
  vms: string[];
}
/**
 * What is left out is not limited.
 */
export interface SolveLimits {
  /**
   * Most VMs that leave the host they run on.
   */
  moves?: number;
  /**
   * Longest that all migrations take together.
   */
  migrationSeconds?: number;
  /**
   * Most that they carry together.
   */
  migrationMib?: number;
  /**
   * Constraint c of the seed on links beside the star; exactly one form.
   */
  fastPathLinks?: {
    /**
     * Most links, both directions counted as one.
     */
    count?: number;
    /**
     * Largest share of all demand on them.
     */
    intensityShare?: number;
    /**
     * Most demand on them, in all.
     */
    bandwidthMbps?: number;
  };
}
/**
 * `Subscribe`: asks for the stream of measurements.
 */
export interface SubscribeRequest {
  /**
   * Which measurements. Default: all.
   *
   * @maxItems 2
   *
   * Items: `demands`: what VTTIF infers of applications; `paths`: what Wren infers of the underlay.
   */
  kinds?: ('demands' | 'paths')[];
  /**
   * The subscription ends after this time without a `Poll`. Default: 60000.
   */
  lifetimeMs?: number;
}
/**
 * The subscription.
 */
export interface SubscribeReply {
  /**
   * To be given with each `Poll`.
   */
  subscription: string;
  /**
   * When it ends unless it is polled before, milliseconds since the epoch.
   */
  expiresAtMs: number;
}
/**
 * `Poll`: takes the measurements that have come since the last time, and lengthens the subscription's life. The first one is told what is known now.
 */
export interface PollRequest {
  /**
   * The subscription.
   */
  subscription: string;
  /**
   * At most so many; further ones stay for the next time. Default: 10.
   */
  limit?: number;
}
/**
 * What has come.
 */
export interface PollReply {
  /**
   * In the order in which they were made.
   */
  measurements: Measurement[];
  /**
   * Older measurements that are no longer kept, because they were not polled for in time. Each measurement says all that is known of its kind, so that nothing but history is lost.
   */
  missed: number;
  /**
   * Whether further ones wait already.
   */
  more: boolean;
  /**
   * When the subscription ends unless it is polled before, milliseconds since the epoch.
   */
  expiresAtMs: number;
}
/**
 * One measurement: one of `demands` and `paths`, as `kind` says.
 */
export interface Measurement {
  /**
   * What was measured.
   */
  kind: 'demands' | 'paths';
  /**
   * Names the measurement, on `GET /v1/stream/inference`, too.
   */
  id: string;
  /**
   * When, milliseconds since the epoch.
   */
  atMs: number;
  demands?: DemandList;
  paths?: PathList;
}
/**
 * `Unsubscribe`: ends a subscription.
 */
export interface UnsubscribeRequest {
  /**
   * The subscription.
   */
  subscription: string;
}
/**
 * It has ended.
 */
export interface UnsubscribeReply {
  /**
   * Tag.
   */
  status: 'ended';
}
/**
 * Reply of `GetBottlenecks`.
 */
export interface BottleneckList {
  /**
   * Groups of paths that were seen to queue together.
   */
  bottlenecks: SharedBottleneck[];
}
/**
 * The detail of a SOAP fault that the body of a request caused.
 */
export interface RequestFault {
  /**
   * For machines.
   */
  kind:
    | 'malformed'
    | 'too-large'
    | 'media-type'
    | 'unknown-operation'
    | 'unknown-action'
    | 'unknown-subscription'
    | 'too-many-subscriptions'
    | 'internal';
  /**
   * For people: what is wrong and what to do.
   */
  message: string;
}
/**
 * A configuration within all constraints. The same problem, seed, iterations and algorithm give the same, apart from `time`.
 */
export interface Solved {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * That it is one.
   */
  kind: 'solution';
  /**
   * The problem's own.
   */
  name?: string;
  /**
   * What found it.
   */
  algorithm: string;
  /**
   * Seed of the search.
   */
  seed: number;
  /**
   * Changes that could be tried.
   */
  iterations: number;
  /**
   * Changes that were tried.
   */
  tried: number;
  /**
   * VMs, in the order of the problem.
   */
  mapping: Placed[];
  /**
   * Paths of the demands, in the order of the problem.
   */
  paths: SolvedPath[];
  /**
   * Demand that paths do not carry.
   */
  unmetMbps: number;
  /**
   * The objective, then its tie-breaks.
   */
  objective: RankValue[];
  before?: Before;
  bound: SolvedBound;
  /**
   * What the objective lacks of its bound, as a share of the greater of the two; null where there is no bound, or more is unmet than the bound says.
   */
  gap: number | null;
  /**
   * Nothing is better, or only by rounding.
   */
  isProved: boolean;
  /**
   * How long it took; not there with `--no-time`.
   */
  time?: {
    /**
     * From the problem read to the configuration found.
     */
    ms: number;
  };
}
/**
 * Where a VM runs.
 */
export interface Placed {
  /**
   * The VM.
   */
  vm: string;
  /**
   * Its host.
   */
  host: string;
  /**
   * The host it leaves, if it runs on another.
   */
  from?: string;
}
/**
 * The path of a demand.
 */
export interface SolvedPath {
  /**
   * The VM that sends.
   */
  from: string;
  /**
   * The VM that receives.
   */
  to: string;
  /**
   * Hosts that frames visit; one for VMs that run together.
   */
  hosts: string[];
}
/**
 * The value of the objective, or of a tie-break.
 */
export interface RankValue {
  /**
   * What to do with the value.
   */
  goal: 'maximise' | 'minimise';
  /**
   * As written, or what the level means.
   */
  expression: string;
  /**
   * Unit of the value.
   */
  unit: string;
  /**
   * What it is worth.
   */
  value: number;
  /**
   * What is added up to it.
   */
  terms: TermValue[];
}
/**
 * One addend of an expression, with its sign.
 */
export interface TermValue {
  /**
   * As written.
   */
  expression: string;
  /**
   * What it adds.
   */
  value: number;
}
/**
 * What there would be if every VM stayed where it runs and only paths were chosen; there if all run somewhere, and may.
 */
export interface Before {
  /**
   * Demand that paths would not carry.
   */
  unmetMbps: number;
  /**
   * Values of the objective and its tie-breaks.
   */
  values: number[];
}
/**
 * What no configuration can be better than.
 */
export interface SolvedBound {
  /**
   * At least so much stays unmet.
   */
  unmetMbps: number;
  /**
   * Of the objective; null where nothing is known.
   */
  value: number | null;
}
/**
 * That no mapping satisfies the constraints, and which of them.
 */
export interface Infeasibility {
  /**
   * Version of this format.
   */
  format_version: '1';
  /**
   * That it is.
   */
  kind: 'infeasible';
  /**
   * The problem's own.
   */
  name?: string;
  /**
   * For people.
   */
  message: string;
  /**
   * VMs that cannot all be placed; none where it is not known which.
   */
  vms: string[];
  /**
   * What stands in their way; none where it is not known.
   */
  constraints: ConstraintInTheWay[];
  /**
   * Without any one of these VMs or constraints, there would be a mapping.
   */
  isMinimal: boolean;
}
/**
 * A constraint of the problem.
 */
export interface ConstraintInTheWay {
  /**
   * What it is: what a host has, the hosts that a VM may run on, a group, how long a VM's migration may take, or a limit of all migrations together.
   */
  kind: 'host' | 'allowed-hosts' | 'group' | 'longest-migration' | 'moves' | 'migration-seconds' | 'migration-mib';
  /**
   * The host.
   */
  host?: string;
  /**
   * What of the host.
   */
  of?: 'compute' | 'memory' | 'disk' | 'guests' | 'processors';
  /**
   * The VM.
   */
  vm?: string;
  /**
   * The group.
   */
  group?: string;
}
/**
 * How the fleet is observed and re-decided. At most one in a repository.
 */
export interface Adaptation {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'Adaptation';
  metadata: Metadata;
  /**
   * Parameters; each has a default.
   */
  spec: {
    /**
     * Plan and record, but change nothing by itself; `virtuoso apply` still works.
     */
    suspend?: boolean;
    /**
     * What becomes of VMs that run and that no document wants any more. `on`: they are stopped, within the ChangeLimits; `confirm`: once an approval of a ChangeLimit names them, and until then they run on where they are; `off`: they run on.
     */
    prune?: 'off' | 'confirm' | 'on';
    /**
     * Time between passes when nothing else asks for one.
     */
    interval?: string;
    /**
     * A link on which the peer was not heard for this long is down, and its frames fall back to the star; 100 ms to 60 s. Also the measure of how long a link has to be down before paths are led around it.
     */
    keepAlive?: string;
    /**
     * Passes at set times besides the interval.
     */
    windows?: {
      /**
       * When to run a pass, in five or six cron fields.
       */
      cron: string;
      /**
       * IANA time zone of the fields.
       */
      timeZone?: string;
    };
    /**
     * When plans may be carried out; left out: at any time. Outside of all of them plans are made and recorded, and wait for the next one to open.
     *
     * @minItems 1
     * @maxItems 32
     *
     * Items: One window, which opens again and again.
     */
    applyWindows?: {
      /**
       * When it opens, in five or six cron fields.
       */
      cron: string;
      /**
       * IANA time zone of the fields.
       */
      timeZone?: string;
      /**
       * How long it stays open, as time that passes; 1 min to 7 days.
       */
      duration: string;
    }[];
    /**
     * Times during which no plan is carried out, whatever windows are open.
     *
     * @minItems 1
     * @maxItems 64
     *
     * Items: One such time.
     */
    freezes?: {
      /**
       * When it begins, for example `2026-12-23T17:00:00+01:00`.
       */
      from: string;
      /**
       * When it ends.
       */
      until: string;
      /**
       * Why, for whoever reads the condition.
       */
      reason?: string;
    }[];
    /**
     * After each change of mapping or paths, what VMs get is measured and compared with what they got before. What has made it worse is taken back, and not decided again for a while.
     */
    verify?: {
      /**
       * Loss, as a share of what the changed pairs of VMs got before, from which on a change is taken back; 1: none ever is.
       */
      margin?: number;
      /**
       * For this long what was taken back stays as it is, unless documents change or an operator lifts it; 0 s to 24 h.
       */
      quarantine?: string;
    };
    /**
     * Inference of the application topology from traffic.
     */
    vttif?: {
      /**
       * Time between two readings of the counters on a host.
       */
      samplingInterval?: string;
      /**
       * Sliding window over which traffic is averaged, and how long a change must persist. Raised to what VNET needs to change topology when shorter.
       */
      smoothingInterval?: string;
      /**
       * Entries below this share of the largest are not part of the topology.
       */
      pruneThreshold?: number;
      /**
       * Relative change of the smoothed matrix from which on the application is said to have changed.
       */
      detectionThreshold?: number;
      /**
       * After a declared change, no further one is declared for this long.
       */
      settle?: string;
    };
    /**
     * The search.
     */
    vadapt?: {
      /**
       * `engine`: several searches, the best of what they find. The others are for comparison: `greedy-pairs` and `greedy-order` are the two greedy mappings of the seed, `annealing` is the seed's own from the better of both, `genetic` breeds mappings.
       */
      algorithm?: 'engine' | 'greedy-pairs' | 'greedy-order' | 'annealing' | 'genetic';
      /**
       * Changes that one search tries; a pass searches once for each way to change the fleet.
       */
      iterations?: number;
      /**
       * Seed of the search; the same inputs and seed give the same plan.
       */
      seed?: number;
      /**
       * Smallest relative improvement worth a change.
       */
      minimumGain?: number;
      /**
       * With what probability each demand is to be met, where rates and capacities have deviations. Left out: means are taken for certain.
       */
      confidence?: number;
      /**
       * Time over which a gain has to outweigh its migrations: what VMs exchange counts as lost while they migrate. 1 s to 24 h.
       */
      payback?: string;
      /**
       * For this long after a migration a VM stays where it is, unless it has to leave; 0 s to 24 h.
       */
      cooldown?: string;
      /**
       * VMs that go back to a host that they left not long ago.
       */
      returns?: {
        /**
         * Going back within this time is a return; 0 s to 24 h.
         */
        window?: string;
        /**
         * How many times the minimum gain returns have to bring.
         */
        gainFactor?: number;
        /**
         * After so many returns within the window a VM is held where it is, unless it has to leave, and has the condition `Degraded`.
         */
        most?: number;
      };
    };
  };
}
/**
 * Who the document is.
 */
export interface Metadata {
  /**
   * Unique among documents of its kind.
   */
  name: string;
  /**
   * Free key-value pairs for people and tools.
   */
  labels?: {
    [k: string]: string | undefined;
  };
  /**
   * Free notes. `virtuoso.dev/requestedAt` (RFC 3339) on any document asks for a pass now. `virtuoso.dev/reconcile: disabled` on a Host, Site, VirtualNetwork or VMSet has the reconciler leave it as it is.
   */
  annotations?: {
    [k: string]: string | undefined;
  };
}
/**
 * A policy: what documents, or plans, have to be like, as expressions in CEL, with tests of its own.
 */
export interface AdmissionRule {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'AdmissionRule';
  metadata: Metadata;
  /**
   * The policy.
   */
  spec: {
    /**
     * What is judged: `documents`, or `plans`.
     */
    match: {
      /**
       * Each document of these kinds. Expressions know `object`, the document as it is written, without defaults; `documents`, all of them, as lists by kind; and `now`.
       */
      documents?: {
        /**
         * Kinds of documents.
         *
         * @minItems 1
         * @maxItems 32
         *
         * Items: The name of a kind, for example `VMSet`.
         */
        kinds: string[];
      };
      /**
       * Each plan. Expressions know `plan`, as `virtuoso plan -o json` prints it; `moves`, those of its changes that move a VM; `documents`, as lists by kind; and `now`.
       */
      plans?: {};
    };
    /**
     * What follows where a validation is not true. `deny`: the documents, or the plan, are refused; `warn`: it is told; `audit`: it is told to whoever asks for it.
     */
    action: 'deny' | 'warn' | 'audit';
    /**
     * What has to be true. Each that is not is told by itself.
     *
     * @minItems 1
     * @maxItems 16
     *
     * Items: One statement.
     */
    validations: {
      /**
       * An expression in CEL that is `true` where all is well, for example `has(object.spec.placement)`. Numbers of documents and plans are of type `double`.
       */
      expression: string;
      /**
       * What is wrong, and what to do, where the expression is not true.
       */
      message: string;
      /**
       * An expression in CEL that gives a text to put in place of `message`, which stands where this fails.
       */
      messageExpression?: string;
      /**
       * The field of the document to point at, for example `spec.placement`; its name when left out.
       */
      fieldPath?: string;
    }[];
    /**
     * What the rule does not hold for, for a while.
     *
     * @maxItems 1000
     *
     * Items: One exemption.
     */
    exemptions?: {
      /**
       * The document, as `VMSet/web`; of rules for plans `Plan`.
       */
      object: string;
      /**
       * When it ends (RFC 3339), for example `2027-01-31T00:00:00Z`. From then on it counts no more, and a warning tells so.
       */
      until: string;
      /**
       * Why, for whoever reads it later.
       */
      reason: string;
    }[];
    /**
     * What the rule shall say of examples: `virtuoso policy test` holds it to that.
     *
     * @minItems 1
     * @maxItems 100
     *
     * Items: One example: `document`, or `plan` of rules for plans. Exemptions do not count in tests.
     */
    tests: {
      /**
       * What it shows.
       */
      name: string;
      /**
       * A document, or as much of it as matters. The first kind of `match`, the name `example` and an empty `spec` stand where it says nothing.
       */
      document?: {
        [k: string]: unknown | undefined;
      };
      /**
       * A plan, or as much of it as matters. Lists that it leaves out are empty, and its verdict is `keep`.
       */
      plan?: {
        [k: string]: unknown | undefined;
      };
      /**
       * What is in `documents`, beside `document`.
       *
       * @maxItems 100
       *
       * Items: A document with its `kind`, or as much of it as matters.
       */
      documents?: {
        [k: string]: unknown | undefined;
      }[];
      /**
       * What `now` is (RFC 3339); 2026-01-01T00:00:00Z when left out.
       */
      at?: string;
      /**
       * `allow`: every validation is true; `deny`: one is not, whatever the action.
       */
      expect: 'allow' | 'deny';
    }[];
  };
}
/**
 * How much one pass, or one hour, may change before a plan is refused. All limits in a repository apply.
 */
export interface ChangeLimit {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'ChangeLimit';
  metadata: Metadata;
  /**
   * Limits; those left out do not limit.
   */
  spec: {
    /**
     * Largest share of running VMs that one pass may move.
     */
    maxMovedShare?: number;
    /**
     * Largest share of running VMs that one pass may stop. Without any ChangeLimit 0.5 holds.
     */
    maxDeletedShare?: number;
    /**
     * Largest share of overlay links that one pass may take down, or that paths of VMs may leave or join in it. Links that it sets up do not count.
     */
    maxReroutedShare?: number;
    /**
     * Largest share of running VMs that may move in any hour; a VM that moves twice counts once.
     */
    maxMovedSharePerHour?: number;
    /**
     * Largest share of VMs that may be stopped in any hour, of those that run and those that were stopped in it.
     */
    maxDeletedSharePerHour?: number;
    /**
     * Largest share of overlay links that may be re-routed in any hour, as `maxReroutedShare` counts them; a link counts once.
     */
    maxReroutedSharePerHour?: number;
    /**
     * Most migrations in one pass.
     */
    maxMoves?: number;
    /**
     * Most migrations in any hour.
     */
    maxMovesPerHour?: number;
    /**
     * Most migrations of one VM in any hour.
     */
    maxMovesOfVmPerHour?: number;
    /**
     * What becomes of a plan above a limit of this document. `refuse`: nothing; `approval`: it waits until somebody approves it, in `approvals` or with `virtuoso approve`.
     */
    whenExceeded?: 'refuse' | 'approval';
    /**
     * What somebody has approved: a plan above a limit that needs approval, or removals where `prune` is `confirm`. It counts in any ChangeLimit.
     *
     * @maxItems 100
     *
     * Items: One approval, of a `plan` or of removals (`remove`).
     */
    approvals?: {
      /**
       * Approval digest of the plan, as its condition names it. It stands for these steps on the fleet as it is: any other plan needs an approval of its own.
       */
      plan?: string;
      /**
       * Of a plan: when the approval ends (RFC 3339), for example `2027-01-31T00:00:00Z`.
       */
      until?: string;
      /**
       * VMs that no document wants any more and that may be removed.
       *
       * @minItems 1
       * @maxItems 1000
       *
       * Items: A lower-case DNS label: letters, digits, hyphens, at most 63 characters.
       */
      remove?: string[];
      /**
       * Who approves.
       */
      by: string;
      /**
       * Why, for whoever reads it later.
       */
      reason?: string;
    }[];
    /**
     * Whether documents may want no VM at all where those before them wanted some. It is enough if one ChangeLimit allows it.
     */
    allowEmpty?: boolean;
  };
}
/**
 * A file in the folder of images of whichever host a VM starts on.
 */
export interface Image {
  /**
   * Its name, without a folder.
   */
  file: string;
  /**
   * SHA-256 of its content, as `sha256sum` prints it: a file with another one is not used.
   */
  digest: string;
}
/**
 * How overlay links cross a path of the underlay.
 */
export interface LinkCarriage {
  /**
   * `udp` is VXLAN in the kernel and the fastest; `tcp`, `tls` (1.3, keys pinned), `ssh` (through the far host's SSH server) and `http` (a WebSocket) are for sites that let nothing else through; `wireguard` encrypts VXLAN; `stun` is VXLAN between hosts behind NATs.
   */
  type: 'udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun';
  /**
   * Port that the listening end listens on; 7444 for `tcp`, 7445 for `tls`, 7446 for `http`, 51820 for `wireguard`, 3479 for `stun` when left out. `udp` and `ssh` have none.
   */
  port?: number;
  /**
   * Site whose hosts listen, where a firewall lets connections through in one direction only; of two hosts the one with the smaller name when left out.
   */
  listen?: string;
  /**
   * Of `http`.
   */
  http?: {
    /**
     * Over TLS 1.3 with pinned keys.
     */
    secure?: boolean;
    /**
     * Path of the request.
     */
    path?: string;
    /**
     * Address and port of an HTTP proxy that the connecting end asks to CONNECT.
     */
    proxy?: string;
  };
  /**
   * Of `stun`: address and port of a STUN server that both hosts reach.
   */
  stun?: string;
}
/**
 * Sites at one end of links, and what their hosts may open. `{}` is any site.
 */
export interface LinkPolicyEnd {
  /**
   * This Site.
   */
  site?: string;
  /**
   * Sites with all these labels in their metadata.
   */
  labels?: {
    [k: string]: string | undefined;
  };
  /**
   * Whether its hosts may open connections to the other end. Both ends of `udp`, `wireguard` and `stun` send unasked: such links need both to be open.
   */
  opens?: boolean;
  /**
   * Ports of the other end that its hosts may open connections to, or send to; any when left out. Where the path states none, the first of them is taken in place of the type's own.
   *
   * @minItems 1
   * @maxItems 64
   *
   * Items: A port of the other end.
   */
  ports?: number[];
}
/**
 * What adaptation may cost. At most one in a repository.
 */
export interface CostConstraint {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'CostConstraint';
  metadata: Metadata;
  /**
   * The constraint; with none of the three forms, links are not limited.
   */
  spec: {
    /**
     * Constraint c of the seed on links beside the star; exactly one form.
     */
    fastPathLinks?: {
      /**
       * Most fast-path links, both directions counted as one.
       */
      count?: number;
      /**
       * Largest share of the total inferred traffic that may use fast-path links.
       */
      intensityShare?: number;
      /**
       * Most traffic that may use fast-path links, in all.
       */
      bandwidth?: string;
    };
    /**
     * What the migrations of one pass may take together, where VMs state what theirs carry.
     */
    migrations?: {
      /**
       * Time, one after the other.
       */
      time?: string;
      /**
       * State that is copied.
       */
      data?: string;
    };
  };
}
/**
 * A physical machine that runs an agent and can hold VMs.
 */
export interface Host {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'Host';
  metadata: Metadata;
  /**
   * The host.
   */
  spec: {
    /**
     * The Site it stands in.
     */
    site: string;
    /**
     * Its underlay interfaces; the first on a Network that the peer shares carries a link.
     *
     * @minItems 1
     * @maxItems 64
     *
     * Items: One underlay interface.
     */
    interfaces: {
      /**
       * Device name on the host, for example `eth0`.
       */
      name: string;
      /**
       * The Network it is on.
       */
      network: string;
      /**
       * Its address on that Network.
       */
      address: string;
      /**
       * What the interface carries in each direction; unlimited when left out.
       */
      bandwidth?: string;
    }[];
    /**
     * Processor capacity, compute(h) of the seed.
     */
    compute: string | number;
    /**
     * Processors that VMs are scheduled on; the whole cores of `compute` when left out.
     */
    processors?: number;
    /**
     * Memory for VMs, size(h) of the seed.
     */
    memory: string;
    /**
     * Disk for VMs; not limited when left out.
     */
    disk?: string;
    /**
     * Share of compute, and of each processor, kept for ordinary processes; VMs get the rest.
     */
    reservedShare?: number;
    /**
     * What co-located VMs can exchange through the host in all.
     */
    internalBandwidth?: string;
    /**
     * Most VMs the host may hold; unlimited when left out.
     */
    maxGuests?: number;
    /**
     * The agent's public key: SHA-256 of its SubjectPublicKeyInfo, base64. `virtuoso agent key` prints it. A host without one cannot connect.
     */
    agentKey?: string;
    /**
     * Who may schedule processes on this host, and whose; nobody when left out.
     *
     * @minItems 1
     * @maxItems 1000
     *
     * Items: Whose processes a key may schedule.
     */
    operators?: {
      /**
       * The operator's public key: SHA-256 of its SubjectPublicKeyInfo, base64.
       */
      key: string;
      /**
       * Login name on the host: processes of this user.
       */
      user: string;
    }[];
    /**
     * Its SSH server, for links of type `ssh`. Agents log in with a key of their own, never with a password.
     */
    ssh?: {
      /**
       * Login name; needs no more than forwarding to a socket.
       */
      user: string;
      /**
       * TCP port.
       */
      port?: number;
      /**
       * Public key of the server, as in its `.pub` file without the comment.
       */
      hostKey: string;
    };
  };
}
/**
 * Which overlay links may be between two sites, or within one, and of which types. Of several policies that speak of a pair of sites one decides, wholly: the most specific.
 */
export interface LinkPolicy {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'LinkPolicy';
  metadata: Metadata;
  /**
   * Of which sites it speaks, and what may be there. Either `between` or `within` is stated.
   */
  spec: {
    /**
     * Pairs of two different sites, one at each end, in either order. A policy of named sites decides before one of labels, and that before one of any site; the more specific of its two ends counts first.
     *
     * @minItems 2
     * @maxItems 2
     */
    between?: LinkPolicyEnd[];
    within?: LinkPolicyEnd;
    /**
     * Of policies that are as specific as each other, the one with the larger number decides.
     */
    priority?: number;
    /**
     * `forbidden`: no link at all; frames go round over other sites where there is a way.
     */
    links?: 'permitted' | 'forbidden';
    /**
     * The only types that links may have; any when left out.
     *
     * @minItems 1
     * @maxItems 7
     *
     * Items: A type of link.
     */
    allowed?: ('udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun')[];
    /**
     * Types to choose from first, in this order. Other permitted types come after: `udp`, `wireguard`, `tls`, `tcp`, `http`, `ssh`. A path that states its `link` has no other.
     *
     * @minItems 1
     * @maxItems 7
     *
     * Items: A type of link.
     */
    preferred?: ('udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun')[];
    /**
     * Types that no link may have; none when left out.
     *
     * @minItems 1
     * @maxItems 7
     *
     * Items: A type of link.
     */
    forbidden?: ('udp' | 'tcp' | 'tls' | 'ssh' | 'http' | 'wireguard' | 'stun')[];
    /**
     * `required`: only types that encrypt frames: `wireguard`, `tls`, `ssh`, and `http` over TLS.
     */
    encryption?: 'required' | 'optional';
    /**
     * Why, for people; told with every refusal.
     */
    reason?: string;
  };
}
/**
 * An underlay network that joins hosts, and the capacities its paths share.
 */
export interface Network {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'Network';
  metadata: Metadata;
  /**
   * The underlay.
   */
  spec: {
    /**
     * Paths between two hosts of the same site.
     *
     * @maxItems 1000
     *
     * Items: Paths inside one site.
     */
    within?: {
      /**
       * The Site.
       */
      site: string;
      /**
       * Nominal capacity of a path between two of its hosts, in each direction; interfaces alone limit it when left out.
       */
      bandwidth?: string;
      /**
       * Nominal one-way latency. Of configurations that are equal otherwise, the one with less latency is chosen; emulated links take it into account.
       */
      latency?: string;
      link?: LinkCarriage;
    }[];
    /**
     * Paths between sites; every path between the two sites shares the capacity. Sites without an entry cannot reach one another on this Network.
     *
     * @maxItems 10000
     *
     * Items: A trunk that all paths between two sites share.
     */
    between?: {
      /**
       * The two sites.
       *
       * @minItems 2
       * @maxItems 2
       *
       * Items: A Site.
       */
      sites: string[];
      /**
       * Nominal capacity in each direction, shared by every path between the two; what is measured counts when left out.
       */
      bandwidth?: string;
      /**
       * Nominal one-way latency. Of configurations that are equal otherwise, the one with less latency is chosen; emulated links take it into account.
       */
      latency?: string;
      link?: LinkCarriage;
    }[];
  };
}
/**
 * What the adaptation strives for, after all demands that can be met are met. At most one in a repository.
 */
export interface Objective {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'Objective';
  metadata: Metadata;
  /**
   * The objective.
   */
  spec: {
    /**
     * Level that values of edges are aggregated to. Without `expression`: at `path`, `sum(bottleneck)`, the sum over demands of the residual bottleneck of their paths (eq. 2 of the seed); at `edge`, `sum(residual)`, the sum over used links of their residual capacity.
     */
    level: 'path' | 'edge';
    /**
     * `maximise` leaves room for the application to grow; `minimise` leaves room for others. With `expression`: what to do with its value.
     */
    goal: 'maximise' | 'minimise';
    /**
     * What is maximised or minimised: an expression over terms of edges, paths, hosts, VMs and the configuration, for example `sum(bottleneck) - 0.1Mbps / 1ms * sum(pathLatency)`.
     */
    expression?: string;
    /**
     * What decides between configurations that are equally good so far, in this order.
     *
     * @maxItems 4
     *
     * Items: One tie-break.
     */
    tieBreaks?: {
      /**
       * What to do with the value of the expression.
       */
      goal: 'maximise' | 'minimise';
      /**
       * An expression like that of the objective, at the same level.
       */
      expression: string;
    }[];
  };
}
/**
 * A place with hosts under one management: a LAN, a rack, a provider.
 */
export interface Site {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'Site';
  metadata: Metadata;
  /**
   * The site.
   */
  spec: {
    /**
     * For people.
     */
    description?: string;
  };
}
/**
 * A layer-2 network for VMs: it looks like one LAN wherever they run.
 */
export interface VirtualNetwork {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'VirtualNetwork';
  metadata: Metadata;
  /**
   * The virtual network.
   */
  spec: {
    /**
     * Network identifier in frames on links; unique in the fleet.
     */
    vni: number;
    /**
     * The Host in the middle of the star backbone, on the user's LAN.
     */
    proxy: string;
    /**
     * Largest packet a guest may send, in bytes. 50 less than the underlay carries leaves room for VXLAN.
     */
    mtu?: number;
    /**
     * First three bytes of addresses made for VMs that state none; locally administered.
     */
    macPrefix?: string;
    /**
     * The user's LAN that the network is bridged to, at the Proxy. VMs then look as if they were on it.
     */
    lan?: {
      /**
       * Device of the Proxy's host on the LAN, without an address of its own. Virtuoso takes over its frames.
       */
      interface: string;
    };
  };
}
/**
 * A set of VMs that belong together.
 */
export interface VMSet {
  /**
   * Version of this schema.
   */
  apiVersion: 'virtuoso.dev/v1alpha1';
  /**
   * What the document is.
   */
  kind: 'VMSet';
  metadata: Metadata;
  /**
   * The VMs.
   */
  spec: {
    /**
     * The VirtualNetwork their interfaces are on.
     */
    network: string;
    /**
     * What a VM is made of. `netns`: a Linux network namespace with its processes. `qemu`: a machine of its own, which QEMU runs, as `machine` says. Emulated hosts model every driver.
     */
    driver?: 'netns' | 'qemu';
    /**
     * Of `qemu`: what machine each VM is. It has an interface on the network, a serial console, a screen and a CD drive.
     */
    machine?: {
      /**
       * Processors; left out: the whole number that `compute` needs.
       */
      vcpus?: number;
      /**
       * Disks in their order. The machine boots from the first, unless it has `boot`.
       *
       * @minItems 1
       * @maxItems 16
       *
       * Items: One disk: an image with what the VM writes kept beside it, or without `image` an empty one.
       */
      disks?: {
        image?: Image;
        /**
         * Format of the image; `qcow2` when left out.
         */
        format?: 'qcow2' | 'raw';
        /**
         * Size; that of the image when left out.
         */
        size?: string;
      }[];
      /**
       * A Linux kernel that is booted without a boot loader; left out: the first disk, or the CD.
       */
      boot?: {
        kernel: Image;
        initramfs?: Image;
        /**
         * Its parameters; `ip=` follows for a member with an `address`.
         */
        commandLine?: string;
      };
      /**
       * What cloud-init finds inside the VM (data source NoCloud): the host name of each member, its address, and this.
       */
      cloudInit?: {
        /**
         * The file `user-data`, such as `#cloud-config` and what follows it.
         */
        userData: string;
        /**
         * The file `network-config`; left out: the address of the member, or DHCP.
         */
        networkConfig?: string;
      };
      cdrom?: Image;
    };
    /**
     * Processor capacity each VM needs, vm_compute(v) of the seed.
     */
    compute: string | number;
    /**
     * Memory each VM needs, vm_size(v) of the seed.
     */
    memory: string;
    /**
     * Disk each VM needs on hosts that state theirs; none when left out.
     */
    disk?: string;
    /**
     * What a migration of a VM has to carry: migrate() of the seed. Left out, as `netns` copies nothing, it takes no time.
     */
    migration?: {
      /**
       * Memory, and disk that hosts do not share.
       */
      state: string;
      /**
       * Rate at which it changes meanwhile; 0 when left out.
       */
      dirtyRate?: string;
      /**
       * A VM does not move where this takes longer.
       */
      longest?: string;
    };
    /**
     * Processor time that VSched guarantees to each VM: a slice in every period, on hosts that keep schedules. Left out, VMs are ordinary processes.
     */
    schedule?: {
      /**
       * What other fields are when left out. `batch`: a period of 1 s, work-conserving. `interactive`: 10 ms, work-conserving. `batch-parallel`: 50 ms, strict, in lock step.
       */
      class: 'batch' | 'interactive' | 'batch-parallel';
      /**
       * Time in which a VM gets its slice once, from 200 us to 31 days.
       */
      period?: string;
      /**
       * Processor time in each period, at least 20 us; instead of `utilisation`.
       */
      slice?: string;
      /**
       * The slice as a share of the period. Without it and without a slice: `compute`, divided by `gang`.
       */
      utilisation?: number;
      /**
       * When its slice is used up, a VM is stopped until its next period (`strict`), or is an ordinary process until then.
       */
      mode?: 'strict' | 'work-conserving';
      /**
       * Threads of each VM that get the slice side by side, each on a processor of its own.
       */
      gang?: number;
      /**
       * Periods of all VMs of the set, on whichever hosts, begin at the same instants: multiples of the period since the epoch.
       */
      lockStep?: boolean;
      /**
       * Who may change period and slice at once, and within which bounds; nobody when left out.
       *
       * @minItems 1
       * @maxItems 100
       *
       * Items: One person's bounds.
       */
      adjustableBy?: {
        /**
         * The person's public key: SHA-256 of its SubjectPublicKeyInfo, base64.
         */
        key: string;
        /**
         * Periods that may be chosen; left out, the one above alone.
         */
        period?: {
          /**
           * Shortest.
           */
          least: string;
          /**
           * Longest.
           */
          most: string;
        };
        /**
         * Shares of a period that may be chosen.
         */
        utilisation: {
          /**
           * Smallest.
           */
          least: number;
          /**
           * Largest.
           */
          most: number;
        };
      }[];
    };
    /**
     * Where members may run.
     */
    placement?: {
      /**
       * Only on hosts of these sites; anywhere when left out.
       *
       * @minItems 1
       * @maxItems 1000
       *
       * Items: A Site.
       */
      sites?: string[];
      /**
       * All members are on one host, or at one site.
       */
      together?: 'host' | 'site';
      /**
       * No two members are on one host, or at one site.
       */
      apart?: 'host' | 'site';
    };
    /**
     * The VMs.
     *
     * @minItems 1
     * @maxItems 10000
     *
     * Items: One VM.
     */
    members: {
      /**
       * Name of the VM, unique in the fleet.
       */
      name: string;
      /**
       * Ethernet address; made from the network's prefix and the name when left out.
       */
      mac?: string;
      /**
       * IPv4 address that the driver configures inside the guest.
       */
      address?: string;
      /**
       * Host on which the VM has to run: y_i = 1 of the seed.
       */
      pin?: string;
      /**
       * Host on which the VM is created if it runs nowhere yet; adaptation may move it afterwards.
       */
      initialHost?: string;
    }[];
    /**
     * Traffic that is known beforehand; what VTTIF observes is used where it is more.
     *
     * @maxItems 100000
     *
     * Items: One known demand.
     */
    demands?: {
      /**
       * Source VM.
       */
      from: string;
      /**
       * Destination VM.
       */
      to: string;
      /**
       * Rate in this direction.
       */
      bandwidth: string;
      /**
       * Longest latency of its path. A demand without a path within it counts as unmet by its whole rate.
       */
      maxLatency?: string;
    }[];
  };
}
/**
 * Agent to hub, first on every connection.
 */
export interface Hello {
  /**
   * Tag.
   */
  kind: 'hello';
  /**
   * Version of this protocol.
   */
  protocol: 1;
  /**
   * The host the agent speaks for; its key must be the one pinned for it.
   */
  host: string;
  /**
   * Identifies this run of the agent.
   */
  boot: string;
  /**
   * Version of the agent program.
   */
  version: string;
  /**
   * Newest generation the agent has ever accepted; the hub continues above it.
   */
  seenGeneration: number;
  capabilities: Capabilities;
}
/**
 * Hub to agent: the agent is known and may go on.
 */
export interface Welcome {
  /**
   * Tag.
   */
  kind: 'welcome';
  /**
   * Version of this protocol.
   */
  protocol: 1;
  /**
   * Traces of packets are kept: the agent may send those that it records.
   */
  traces?: boolean;
}
/**
 * Hub to agent: be this.
 */
export interface Desire {
  /**
   * Tag.
   */
  kind: 'desire';
  state: HostState;
}
/**
 * Agent to hub: this is what the host is.
 */
export interface Report {
  /**
   * Tag.
   */
  kind: 'report';
  report: HostReport;
}
/**
 * Agent to hub: this is what the host has seen.
 */
export interface Observe {
  /**
   * Tag.
   */
  kind: 'observe';
  observation: HostObservation;
}
/**
 * What a host has seen since its counters were last reset. Counters only grow within one epoch, so a lost message loses nothing.
 */
export interface HostObservation {
  /**
   * The observing host.
   */
  host: string;
  /**
   * Identifies one life of the counters; a new epoch starts them at zero.
   */
  epoch: string;
  /**
   * Grows with every observation of one epoch; older ones are refused.
   */
  sequence: number;
  /**
   * When the counters were read, milliseconds since the epoch on the agent's clock.
   */
  atMs: number;
  /**
   * VTTIF's local matrix: frames from local guests that matched a rule.
   */
  matrix: MatrixEntry[];
  /**
   * Wren: what each link has carried.
   */
  links: LinkCounters[];
  /**
   * Processor time each local guest has used.
   */
  guests: GuestUsage[];
  /**
   * Frames dropped by the VNET core, by reason.
   */
  drops: DropCounter[];
  /**
   * Wren: what the host has learnt of paths from and to its peers by looking at the packets of links; none is sent for it. By peer, then direction.
   *
   * @maxItems 8192
   */
  paths?: PathEstimate[];
  clocks?: ClockReading;
}
/**
 * Traffic from one Ethernet address to another.
 */
export interface MatrixEntry {
  /**
   * The virtual network.
   */
  network: string;
  /**
   * Source address, a local guest.
   */
  source: string;
  /**
   * Destination address.
   */
  destination: string;
  /**
   * Bytes of frames since the epoch began.
   */
  bytes: number;
  /**
   * Frames since the epoch began, counting each segment of an offloaded frame.
   */
  packets: number;
}
/**
 * What one link has carried.
 */
export interface LinkCounters {
  /**
   * The host at the other end.
   */
  peer: string;
  /**
   * Bytes of frames sent over the link since the epoch began.
   */
  sentBytes: number;
  /**
   * Bytes of frames received over the link since the epoch began.
   */
  receivedBytes: number;
}
/**
 * Processor time of one guest.
 */
export interface GuestUsage {
  /**
   * The guest.
   */
  guest: string;
  /**
   * Processor time used by the guest's processes that run now, in milliseconds.
   */
  cpuMs: number;
  /**
   * Time that those processes were ready to run and waited for a processor, in milliseconds.
   */
  waitMs?: number;
}
/**
 * Frames dropped for one reason.
 */
export interface DropCounter {
  /**
   * Why the frames were dropped.
   */
  reason:
    | 'no-port'
    | 'spoofed-source'
    | 'no-rule'
    | 'hop-budget'
    | 'short-frame'
    | 'split-horizon'
    | 'encapsulation'
    | 'lan-filter'
    | 'too-big'
    | 'unknown-network';
  /**
   * Frames since the epoch began.
   */
  frames: number;
}
/**
 * What one directed path between two hosts gives. A path that nothing was learnt of in the last minute is left out.
 */
export interface PathEstimate {
  /**
   * The other host.
   */
  peer: string;
  /**
   * Whether packets on the path come from the peer or go to it.
   */
  direction: 'from-peer' | 'to-peer';
  /**
   * `two-sided`: departures and arrivals are known; `one-sided`: departures, and when they were acknowledged.
   */
  method: 'two-sided' | 'one-sided';
  /**
   * Newest packet that the estimate rests on, milliseconds since the epoch on the agent's clock.
   */
  atMs: number;
  available: AvailableBandwidth;
  /**
   * Rate of the path's narrowest link; left out until it is known.
   */
  capacityMbps?: number;
  /**
   * Smallest delay seen in the last minute. Two-sided: one way, with the difference of the two hosts' clocks in it, which the other direction has with the opposite sign, and but for whole multiples of 1048.576 ms; one-sided: there and back.
   */
  minimumDelayMs?: number;
  /**
   * Packets that the estimate rests on.
   */
  packets: number;
  /**
   * Share of the window in which the path's queue was not empty.
   */
  busyShare?: number;
  queueing?: QueueingSeries;
}
/**
 * An estimate with its 95 % interval, or, without `mbps`, only bounds: what was delivered at best, and the capacity.
 */
export interface AvailableBandwidth {
  /**
   * The estimate; left out while it is unknown.
   */
  mbps?: number;
  /**
   * Lower end.
   */
  lowMbps: number;
  /**
   * Upper end.
   */
  highMbps: number;
}
/**
 * Mean queueing delay of the packets in each bin of time.
 */
export interface QueueingSeries {
  /**
   * Begin of the first bin, milliseconds since the epoch on the agent's clock; a multiple of `binMs`.
   */
  fromMs: number;
  /**
   * Length of a bin.
   */
  binMs: number;
  /**
   * One mean for each bin; null for one without packets. Bins that an earlier observation had are not repeated.
   *
   * @maxItems 600
   */
  delaysMs: (number | null)[];
}
/**
 * The clocks of a host.
 */
export interface ClockReading {
  /**
   * Its monotonic clock at `atMs`, in microseconds.
   */
  monotonicUs: number;
  /**
   * By how much the clock that counts from the epoch is ahead of the monotonic one, in microseconds: it changes only when that clock is set.
   */
  realtimeAheadUs: number;
  /**
   * Of each peer whose stamped packets came since the observation before, the packet that was on its way for the least time. By peer.
   *
   * @maxItems 8192
   */
  arrivals: ClockArrival[];
}
/**
 * A packet that came from a peer.
 */
export interface ClockArrival {
  /**
   * Who sent it.
   */
  peer: string;
  /**
   * When it came, on this host's monotonic clock, in microseconds.
   */
  atUs: number;
  /**
   * `atUs` less when it left on the peer's monotonic clock, but for whole multiples of 1,048,576 us: the time that it took, and by how much this host's clock is ahead.
   */
  differenceUs: number;
}
/**
 * Agent to hub: a piece of a trace of when packets of a link left and came, in order. Each connection begins traces anew.
 */
export interface Trace {
  /**
   * Tag.
   */
  kind: 'trace';
  /**
   * The other end of the link.
   */
  peer: string;
  /**
   * When the trace began, in milliseconds since the epoch on the clock of the host; with the peer it says which trace it is.
   */
  begunAtMs: number;
  /**
   * Bytes of the trace before this piece.
   */
  offset: number;
  /**
   * The piece.
   */
  data: string;
}
/**
 * Either way: the last message was refused and had no effect.
 */
export interface Refusal {
  /**
   * Tag.
   */
  kind: 'refusal';
  /**
   * Why.
   */
  reason: 'unknown-key' | 'wrong-host' | 'stale-generation' | 'stale-sequence' | 'malformed' | 'unsupported-protocol';
  /**
   * What is wrong and what to do.
   */
  message: string;
  /**
   * For `stale-generation`: the newest generation seen.
   */
  generation?: number;
}
/**
 * What is scheduled and may be changed under this key.
 */
export interface VschedList {
  /**
   * Tag.
   */
  kind: 'list';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
}
/**
 * Processes that this key may schedule.
 */
export interface VschedFind {
  /**
   * Tag.
   */
  kind: 'find';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  /**
   * Part of the name or of the command line; empty: all.
   */
  text: string;
}
/**
 * The process that has this number now.
 */
export interface VschedIdentify {
  /**
   * Tag.
   */
  kind: 'identify';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  /**
   * Number of the process.
   */
  pid: number;
}
/**
 * Schedules a process.
 */
export interface VschedAdmit {
  /**
   * Tag.
   */
  kind: 'admit';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  process: ProcessIdentity;
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Processor time in each period, in microseconds.
   */
  sliceUs: number;
  /**
   * At the end of its slice the process is stopped until its next period (`strict`), or is an ordinary process until then.
   */
  mode: 'strict' | 'work-conserving';
  /**
   * Number of the processor that it is to run on. Left out: where it fits best, or where it is.
   */
  cpu?: number;
}
/**
 * A process beyond doubt: numbers of processes are used again, these three together are not.
 */
export interface ProcessIdentity {
  /**
   * Number of the process.
   */
  pid: number;
  /**
   * Clock ticks between the start of the machine and that of the process.
   */
  startTicks: number;
  /**
   * The run of the machine.
   */
  bootId: string;
}
/**
 * Changes the schedule of a process at once.
 */
export interface VschedSet {
  /**
   * Tag.
   */
  kind: 'set';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  process: ProcessIdentity;
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Processor time in each period, in microseconds.
   */
  sliceUs: number;
  /**
   * At the end of its slice the process is stopped until its next period (`strict`), or is an ordinary process until then. Left out: as it is.
   */
  mode?: 'strict' | 'work-conserving';
  /**
   * Number of the processor that it is to run on. Left out: where it fits best, or where it is.
   */
  cpu?: number;
}
/**
 * Stops a process, which keeps its share.
 */
export interface VschedPause {
  /**
   * Tag.
   */
  kind: 'pause';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  process: ProcessIdentity;
}
/**
 * Has a paused process run again.
 */
export interface VschedResume {
  /**
   * Tag.
   */
  kind: 'resume';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  process: ProcessIdentity;
}
/**
 * Makes a process an ordinary one again.
 */
export interface VschedRelease {
  /**
   * Tag.
   */
  kind: 'release';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  process: ProcessIdentity;
}
/**
 * Puts another period and slice in place of those that documents state for a VM, at once.
 */
export interface VschedAdjust {
  /**
   * Tag.
   */
  kind: 'adjust';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  /**
   * The VM.
   */
  vm: string;
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Processor time in each period, in microseconds, for each thread.
   */
  sliceUs: number;
}
/**
 * Gives a VM the schedule again that documents state.
 */
export interface VschedRestore {
  /**
   * Tag.
   */
  kind: 'restore';
  /**
   * The challenge of this connection, which the agent began with.
   */
  challenge: string;
  /**
   * 1 for the first request of the connection, and 1 more for each that follows.
   */
  number: number;
  /**
   * The VM.
   */
  vm: string;
}
/**
 * Agent to client, first on every connection: the key is known.
 */
export interface VschedChallenge {
  /**
   * Tag.
   */
  kind: 'challenge';
  /**
   * Version of this protocol.
   */
  protocol: 1;
  /**
   * Random; each request of this connection repeats it.
   */
  challenge: string;
}
/**
 * Answer to `list`.
 */
export interface VschedListed {
  /**
   * Tag.
   */
  kind: 'listed';
  /**
   * Of the request.
   */
  number: number;
  scheduler?: VschedAbility;
  /**
   * By number of the process.
   */
  tasks: VschedTask[];
  /**
   * VMs whose schedules this key may change, by name.
   */
  vms: AdjustableVm[];
}
/**
 * What schedules processes on a host, and how well.
 */
export interface VschedAbility {
  /**
   * `edf`: VSched's own core; `deadline`: SCHED_DEADLINE of Linux; `quota`: the quota of a control group.
   */
  backend: 'edf' | 'deadline' | 'quota' | 'emulated';
  /**
   * The slice is given in each period; in the long run; or is a cap only.
   */
  guarantee: 'each-period' | 'on-average' | 'at-most';
  /**
   * Shortest period for which the guarantee holds, in microseconds.
   */
  floorUs: number;
  /**
   * Longest period, in microseconds.
   */
  longestPeriodUs: number;
  /**
   * Shortest slice, in microseconds.
   */
  leastSliceUs: number;
  /**
   * Modes that it has.
   *
   * @minItems 1
   *
   * Items: At the end of its slice the process is stopped until its next period (`strict`), or is an ordinary process until then.
   */
  modes: ('strict' | 'work-conserving')[];
  /**
   * Whether it can pause processes.
   */
  pauses: boolean;
  /**
   * Numbers of the processors that processes are scheduled on.
   *
   * @minItems 1
   *
   * Items: Number of a processor.
   */
  cpus: number[];
  /**
   * Share of each that it keeps for ordinary processes, in parts of a million.
   */
  reservedPpm: number;
}
/**
 * A scheduled process with its account.
 */
export interface VschedTask {
  process: ProcessIdentity;
  /**
   * Whose it is.
   */
  user: string;
  /**
   * Name of the program.
   */
  name: string;
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Processor time in each period, in microseconds.
   */
  sliceUs: number;
  /**
   * At the end of its slice the process is stopped until its next period (`strict`), or is an ordinary process until then.
   */
  mode: 'strict' | 'work-conserving';
  /**
   * It is stopped, and keeps its share.
   */
  isPaused: boolean;
  /**
   * Number of the processor that it is on; left out: the system moves it.
   */
  cpu?: number;
  /**
   * Processor time used under the schedule, in microseconds.
   */
  deliveredUs: number;
  /**
   * Periods that ended; left out: nobody counts them.
   */
  periods?: number;
  /**
   * Of which less than 99 % of what was due was used.
   */
  short?: number;
  /**
   * Of which that was because the time was not given.
   */
  missed?: number;
  /**
   * Why its schedule is not in force at the moment; left out: it is.
   */
  trouble?: string;
}
/**
 * A VM whose schedule a key may change.
 */
export interface AdjustableVm {
  /**
   * The VM.
   */
  vm: string;
  /**
   * Processors, counted from 0 among those that VMs are scheduled on.
   *
   * @minItems 1
   */
  cpus: number[];
  /**
   * At the end of its slice the process is stopped until its next period (`strict`), or is an ordinary process until then.
   */
  mode: 'strict' | 'work-conserving';
  /**
   * The period that documents state.
   */
  statedPeriodUs: number;
  /**
   * The slice that documents state.
   */
  statedSliceUs: number;
  /**
   * The period in force.
   */
  periodUs: number;
  /**
   * The slice in force.
   */
  sliceUs: number;
  /**
   * What this key may choose: what is within one of them.
   *
   * @minItems 1
   * @maxItems 100
   */
  bounds: ScheduleBounds[];
  /**
   * Processor time that its process has used under the schedule, in microseconds; left out: no process of it is scheduled.
   */
  deliveredUs?: number;
  /**
   * Periods that ended; left out: nobody counts them.
   */
  periods?: number;
  /**
   * Of which less than 99 % of what was due was used.
   */
  short?: number;
  /**
   * Of which that was because the time was not given.
   */
  missed?: number;
  /**
   * Why its schedule is not in force at the moment; left out: nobody knows of trouble.
   */
  trouble?: string;
}
/**
 * Answer to `find` and `identify`.
 */
export interface VschedFound {
  /**
   * Tag.
   */
  kind: 'found';
  /**
   * Of the request.
   */
  number: number;
  /**
   * By number.
   *
   * @maxItems 200
   */
  processes: FoundProcess[];
  /**
   * So many more there are, which are not listed.
   */
  more: number;
}
/**
 * A process as a person knows it.
 */
export interface FoundProcess {
  process: ProcessIdentity;
  /**
   * Whose it is.
   */
  user: string;
  /**
   * Name of the program.
   */
  name: string;
  /**
   * Beginning of its command line; empty if it has none.
   */
  command: string;
  /**
   * Whether it has a schedule.
   */
  isScheduled: boolean;
}
/**
 * The schedule is in force.
 */
export interface VschedGranted {
  /**
   * Tag.
   */
  kind: 'granted';
  /**
   * Of the request.
   */
  number: number;
  /**
   * Length of a period in microseconds.
   */
  periodUs: number;
  /**
   * Processor time in each period, in microseconds.
   */
  sliceUs: number;
  /**
   * Number of the processor that the process is on; left out: the system moves it, or it is a VM.
   */
  cpu?: number;
}
/**
 * The process is an ordinary one.
 */
export interface VschedReleased {
  /**
   * Tag.
   */
  kind: 'released';
  /**
   * Of the request.
   */
  number: number;
}
/**
 * Nothing was changed.
 */
export interface VschedRefused {
  /**
   * Tag.
   */
  kind: 'refused';
  /**
   * Of the request.
   */
  number: number;
  /**
   * Why. `gone`: there is no such process that this key may schedule; `other-process`: its number has been used again; `of-a-vm`: the reconciler keeps its schedule; `unknown-vm`: there is no such VM that this key may change; `out-of-bounds`: documents do not let this key choose that.
   */
  reason:
    | 'invalid'
    | 'out-of-range'
    | 'overfull'
    | 'unsupported'
    | 'already-scheduled'
    | 'not-scheduled'
    | 'gone'
    | 'other-process'
    | 'denied'
    | 'of-a-vm'
    | 'unknown-vm'
    | 'out-of-bounds';
  /**
   * What is wrong and what to do.
   */
  message: string;
  /**
   * Of `overfull`: by so many parts of a million of a processor it is more than the roomiest has left.
   */
  excessPpm?: number;
  /**
   * What would have been granted.
   */
  nearest?: {
    /**
     * Length of a period in microseconds.
     */
    periodUs: number;
    /**
     * Processor time in each period, in microseconds.
     */
    sliceUs: number;
  };
}
/**
 * Agent to client, last: the connection ends.
 */
export interface VschedClosed {
  /**
   * Tag.
   */
  kind: 'closed';
  /**
   * Why. `stranger`: nobody has granted this key anything; `replayed`: the request does not repeat the challenge of this connection, or not with the next number; `ended`: the agent ends.
   */
  reason: 'stranger' | 'replayed' | 'malformed' | 'too-many' | 'too-slow' | 'ended';
  /**
   * What is wrong and what to do.
   */
  message: string;
}
