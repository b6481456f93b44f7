/** What a message about an SSH connection has to name. */
export interface SshContext {
  host: string;
  peer: string;
  /** `USER@ADDRESS`. */
  login: string;
  port: number;
  /** The line for `authorized_keys`. */
  publicKey(): string;
  group: string;
}

type Explanation = (context: SshContext, line: string) => string;

const unreachable: Explanation = ({ login, port, peer }, line) =>
  `The SSH server ${login}, port ${port}, cannot be reached (${line}): check that ${peer} runs, its address, and the firewalls between.`;

/** What `ssh` prints, and what it means. The first that a line matches explains it. */
const explanations: readonly [RegExp, Explanation][] = [
  [
    /^\S+: Permission denied \(/,
    ({ login, publicKey }) =>
      `${login} refused this host's key: add this line to authorized_keys of that account: ${publicKey()}`,
  ],
  [
    /^(Host key verification failed|.*host key is known for .* strict checking|.*REMOTE HOST IDENTIFICATION HAS CHANGED)/,
    ({ login, peer }) =>
      `The server at ${login} has not the host key that the Host ${peer} states: if the server really has a new key, correct ssh.hostKey there; if not, somebody is in between.`,
  ],
  [
    /no matching host key type found/,
    ({ peer, login }, line) =>
      `${login} has no host key of the type that the Host ${peer} states (${line}): correct ssh.hostKey.`,
  ],
  [
    /Connection refused/,
    ({ login, port, peer }) =>
      `No SSH server answers at ${login}, port ${port}: start it, or correct ssh.port of the Host ${peer}.`,
  ],
  [
    /open failed: /, // whatever the reason is, sshd says the same
    ({ login, peer, group }) =>
      `${login} lets this host in, but not on to the pump of ${peer}: check that its agent runs, that the account belongs to the group ${group}, and that the server lets it forward UNIX sockets (AllowStreamLocalForwarding, AllowTcpForwarding; in authorized_keys no permitopen, and port-forwarding beside restrict).`,
  ],
  [
    /Cannot assign requested address/,
    (_, line) => `This host has not the address that the link leaves from (${line}): correct the inventory.`,
  ],
  [
    /Load key .*|UNPROTECTED PRIVATE KEY FILE/,
    ({ host }, line) =>
      `The SSH key of ${host} cannot be used (${line}): remove it and start the agent again, which makes another.`,
  ],
  [
    /(timed out|No route to host|unreachable|not responding|Connection (closed|reset)|Broken pipe|Could not resolve)/,
    unreachable,
  ],
];

/** Why an `ssh` that printed these lines does not carry, and what to do; undefined if it said nothing. */
export function sshTrouble(lines: readonly string[], context: SshContext): string | undefined {
  for (const line of [...lines].reverse()) {
    const [, explain] = explanations.find(([pattern]) => pattern.test(line)) ?? [];
    if (explain) return explain(context, line);
  }
  const last = lines.at(-1);
  return last === undefined ? undefined : `ssh to ${context.login}: ${last}`;
}
