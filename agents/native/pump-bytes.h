/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in byte strings of any alignment. */
#ifndef VIRTUOSO_PUMP_BYTES_H
#define VIRTUOSO_PUMP_BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint16_t be16_at(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static inline uint16_t le16_at(const uint8_t *bytes) { return (uint16_t)(bytes[1] << 8 | bytes[0]); }

static inline uint32_t be32_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline uint64_t be64_at(const uint8_t *bytes) { return (uint64_t)be32_at(bytes) << 32 | be32_at(bytes + 4); }

static inline void put_be16(uint8_t *bytes, uint16_t value) {
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
}

static inline void put_be32(uint8_t *bytes, uint32_t value) {
  put_be16(bytes, (uint16_t)(value >> 16));
  put_be16(bytes + 2, (uint16_t)value);
}

static inline void put_be64(uint8_t *bytes, uint64_t value) {
  put_be32(bytes, (uint32_t)(value >> 32));
  put_be32(bytes + 4, (uint32_t)value);
}

#endif
