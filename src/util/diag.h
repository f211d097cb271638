/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_DIAG_H
#define DDK_DIAG_H

/*
 * One line on standard error: "ddk: error: …". Control characters of the message are shown as
 * \xNN, so that names read from a medium cannot drive the terminal. A word of colour is used on
 * a terminal unless NO_COLOR is set.
 */
void diag_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void diag_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void diag_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
