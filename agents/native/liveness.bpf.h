/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Whether links carry, judged when a frame asks: nothing has to notice first that keep-alives stay away. */
#ifndef VIRTUOSO_LIVENESS_BPF_H
#define VIRTUOSO_LIVENESS_BPF_H

#include "frame.bpf.h"

/* How fresh `heard_ns` is kept under traffic: links are shared by all processors, which must not write to them at every frame. */
#define HEARD_GRAIN_NS 16000000

/* Times that other processors write may be newer than `now`. */
static __always_inline int within(__u64 then_ns, __u64 now_ns, __u64 period_ns)
{
  return then_ns && (__s64)(now_ns - then_ns) < (__s64)period_ns;
}

/* Global: verified once, and not again for each rule and each turn of a loop that asks. */
__noinline int is_up(__u32 number)
{
  struct liveness *liveness = bpf_map_lookup_elem(&vnet_liveness, &number);
  struct config *config = configuration();
  return liveness && config && within(liveness->confirmed_ns, bpf_ktime_get_coarse_ns(), config->keep_alive_ns);
}

/* Told to the peer. A quarter earlier than `is_up` judges, so that a link that is cut one way is down at both ends in one period. */
static __always_inline int is_heard(struct liveness *liveness, struct config *config)
{
  return within(liveness->heard_ns, bpf_ktime_get_coarse_ns(), config->keep_alive_ns / 4 * 3);
}

static __always_inline void hear(__u32 number)
{
  struct liveness *liveness = bpf_map_lookup_elem(&vnet_liveness, &number);
  __u64 now = bpf_ktime_get_coarse_ns();
  if (liveness && !within(liveness->heard_ns, now, HEARD_GRAIN_NS))
    liveness->heard_ns = now;
}

/* Of the peer, at the underlay's device. */
static __always_inline void see(__u32 number)
{
  struct liveness *liveness = bpf_map_lookup_elem(&vnet_liveness, &number);
  __u64 now = bpf_ktime_get_coarse_ns();
  if (liveness && !within(liveness->seen_ns, now, HEARD_GRAIN_NS))
    liveness->seen_ns = now;
}

/* Told to the peer. Only who has seen its packets where stamps are taken off says so: else the kernel would drop what the peer stamps. */
static __always_inline int unstamps(struct liveness *liveness, struct config *config)
{
  return !config->unrecorded && within(liveness->seen_ns, bpf_ktime_get_coarse_ns(), config->keep_alive_ns);
}

/* Whether the peer has said so, and this host still hears from it. */
static __always_inline int may_stamp(__u32 number)
{
  struct liveness *liveness = bpf_map_lookup_elem(&vnet_liveness, &number);
  struct config *config = configuration();
  return liveness && config && within(liveness->unstamps_ns, bpf_ktime_get_coarse_ns(), config->keep_alive_ns);
}

static __always_inline void hear_pulse(__u32 number, __u8 flags)
{
  struct liveness *liveness = bpf_map_lookup_elem(&vnet_liveness, &number);
  __u64 now = bpf_ktime_get_coarse_ns();
  if (!liveness)
    return;
  liveness->heard_ns = now;
  if (flags & PULSE_LARGE)
    liveness->large_ns = now;
  liveness->confirmed_ns = flags & PULSE_HEARD ? now : 0;
  liveness->unstamps_ns = flags & PULSE_UNSTAMPS ? now : 0;
  if (flags & PULSE_HEARD && !liveness->first_ns)
    liveness->first_ns = now;
}

#endif
