import { describe, expect, test } from 'vitest';
import { underlayOf } from '../../../reconciler/model/underlay.js';
import { linkEndsOver } from '../../../reconciler/vreserve/link-ends.js';
import { fig14Hosts, fig14Underlays, snapshotHost } from '../fig14-inventory.js';

describe('link ends', () => {
  test('name each other’s addresses, whichever host is named first', () => {
    const linkEnds = linkEndsOver(fig14Hosts, underlayOf(fig14Hosts, fig14Underlays));
    const one = { peer: 'host-4', type: 'udp', local: '10.0.0.1', remote: '10.0.0.4' };
    const four = { peer: 'host-1', type: 'udp', local: '10.0.0.4', remote: '10.0.0.1' };
    expect(linkEnds('host-1', 'host-4')).toEqual({ kind: 'link-ends', policy: null, a: one, b: four });
    expect(linkEnds('host-4', 'host-1')).toEqual({ kind: 'link-ends', policy: null, a: four, b: one });
  });

  test('hosts on different Networks have none; the message names both and their Networks', () => {
    const hosts = [
      snapshotHost('a', 'here', [['eth0', 'lan', '10.0.0.1', 1]]),
      snapshotHost('b', 'here', [['eth0', 'other', '10.1.0.2', 1]]),
    ];
    expect(linkEndsOver(hosts, underlayOf(hosts, []))('a', 'b')).toEqual({
      kind: 'no-common-network',
      a: 'a',
      b: 'b',
      message:
        'no link is possible between host a (on lan) and host b (on other): give both an interface on one Network',
    });
  });

  test('hosts on one Network without an entry for their sites have none; the message says which entry is missing', () => {
    const hosts = [
      snapshotHost('a', 'here', [['eth0', 'lan', '10.0.0.1', 1]]),
      snapshotHost('b', 'there', [['eth0', 'lan', '10.0.0.2', 1]]),
    ];
    const underlay = underlayOf(hosts, [{ name: 'lan', within: [], between: [] }]);
    expect(linkEndsOver(hosts, underlay)('b', 'a')).toMatchObject({
      kind: 'no-common-network',
      message: expect.stringContaining('Network lan, which has no entry `between` for sites there and here'),
    });
  });

  test('a host that is not in the inventory is a mistake of the caller', () => {
    expect(() => linkEndsOver(fig14Hosts, underlayOf(fig14Hosts, fig14Underlays))('host-1', 'host-9')).toThrow(
      'no host host-9',
    );
  });
});
