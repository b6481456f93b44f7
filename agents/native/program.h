/* SPDX-License-Identifier: Apache-2.0 */
/* What the native programs share. */
#ifndef VIRTUOSO_PROGRAM_H
#define VIRTUOSO_PROGRAM_H

#define PROGRAM_VERSION "0.1.0" /* as in package.json */

/* Exit codes. */
#define EXIT_TROUBLE 1   /* the system refuses something; the message says what */
#define EXIT_ARGUMENTS 2 /* bad command line */

#endif
