import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeMemberKey,
  encodeNeighbour,
  encodeNeighbourKey,
  type NeighbourMaps,
  writeNeighbours,
} from '../../../agents/vnet/neighbours.js';
import type { NetworkAttachment } from '../../../schema/generated/types.js';
import { describeLab } from '../../environment.js';
import { addresses, damaged, macs, neighbourFrame } from './neighbour-frames.js';
import { expectedAnswer } from './neighbour-reference.js';
import { PacketPrograms } from './packet-programs.js';
import { arp, discovery, groupMacOf, ipv6Bytes, linkLocal, macBytes, solicitedNode } from './packets.js';
import { redirect, unspecified } from './program-run.js';

const vni = 77;
/** The last of the addresses and macs belong to nobody. */
const neighbours = [0, 1, 2, 3].map((n) => ({ address: addresses[n] ?? '', mac: macs[n] ?? '' }));
const network = (listed = neighbours, name = 'lan', id = vni): NetworkAttachment => ({
  name,
  vni: id,
  mtu: 1450,
  proxy: 'host-1',
  neighbours: listed,
});
const asker = '02:00:00:00:00:01';
const asked = '0a:1b:2c:3d:4e:5f';
const request = arp({
  to: 'ff:ff:ff:ff:ff:ff',
  from: asker,
  operation: 1,
  senderMac: asker,
  sender: '10.0.0.1',
  targetMac: '00:00:00:00:00:00',
  target: '192.168.255.254',
});
const target = linkLocal(asked);
const solicitation = (options: Buffer): Buffer =>
  discovery({
    type: 135,
    to: groupMacOf(solicitedNode(target)),
    from: asker,
    source: ipv6Bytes('fe80::ff:fe00:1'),
    destination: solicitedNode(target),
    target,
    options,
  });
const sourceOption = Buffer.concat([Buffer.from([1, 1]), macBytes(asker)]);

describeLab('neighbours in the kernel', ['root', 'bpf', 'clang', 'libbpf'], () => {
  let programs: PacketPrograms;
  beforeAll(() => {
    programs = PacketPrograms.load();
    writeNeighbours(programs, [network()]);
  });
  afterAll(() => programs?.close());

  const expectPassed = (frame: Buffer, id = vni): void => {
    const result = programs.answer(frame, id);
    expect({ action: result.action, frame: result.frame.toString('hex') }).toEqual({
      action: unspecified,
      frame: frame.toString('hex'),
    });
  };

  it('answers who has an IPv4 address', () => {
    expect(request.toString('hex')).toBe(
      'ffffffffffff02000000000108060001080006040001020000000001' + '0a000001000000000000c0a8fffe',
    );
    const { action, frame } = programs.answer(request, vni);
    expect(action).toBe(redirect);
    expect(frame.toString('hex')).toBe(
      '0200000000010a1b2c3d4e5f080600010800060400020a1b2c3d4e5f' + 'c0a8fffe0200000000010a000001',
    );
  });

  it.each([
    ['with the address of who asks', sourceOption],
    ['without it', Buffer.alloc(0)],
  ])('answers who has a link-local address, asked %s', (_, options) => {
    const { action, frame } = programs.answer(solicitation(options), vni);
    expect(action).toBe(redirect);
    expect(frame.toString('hex')).toBe(
      [
        '0200000000010a1b2c3d4e5f86dd',
        '6000000000203aff',
        'fe80000000000000081b2cfffe3d4e5f',
        'fe80000000000000000000fffe000001',
        '880092f960000000',
        'fe80000000000000081b2cfffe3d4e5f',
        '02010a1b2c3d4e5f',
      ].join(''),
    );
  });

  it('lets announcements, probes and duplicate address detection pass', () => {
    const question = {
      to: 'ff:ff:ff:ff:ff:ff',
      from: asker,
      operation: 1,
      senderMac: asker,
      targetMac: '00:00:00:00:00:00',
    };
    expectPassed(arp({ ...question, sender: '192.168.255.254', target: '192.168.255.254' }));
    expectPassed(arp({ ...question, sender: '0.0.0.0', target: '192.168.255.254' }));
    const detection = { type: 135, to: groupMacOf(solicitedNode(target)), from: asker, target };
    expectPassed(discovery({ ...detection, source: ipv6Bytes('::'), destination: solicitedNode(target) }));
  });

  it('lets questions to one VM pass, for the VM itself to say that it is alive', () => {
    expectPassed(Buffer.concat([macBytes(asked), request.subarray(6)]));
    expectPassed(Buffer.concat([macBytes(asked), solicitation(sourceOption).subarray(6)]));
  });

  it('lets questions in VLANs of the guests pass', () => {
    for (const frame of [request, solicitation(sourceOption)]) {
      const result = programs.answer(frame, vni, 5);
      expect(result.action).toBe(unspecified);
      expect(result.frame.toString('hex')).toBe(frame.toString('hex'));
    }
  });

  it('knows nothing of other networks', () => {
    expectPassed(request, vni + 1);
    expectPassed(solicitation(sourceOption), vni + 1);
  });

  it.each([
    ['ARP', request],
    ['discovery', solicitation(Buffer.alloc(0))],
    ['discovery with an option', solicitation(sourceOption)],
  ])('never answers a %s frame that is cut short, wherever', (_, frame) => {
    for (let length = 14; length < frame.length; length++) expectPassed(frame.subarray(0, length));
  });

  it('answers what the reference answers, and leaves all else as it is', () => {
    let answers = 0;
    fc.assert(
      fc.property(fc.oneof(neighbourFrame, damaged(neighbourFrame)), (frame) => {
        const expected = expectedAnswer(frame, neighbours);
        if (!expected) return expectPassed(frame);
        answers++;
        const result = programs.answer(frame, vni);
        expect(result.frame.toString('hex')).toBe(expected.toString('hex'));
        expect(result.action).toBe(redirect);
      }),
      { seed: 31, numRuns: 8_000 },
    );
    expect(answers).toBeGreaterThan(400);
  });
});

