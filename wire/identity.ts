import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { pinOfCertificate } from './pin.js';

/** A key pair with the self-signed certificate that carries it in TLS. Only the key counts: peers pin it. */
export interface Identity {
  certificatePem: string;
  privateKeyPem: string;
  /** Pin of the public key, as an inventory states it. */
  pin: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** Certificates are carriers of pinned keys and do not expire in practice. */
const lifetimeMs = 50 * 365 * 24 * 3600 * 1000;

/** Makes a new identity; `name` is only a label in the certificate. */
export async function createIdentity(name: string, nowMs: number): Promise<Identity> {
  x509.cryptoProvider.set(webcrypto as unknown as typeof globalThis.crypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: `CN=${name}`,
    notBefore: new Date(nowMs - 24 * 3600 * 1000),
    notAfter: new Date(nowMs + lifetimeMs),
    signingAlgorithm: algorithm,
    keys,
  });
  const privateKey = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const certificatePem = certificate.toString('pem');
  const lines = privateKey.match(/.{1,64}/g) ?? [];
  return {
    certificatePem,
    privateKeyPem: ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----', ''].join('\n'),
    pin: pinOfCertificate(certificatePem),
  };
}

/** Reads the identity in `folder`, or makes one there that only its owner can read. */
export async function loadIdentity(folder: string, name: string, nowMs: number): Promise<Identity> {
  const keyFile = join(folder, 'key.pem');
  const certificateFile = join(folder, 'certificate.pem');
  try {
    const certificatePem = await readFile(certificateFile, 'utf8');
    return { certificatePem, privateKeyPem: await readFile(keyFile, 'utf8'), pin: pinOfCertificate(certificatePem) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const identity = await createIdentity(name, nowMs);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(keyFile, identity.privateKeyPem, { mode: 0o600 });
  await writeFile(certificateFile, identity.certificatePem, { mode: 0o644 });
  return identity;
}
