import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Capabilities, LinkEnd } from '../../../schema/generated/types.js';
import { nativeProgram } from '../native-program.js';
import { objectFile } from '../object-file.js';

/** What links need of a machine: why it is not there, with the remedy, or undefined. */
export interface LinkProbes {
  tap(): string | undefined;
  pump(): string | undefined;
  ssh(): string | undefined;
  stun(): string | undefined;
}

type Probed = Required<Pick<Capabilities, 'linkTypes' | 'lacks'>>;

/** Characters, by the schema. */
const longestLack = 500;

/** Which links a host can set up besides those that its core carries itself, and what it lacks for the others. */
export function probeLinkTypes(probes: LinkProbes = machine): Probed {
  const noStream = [probes.tap(), probes.pump()].flatMap((message) => message ?? []);
  const noSsh = probes.ssh();
  const streams: LinkEnd['type'][] = noStream.length === 0 ? ['tcp', 'tls', 'http'] : [];
  const noStun = probes.stun();
  const linkTypes: LinkEnd['type'][] = [
    ...streams,
    ...(streams.length > 0 && noSsh === undefined ? (['ssh'] as const) : []),
    ...(noStun === undefined ? (['stun'] as const) : []),
  ];
  return {
    linkTypes,
    lacks: [
      ...noStream.map((message) => `No tcp, tls, http or ssh links: ${message}`),
      ...(noSsh === undefined ? [] : [`No ssh links: ${noSsh}`]),
      ...(noStun === undefined ? [] : [`No stun links: ${noStun}`]),
    ].map((message) => message.slice(0, longestLack)),
  };
}

const machine: LinkProbes = {
  tap: () => {
    try {
      closeSync(openSync('/dev/net/tun', 'r+'));
      return undefined;
    } catch (error) {
      return `${(error as Error).message}; load the kernel module with \`modprobe tun\`, or give the container the device /dev/net/tun and CAP_NET_ADMIN.`;
    }
  },
  pump: () => failure(() => nativeProgram('pump')),
  ssh: () => {
    const absent = ['ssh', 'ssh-keygen'].filter((program) => spawnSync(program, ['-V'], { stdio: 'ignore' }).error);
    return absent.length === 0
      ? undefined
      : `there is no ${absent.join(' and no ')}: install them with \`apt install openssh-client\`.`;
  },
  stun: () =>
    failure(() => {
      nativeProgram('stun');
      objectFile(undefined, 'punch');
    }),
};

function failure(task: () => void): string | undefined {
  try {
    task();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
