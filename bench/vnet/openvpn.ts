import type { Design } from './design.js';
import { hostAddress, missing, Stage, tunnelMtu } from './stage.js';

/**
 * OpenVPN 2.6 in TAP mode over UDP, between two peers that know each other's certificates: AES-256-GCM, or nothing on the data
 * channel. Without compression, with large buffers and `fast-io`; its kernel module is a different design and absent here.
 */
export function openvpn(cipher: 'none' | 'AES-256-GCM'): Design {
  const encrypts = cipher !== 'none';
  const stage = new Stage(encrypts ? 'openvpn-aes' : 'openvpn-none');
  return {
    name: encrypts ? 'OpenVPN AES-256-GCM' : 'OpenVPN without cipher',
    encrypts,
    available: () => missing(['openvpn', 'openvpn'], ['openssl', 'openssl']),
    tearDown: () => stage.tearDown(),
    setUp: async () => {
      await stage.build();
      const fingerprints = [1, 2].map((n) => certificate(stage, n));
      for (const n of [1, 2]) {
        stage.addBareGuest(n);
        await stage.start(n, 'openvpn', [
          ...options(stage, n, cipher),
          '--peer-fingerprint',
          fingerprints[2 - n] ?? '',
        ]);
      }
      for (const n of [1, 2]) await stage.giveToGuest(n, 'tunnel', tunnelMtu);
      return stage.connected();
    },
  };
}

/** Makes a key and its certificate; returns the certificate's fingerprint. */
function certificate(stage: Stage, n: number): string {
  const [key, cert] = [stage.path(`key-${n}.pem`), stage.path(`cert-${n}.pem`)];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  stage.run(
    undefined,
    'openssl',
    'req',
    '-x509',
    ...curve,
    '-days',
    '2',
    '-subj',
    `/CN=h${n}`,
    '-keyout',
    key,
    '-out',
    cert,
  );
  const text = stage.run(undefined, 'openssl', 'x509', '-in', cert, '-noout', '-fingerprint', '-sha256');
  return text.trim().split('=')[1] ?? '';
}

function options(stage: Stage, n: number, cipher: string): string[] {
  const channel = cipher === 'none' ? ['--data-ciphers', 'none', '--auth', 'none'] : ['--data-ciphers', cipher];
  return [
    ...['--dev', 'tunnel', '--dev-type', 'tap', '--tun-mtu', `${tunnelMtu}`, '--mssfix', '0', '--txqueuelen', '1000'],
    ...['--proto', 'udp4', '--local', hostAddress(n), '--remote', hostAddress(3 - n), '--port', '1194'],
    ...['--cert', stage.path(`cert-${n}.pem`), '--key', stage.path(`key-${n}.pem`)],
    ...(n === 1 ? ['--tls-client'] : ['--tls-server', '--dh', 'none']),
    ...['--data-ciphers-fallback', cipher, ...channel],
    ...['--sndbuf', '4194304', '--rcvbuf', '4194304', '--fast-io', '--persist-tun', '--persist-key', '--disable-dco'],
  ];
}
