// SPDX-License-Identifier: Apache-2.0
#include "account.h"

/* How many of the periods did not get 99 % of what was due, if `got_ns` is spread as well as can be. */
static int64_t not_full(const struct edf_ended *ended, int64_t got_ns) {
  const int64_t due_ns = ended->due_ns / ended->count, enough_ns = due_ns - due_ns / 100;
  const int64_t full = enough_ns > 0 ? got_ns / enough_ns : ended->count;
  return full < ended->count ? ended->count - full : 0;
}

uint16_t account_period(struct vsched_account *account, const struct edf_ended *ended) {
  const int64_t over_ns = ended->used_ns - ended->due_ns;
  account->periods += (uint64_t)ended->count;
  account->used_ns += (uint64_t)ended->used_ns;
  if (over_ns > 0) account->over_ns += (uint64_t)over_ns;
  if (ended->partial) return VSCHED_PARTIAL;
  const int64_t shorts = not_full(ended, ended->used_ns);
  const int64_t unoffered = not_full(ended, ended->offered_ns);
  const int64_t misses = shorts < unoffered ? shorts : unoffered;
  account->shorts += (uint64_t)shorts;
  account->misses += (uint64_t)misses;
  return (uint16_t)((shorts > 0 ? VSCHED_SHORT : 0) | (misses > 0 ? VSCHED_MISSED : 0));
}
