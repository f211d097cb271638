#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# nocode.sh OBJDUMP OBJECT...: fails if an object holds an instruction that only the assembly object
# may hold: hypercalls, CPUID, ports, model-specific and control registers, interrupt flags.
set -eu

objdump=$1
shift
status=0
for object; do
	# The tab before the mnemonic keeps symbols such as XenAsmCpuid out.
	if "$objdump" -d --no-show-raw-insn "$object" | grep -E \
		'	(vmcall|vmmcall|cpuid|(in|out)(s)?[bwl]|rdmsr|wrmsr|cli|sti|hlt|rdtscp?)([[:space:]]|$)|%[cd]r[0-9]'; then
		echo "$object: holds an instruction that belongs into the assembly object" >&2
		status=1
	fi
done
exit $status
