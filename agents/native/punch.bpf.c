// SPDX-License-Identifier: MIT OR GPL-2.0-only
// Lets VXLAN through NATs: programs on both ways of an underlay device. To a peer, VXLAN leaves from this host's punched port, which NATs
// know, and for the peer's, as its NAT shows it; what comes back on those ports becomes VXLAN again. All else passes as it is.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/pkt_cls.h>
#include <linux/udp.h>
#include <stddef.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define VXLAN_PORT 4789
#define VXLAN_KNOWN 0x08  /* flags of a VXLAN header whose VNI counts; STUN has no such first byte */
#define VXLAN_POLICY 0x80 /* and whose Group Policy ID counts */
#define IP_OFFSET_AND_MORE 0x3fff
#define UDP_AT (ETH_HLEN + sizeof(struct iphdr))

/* In network order, as in the headers. */
struct punched {
  __be16 public_port; /* of the peer */
  __be16 local_port;  /* of this host */
};

/* By the address that the peer's NAT shows, in network order. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __type(key, __be32);
  __type(value, struct punched);
} punch_peers SEC(".maps");

/* 0: an unfragmented UDP datagram over plain IPv4 over Ethernet. Nobody gives VXLAN IP options. */
static __always_inline int read_headers(struct __sk_buff *skb, struct iphdr *ip, struct udphdr *udp)
{
  __be16 type;
  if (skb->protocol != bpf_htons(ETH_P_IP) || bpf_skb_load_bytes(skb, offsetof(struct ethhdr, h_proto), &type, sizeof(type)) ||
      type != bpf_htons(ETH_P_IP) || bpf_skb_load_bytes(skb, ETH_HLEN, ip, sizeof(*ip)))
    return -1;
  if (ip->version != 4 || ip->ihl != 5 || ip->protocol != IPPROTO_UDP || ip->frag_off & bpf_htons(IP_OFFSET_AND_MORE))
    return -1;
  return bpf_skb_load_bytes(skb, UDP_AT, udp, sizeof(*udp));
}

static __always_inline int put_port(struct __sk_buff *skb, __u32 at, __be16 from, __be16 to, __sum16 check)
{
  /* A checksum of 0 is none. What a card has summed up has to follow, unless the datagram's own checksum makes up for it. */
  if (check && bpf_l4_csum_replace(skb, UDP_AT + offsetof(struct udphdr, check), from, to, sizeof(to) | BPF_F_MARK_MANGLED_0))
    return -1;
  return bpf_skb_store_bytes(skb, UDP_AT + at, &to, sizeof(to), check ? 0 : BPF_F_RECOMPUTE_CSUM);
}

SEC("tc")
int punch_out(struct __sk_buff *skb)
{
  struct iphdr ip;
  struct udphdr udp;
  if (read_headers(skb, &ip, &udp) || udp.dest != bpf_htons(VXLAN_PORT))
    return TC_ACT_UNSPEC;
  struct punched *peer = bpf_map_lookup_elem(&punch_peers, &ip.daddr);
  if (!peer)
    return TC_ACT_UNSPEC;
  __be16 source = peer->local_port, destination = peer->public_port;
  if (put_port(skb, offsetof(struct udphdr, source), udp.source, source, udp.check) ||
      put_port(skb, offsetof(struct udphdr, dest), udp.dest, destination, udp.check))
    return TC_ACT_SHOT;
  return TC_ACT_UNSPEC;
}

SEC("tc")
int punch_in(struct __sk_buff *skb)
{
  struct iphdr ip;
  struct udphdr udp;
  __u8 flags;
  if (read_headers(skb, &ip, &udp))
    return TC_ACT_UNSPEC;
  struct punched *peer = bpf_map_lookup_elem(&punch_peers, &ip.saddr);
  if (!peer || udp.source != peer->public_port || udp.dest != peer->local_port)
    return TC_ACT_UNSPEC;
  if (bpf_skb_load_bytes(skb, UDP_AT + sizeof(udp), &flags, sizeof(flags)) || (flags & ~VXLAN_POLICY) != VXLAN_KNOWN)
    return TC_ACT_UNSPEC;
  if (put_port(skb, offsetof(struct udphdr, dest), udp.dest, bpf_htons(VXLAN_PORT), udp.check))
    return TC_ACT_SHOT;
  return TC_ACT_UNSPEC;
}

char _license[] SEC("license") = "Dual MIT/GPL";