describe('maps of neighbours', () => {
  type Entries = Map<string, string>;
  /** Maps in memory that note in which order they are written. */
  const fakes = () => {
    const log: string[] = [];
    const fake = (entries: Entries): NeighbourMaps['members'] => ({
      entries: () => [...entries].map(([key, value]) => [Buffer.from(key, 'hex'), Buffer.from(value, 'hex')]),
      set: (key, value) => {
        log.push('set');
        entries.set(key.toString('hex'), value.toString('hex'));
      },
      remove: (key) => {
        log.push('remove');
        entries.delete(key.toString('hex'));
      },
    });
    const [neighbours, members]: [Entries, Entries] = [new Map(), new Map()];
    return { log, neighbours, members, maps: { neighbours: fake(neighbours), members: fake(members) } };
  };

  it('have the bytes that the header says', () => {
    expect(encodeNeighbourKey(77, '192.168.255.254').toString('hex')).toBe('4d000000c0a8fffe');
    expect(encodeNeighbour(asked).toString('hex')).toBe('0a1b2c3d4e5f0000');
    expect(encodeMemberKey(77, asked).toString('hex')).toBe('4d0000000a1b2c3d4e5f0000');
  });

  it('become what the networks say, new before old, and are then left alone', () => {
    const { log, neighbours: known, members, maps } = fakes();
    writeNeighbours(maps, [network(), network(neighbours.slice(0, 1), 'other', 78)]);
    expect([known.size, members.size]).toEqual([5, 5]);
    log.length = 0;
    const moved = { address: '10.0.0.1', mac: '02:00:00:00:00:77' };
    const target = [network([moved, ...neighbours.slice(2)])];
    writeNeighbours(maps, target);
    expect(log).toEqual(['set', 'set', ...Array(5).fill('remove')]);
    expect(known.get(encodeNeighbourKey(77, '10.0.0.1').toString('hex'))).toBe('0200000000770000');
    expect([...members.keys()].sort()).toEqual(
      [moved, ...neighbours.slice(2)].map(({ mac }) => encodeMemberKey(77, mac).toString('hex')).sort(),
    );
    log.length = 0;
    writeNeighbours(maps, target);
    expect(log).toEqual([]);
  });

  it('have no answer for an address that two VMs claim', () => {
    const { neighbours: known, members, maps } = fakes();
    const twice = { address: '10.0.0.1', mac: '02:00:00:00:00:77' };
    writeNeighbours(maps, [network([...neighbours, twice])]);
    expect(known.has(encodeNeighbourKey(77, '10.0.0.1').toString('hex'))).toBe(false);
    expect([known.size, members.size]).toEqual([3, 5]);
  });
});
