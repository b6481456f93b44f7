import type { LinkEnd } from '../../schema/generated/types.js';

/** The TCP connection that carries a link, as this host sees it. Port 0: any. */
export interface Connection {
  local: string;
  remote: string;
  localPort: number;
  remotePort: number;
}

const sshPort = 22;

/** Undefined where no TCP connection carries the link, or one that does not end at the peer. */
export function connectionOf({ type, local, remote, role, port, ssh, http }: LinkEnd): Connection | undefined {
  const listening = type === 'ssh' ? (ssh?.port ?? sshPort) : port;
  const isStream = type === 'tcp' || type === 'tls' || type === 'http' || type === 'ssh';
  if (!isStream || listening === undefined || http?.proxy !== undefined) return undefined;
  const ports = role === 'listen' ? { localPort: listening, remotePort: 0 } : { localPort: 0, remotePort: listening };
  return { local, remote, ...ports };
}
