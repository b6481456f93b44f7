import { demand, libbpf } from './libbpf.js';

const EEXIST = -17;
const BPF_TC_F_REPLACE = 1;
const directions = { ingress: 1, egress: 2 } as const;

/** The place of one program among those that a device of this thread's network namespace has. */
export interface TcFilter {
  /** Interface index. */
  device: number;
  direction: keyof typeof directions;
  /** Those with a lower one run first. */
  priority: number;
}

/**
 * Puts a program (a descriptor) there, in place of any other, without a gap.
 * @throws KernelRefusal
 */
export function attachFilter(at: TcFilter, program: number, name: string): void {
  const created = libbpf().createHook(hook(at));
  if (created !== EEXIST) demand(created, `cannot add a clsact qdisc to interface ${at.device}`);
  const options = filter(at);
  options.writeInt32LE(program, 8);
  options.writeUInt32LE(BPF_TC_F_REPLACE, 12);
  demand(libbpf().attach(hook(at), options), `cannot attach ${name} to interface ${at.device}`);
}

/** Takes the program away, if it and the device are there. */
export function detachFilter(at: TcFilter): void {
  libbpf().detach(hook(at), filter(at));
}

/** struct bpf_tc_hook. */
function hook({ device, direction }: TcFilter): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeBigUInt64LE(24n, 0);
  bytes.writeInt32LE(device, 8);
  bytes.writeInt32LE(directions[direction], 12);
  return bytes;
}

/** struct bpf_tc_opts that names the filter. */
function filter({ priority }: TcFilter): Buffer {
  const options = Buffer.alloc(32);
  options.writeBigUInt64LE(32n, 0);
  options.writeUInt32LE(1, 20); // handle
  options.writeUInt32LE(priority, 24);
  return options;
}
