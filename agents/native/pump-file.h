/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIRTUOSO_PUMP_FILE_H
#define VIRTUOSO_PUMP_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum { FILE_MAX = 1 << 20, WHY_SIZE = 256 };

/* Reads a whole file of at most FILE_MAX bytes; to be freed. NULL: `why` says what is wrong. */
char *file_read(const char *path, size_t *length, char why[WHY_SIZE]);

/* Replaces a file so that readers see the old text or the new one. False: errno says why. */
bool file_replace(const char *path, const char *text, size_t length);

/* A line of text out of format and values, cut if need be, as people read it. */
__attribute__((format(printf, 2, 3))) void why_set(char why[WHY_SIZE], const char *format, ...);

#endif
