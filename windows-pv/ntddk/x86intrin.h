/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * In the place of the compiler's header of this name, which wdm.h and winnt.h bring in: every
 * vector instruction there is, and most of the time that a source takes to compile. Nothing here
 * uses one.
 */
