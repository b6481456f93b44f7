import { join } from 'node:path';

/**
 * Where the parts of one lab are. Every namespace has the lab's name and a dot in front, and no lab's name has a dot, so that
 * what belongs to a lab is known by name alone, even after everything of it was killed.
 */
export interface LabNames {
  lab: string;
  /** Holds all that is not in namespaces: state of the agents, logs, pins. */
  folder: string;
  /** What the agents remember. */
  stateFolder: string;
  logFolder: string;
  /** Where the lab mounts a bpffs. */
  pinFolder: string;
  /** Namespace of the switches that join the hosts. */
  switches: string;
  /** Namespace that the reconciler runs in, which reaches all hosts by the management network. */
  control: string;
  host(name: string): string;
  guest(name: string): string;
  /** Namespace of a user's LAN. */
  lan(name: string): string;
}

const pattern = /^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/;

/** Whether a lab can have this name: at most 32 of a-z, 0-9 and hyphens between them. */
export const isLabName = (text: string): boolean => pattern.test(text);

/** @throws if `lab` cannot be a name. */
export function labNames(lab: string): LabNames {
  if (!isLabName(lab)) throw new Error(`'${lab}' cannot be the name of a lab: use a-z, 0-9 and -, at most 32`);
  const folder = join('/run/virtuoso/lab', lab);
  return {
    lab,
    folder,
    stateFolder: join(folder, 'state'),
    logFolder: join(folder, 'log'),
    pinFolder: join(folder, 'bpf'),
    switches: `${lab}.switches`,
    control: `${lab}.control`,
    host: (name) => `${lab}.host.${name}`,
    guest: (name) => `${lab}.vm.${name}`,
    lan: (name) => `${lab}.lan.${name}`,
  };
}

/** Whether a namespace of this name belongs to the lab. */
export const isOfLab = (lab: string, namespace: string): boolean => namespace.startsWith(`${lab}.`);

/** In the environment of every process of a lab and its children, wherever they run. */
export const memberVariable = (lab: string): string => `VIRTUOSO_LAB_MEMBER=${lab}`;
