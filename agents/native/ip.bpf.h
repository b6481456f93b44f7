/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* What the packet functions know of IP. */
#ifndef VIRTUOSO_IP_BPF_H
#define VIRTUOSO_IP_BPF_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Bytes of headers without options. */
#define IPV4_LENGTH 20
#define IPV6_LENGTH 40
#define TCP_LENGTH 20
#define IPV6_MTU_MIN 1280
#define FRAGMENT_OFFSET 0x1fff

#endif
