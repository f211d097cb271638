/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_IMPORTS_H
#define DDK_IMPORTS_H

#include "module/gate.h"
#include "util/strbuf.h"

/*
 * Appends what the modules of g import, sorted by module and symbol, one a line between tabs:
 * module, symbol, CRC ("-" without), exporter ("-" when nobody given exports it), namespace ("-"
 * when none), and the words gpl and weak where they hold. The first line names the columns.
 */
void imports_write(const struct gate *g, struct strbuf *sb);

#endif
