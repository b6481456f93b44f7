import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a fake says to a line of its client. Nothing: it is silent. */
export type Say = (request: { execute: string; id: number }, socket: Socket) => void;

export interface FakeQemu {
  path: string;
  /** Commands that came, in their order. */
  heard: string[];
  close(): void;
}

export const greeting = `${JSON.stringify({ QMP: { version: {}, capabilities: [] } })}\r\n`;

export const answer =
  (gives: unknown): Say =>
  ({ id }, socket) =>
    socket.write(`${JSON.stringify({ return: gives, id })}\r\n`);

/** Listens like a machine's control socket, in a folder whose path is longer than a socket's address. */
export async function fakeQemu(say: Say, first: string | Buffer = greeting): Promise<FakeQemu> {
  const folder = mkdtempSync(join(tmpdir(), 'fake-qemu-'));
  const path = join(folder, 'qmp.sock');
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // the client goes when it likes
    socket.write(first);
    socket.on('data', (piece) => {
      for (const line of piece.toString().split('\n').filter(Boolean)) {
        const request = JSON.parse(line) as { execute: string; id: number };
        heard.push(request.execute);
        if (request.execute === 'qmp_capabilities') answer({})(request, socket);
        else say(request, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    heard,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
