// stun-server.mjs ADDRESS PORT: answers binding requests (RFC 8489) with XOR-MAPPED-ADDRESS. Says `ready` when it does.
import { createSocket } from 'node:dgram';

const cookie = 0x2112a442;
const socket = createSocket('udp4');
socket.on('message', (request, { address, port }) => {
  if (request.length < 20 || request.readUInt16BE(0) !== 1 || request.readUInt32BE(4) !== cookie) return;
  const answer = Buffer.alloc(32);
  request.copy(answer, 4, 4, 20); // cookie and transaction id
  answer.writeUInt16BE(0x0101, 0);
  answer.writeUInt16BE(12, 2);
  answer.writeUInt16BE(0x0020, 20);
  answer.writeUInt16BE(8, 22);
  answer[25] = 1;
  answer.writeUInt16BE(port ^ (cookie >>> 16), 26);
  const ipv4 = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  answer.writeUInt32BE((ipv4 ^ cookie) >>> 0, 28);
  socket.send(answer, port, address);
});
socket.bind(Number(process.argv[3]), process.argv[2], () => console.log('ready'));
