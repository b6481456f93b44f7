import { writeFileSync } from 'node:fs';
import type { Design } from './design.js';
import { hostAddress, missing, Stage, tunnelMtu } from './stage.js';

/** fastd in TAP mode: `null` authenticates the handshake only; `salsa2012+umac` is what its authors recommend for speed. */
export function fastd(method: 'null' | 'salsa2012+umac'): Design {
  const encrypts = method !== 'null';
  const stage = new Stage(encrypts ? 'fastd-salsa' : 'fastd-null');
  return {
    name: `fastd ${method}`,
    encrypts,
    available: () => missing(['fastd', 'fastd']),
    tearDown: () => stage.tearDown(),
    setUp: async () => {
      await stage.build();
      const keys = [1, 2].map(() => {
        const text = stage.run(undefined, 'fastd', '--generate-key', '--machine-readable');
        const secret = text.trim();
        const file = stage.path('fastd-key.conf');
        writeFileSync(file, `secret "${secret}";\n`, { mode: 0o600 });
        return {
          secret,
          open: stage.run(undefined, 'fastd', '--config', file, '--show-key', '--machine-readable').trim(),
        };
      });
      for (const n of [1, 2]) {
        const other = 3 - n;
        const config = [
          `secret "${keys[n - 1]?.secret}";`,
          'mode tap;',
          'interface "tunnel";',
          `method "${method}";`,
          `mtu ${tunnelMtu};`,
          `bind ${hostAddress(n)}:10000;`,
          'log level info;',
          `peer "h${other}" { key "${keys[other - 1]?.open}"; remote ${hostAddress(other)}:10000; }`,
        ];
        writeFileSync(stage.path(`fastd-${n}.conf`), `${config.join('\n')}\n`, { mode: 0o600 });
        stage.addBareGuest(n);
        await stage.start(n, 'fastd', ['--config', stage.path(`fastd-${n}.conf`)]);
      }
      for (const n of [1, 2]) await stage.giveToGuest(n, 'tunnel', tunnelMtu);
      return stage.connected();
    },
  };
}
