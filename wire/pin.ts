import { createHash, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** `sha256:` and the base64 SHA-256 of a certificate's SubjectPublicKeyInfo. */
export function pinOfCertificate(certificate: string | X509Certificate): string {
  const parsed = typeof certificate === 'string' ? new X509Certificate(certificate) : certificate;
  const key = parsed.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('base64')}`;
}

/** Pin of the key that the other end of a TLS connection has proved to hold; null if it showed none. */
export function pinOfPeer(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate();
  return certificate ? pinOfCertificate(certificate) : null;
}
