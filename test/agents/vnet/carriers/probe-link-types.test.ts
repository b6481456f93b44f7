import { describe, expect, it } from 'vitest';
import { type LinkProbes, probeLinkTypes } from '../../../../agents/vnet/carriers/probe-link-types.js';

const all: LinkProbes = { tap: () => undefined, pump: () => undefined, ssh: () => undefined, stun: () => undefined };

describe('the types of link that a host can set up', () => {
  it('are all when it lacks nothing', () => {
    expect(probeLinkTypes(all)).toEqual({ linkTypes: ['tcp', 'tls', 'http', 'ssh', 'stun'], lacks: [] });
  });

  it('are all but ssh without its client', () => {
    const { linkTypes, lacks } = probeLinkTypes({ ...all, ssh: () => 'there is no ssh: install it' });
    expect(linkTypes).toEqual(['tcp', 'tls', 'http', 'stun']);
    expect(lacks).toEqual(['No ssh links: there is no ssh: install it']);
  });

  it('are all but stun without its programs', () => {
    const { linkTypes, lacks } = probeLinkTypes({ ...all, stun: () => 'cannot compile stun.c' });
    expect(linkTypes).toEqual(['tcp', 'tls', 'http', 'ssh']);
    expect(lacks).toEqual(['No stun links: cannot compile stun.c']);
  });

  it('are none of a stream without TAP devices or the pump, and it says each reason in what a message can hold', () => {
    const { linkTypes, lacks } = probeLinkTypes({ ...all, tap: () => 'no tun', pump: () => 'x'.repeat(5000) });
    expect(linkTypes).toEqual(['stun']);
    expect(lacks[0]).toBe('No tcp, tls, http or ssh links: no tun');
    expect(lacks.map((text) => text.length <= 500)).toEqual([true, true]);
  });
});
