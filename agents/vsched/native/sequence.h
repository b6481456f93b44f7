/* SPDX-License-Identifier: Apache-2.0 */
/* Writing parts of the area that others read meanwhile: area.h. */
#ifndef VIRTUOSO_VSCHED_SEQUENCE_H
#define VIRTUOSO_VSCHED_SEQUENCE_H

#include <stdint.h>

static inline void sequence_begin(uint32_t *sequence) {
  __atomic_store_n(sequence, *sequence + 1, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_RELEASE);
}

static inline void sequence_end(uint32_t *sequence) { __atomic_store_n(sequence, *sequence + 1, __ATOMIC_RELEASE); }

#endif
