import { writeFileSync } from 'node:fs';
import type { Design } from './design.js';
import { guestAddress, hostAddress, missing, Stage, tunnelMtu } from './stage.js';

/** nebula, layer 3, AES-256-GCM, with two UDP queues' worth of buffers; its device becomes the guest's interface. */
export function nebula(): Design {
  const stage = new Stage('nebula');
  return {
    name: 'nebula',
    encrypts: true,
    available: () => missing(['nebula', 'nebula'], ['nebula-cert', 'nebula']),
    tearDown: () => stage.tearDown(),
    setUp: async () => {
      await stage.build();
      const ca = ['-out-crt', stage.path('ca.crt'), '-out-key', stage.path('ca.key')];
      stage.run(undefined, 'nebula-cert', 'ca', '-name', 'bench', ...ca);
      for (const n of [1, 2]) {
        const own = ['-out-crt', stage.path(`h${n}.crt`), '-out-key', stage.path(`h${n}.key`)];
        const signer = ['-ca-crt', stage.path('ca.crt'), '-ca-key', stage.path('ca.key')];
        stage.run(
          undefined,
          'nebula-cert',
          'sign',
          '-name',
          `h${n}`,
          '-ip',
          `${guestAddress(n)}/24`,
          ...signer,
          ...own,
        );
        const path = stage.path(`nebula-${n}.json`);
        writeFileSync(path, JSON.stringify(configuration(stage, n)));
        stage.addBareGuest(n);
        await stage.start(n, 'nebula', ['-config', path]);
      }
      for (const n of [1, 2]) await stage.giveToGuest(n, 'tunnel', tunnelMtu);
      return stage.connected();
    },
  };
}

/** JSON is YAML. */
function configuration(stage: Stage, n: number): object {
  const anything = [{ port: 'any', proto: 'any', host: 'any' }];
  const buffers = { read_buffer: 10_485_760, write_buffer: 10_485_760, batch: 64 };
  const other = 3 - n;
  return {
    pki: { ca: stage.path('ca.crt'), cert: stage.path(`h${n}.crt`), key: stage.path(`h${n}.key`) },
    static_host_map: { [guestAddress(other)]: [`${hostAddress(other)}:4242`] },
    lighthouse: { am_lighthouse: false, interval: 60, hosts: [] },
    listen: { host: hostAddress(n), port: 4242, ...buffers },
    routines: 2,
    cipher: 'aes',
    tun: { dev: 'tunnel', mtu: tunnelMtu, tx_queue: 1000 },
    logging: { level: 'info' },
    firewall: { outbound: anything, inbound: anything },
  };
}
