/* SPDX-License-Identifier: Apache-2.0 */
/* Handing a descriptor to another process. */
#ifndef VIRTUOSO_VSCHED_PASS_DESCRIPTOR_H
#define VIRTUOSO_VSCHED_PASS_DESCRIPTOR_H

#include <stdbool.h>

/* Over a SOCK_SEQPACKET, with a number. False, with errno, if the system refuses. */
bool pass_descriptor(int socket, int number, int descriptor);

/* The next that came, without waiting; false if there is none. */
bool receive_descriptor(int socket, int *number, int *descriptor);

#endif
