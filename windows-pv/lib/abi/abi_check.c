/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiles only where the compiler's view of Xen's headers is Xen's own. */
#include "pv_abi_asserts.h"
