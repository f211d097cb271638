#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# disassembly.sh OBJDUMP X64-OBJECT X86-OBJECT: the instructions that cannot be run here are there,
# once, in the function that is named for them.
set -eu

objdump=$1
status=0
want() { # object symbol instruction
	found=$("$objdump" -d --no-show-raw-insn "$1" | awk -v symbol="<$2>:" '
		/^[0-9a-f]+ <.*>:$/ { inside = $2 == symbol }
		inside { sub(/^[^:]*:[ \t]*/, ""); print }' | grep -cx "$3" || true)
	if [ "$found" != 1 ]; then
		echo "$1: $2 has $found times: $3" >&2
		status=1
	fi
}
for function in 'XenAsmVmcall|vmcall *' 'XenAsmVmmcall|vmmcall *' 'XenAsmCpuid|cpuid *' \
	'XenAsmIn8|inb[[:space:]]*%dx, %al' 'XenAsmIn16|inw[[:space:]]*%dx, %ax' \
	'XenAsmOut8|outb[[:space:]]*%al, %dx' 'XenAsmOut16|outw[[:space:]]*%ax, %dx' \
	'XenAsmOut32|outl[[:space:]]*%eax, %dx' \
	'XenAsmInterruptsOff|cli *' 'XenAsmInterruptsOn|sti *'; do
	want "$2" "${function%%|*}" "${function#*|}"
	want "$3" "_${function%%|*}" "${function#*|}"
done
exit $status
