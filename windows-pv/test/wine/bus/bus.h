/* SPDX-License-Identifier: BSD-2-Clause */
/* The harness talks to \\.\DkTest: one IOCTL, a line of text in, lines out. */
#ifndef DK_WINE_BUS_H
#define DK_WINE_BUS_H

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS) */
#define DK_TEST_COMMAND 0x00222004u
#define DK_TEST_ANSWER	16384u

#endif
