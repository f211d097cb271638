#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# nocode.sh OBJDUMP OBJECT...: fails if an object holds an instruction that only the assembly object
# may hold: hypercalls, CPUID, ports, model-specific and control registers, interrupt flags.
set -eu

objdump=$1
shift
# The tab before the mnemonic keeps symbols such as XenAsmCpuid out.
{
	"$objdump" -d --no-show-raw-insn "$@" || echo "unread"
} | awk '
	/^unread$/ { bad = 1 }
	/file format/ { object = $1 }
	/\t(vmcall|vmmcall|cpuid|(in|out)s?[bwl]|rdmsr|wrmsr|cli|sti|hlt|rdtscp?)([ \t]|$)|%[cd]r[0-9]/ {
		print object " holds an instruction that belongs into the assembly object:" $0
		bad = 1
	}
	END { exit bad }' >&2
