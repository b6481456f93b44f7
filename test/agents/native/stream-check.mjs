// `stream-check.mjs serve PORT`: answers each connection with the SHA-256 of what came over it.
// `stream-check.mjs send ADDRESS PORT MIB`: sends as much, and succeeds if the answer is what it should be.
import { createHash, randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [verb, ...words] = process.argv.slice(2);

function serve(port) {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const hash = createHash('sha256');
    socket.on('data', (bytes) => hash.update(bytes));
    socket.on('end', () => socket.end(hash.digest('hex')));
    socket.on('error', (error) => console.error(error.message));
  });
  server.listen(port);
}

function exchange(address, port, bytes) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: address, port, allowHalfOpen: true }, () => socket.end(bytes));
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}

async function send(address, port, mebibytes) {
  const bytes = randomBytes(mebibytes * 2 ** 20);
  const expected = createHash('sha256').update(bytes).digest('hex');
  for (let attempt = 1; ; attempt++) {
    try {
      return (await exchange(address, port, bytes)) === expected ? 0 : 1;
    } catch (error) {
      // The server may still be starting.
      if (error.code !== 'ECONNREFUSED' || attempt === 100) throw error;
      await sleep(100);
    }
  }
}

if (verb === 'serve') serve(Number(words[0]));
else process.exitCode = await send(words[0], Number(words[1]), Number(words[2]));
