#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# generate.sh TABLE ALLOW WINE_NTOSKRNL OBJDUMP OUT: makes OUT.def and OUT.S of functions.tbl. Fails if
# the allow-list names what the table does not, and if the table leaves to Wine what Wine has not.
#
# An entry with a limit is a few instructions that look at the IRQL and go on to the function with
# every argument where it was; the return address is still the driver's.
set -eu

table=$1 allow=$2 nt=$3 nm=$4 out=$5

awk -F '\t' '$1 == "ntoskrnl.exe" && $3 != "x86" { print $2 }' "$allow" | sort -u > "$out.allowed"
awk -F '\t' '!/^#/ && NF { print $1 }' "$table" | sort -u > "$out.known"
comm -23 "$out.allowed" "$out.known" > "$out.missing"
if [ -s "$out.missing" ]; then
	echo "$table lacks what $allow lets drivers import: $(tr '\n' ' ' < "$out.missing")" >&2
	exit 1
fi
# A function that Wine does not have ends the process when it is called: its thunk has a symbol.
"$nm" "$nt" | sed -n 's/.*__wine_stub_//p' | sort -u > "$out.stubs"
awk -F '\t' '!/^#/ && $3 == "wine" { print $1 }' "$table" | sort -u | comm -12 - "$out.stubs" > "$out.missing"
if [ -s "$out.missing" ]; then
	echo "$table leaves to Wine what only aborts there: $(tr '\n' ' ' < "$out.missing")" >&2
	exit 1
fi

awk -F '\t' -v def="$out.def.new" -v asm="$out.S.new" '
	BEGIN {
		level["passive"] = 0; level["apc"] = 1; level["dispatch"] = 2
		print "LIBRARY dktestnt.sys\nEXPORTS" > def
		print "\t.text" > asm
	}
	/^#/ || !NF { next }
	NF != 3 || ($3 != "shim" && $3 != "wine") || ($2 != "any" && !($2 in level)) {
		print FILENAME ": line " NR ": NAME LIMIT shim|wine" > "/dev/stderr"
		exit 1
	}
	$2 == "any" {
		print $1 "=" ($3 == "shim" ? "Shim_" : "ntoskrnl.exe.") $1 > def
		next
	}
	{
		print $1 "=Checked_" $1 > def
		printf "\t.globl Checked_%s\nChecked_%s:\n", $1, $1 > asm
		print "\tpushq %rcx\n\tpushq %rdx\n\tpushq %r8\n\tpushq %r9\n\tsubq $40, %rsp" > asm
		printf "\tleaq Name_%s(%%rip), %%rcx\n\tmovl $%d, %%edx\n\tmovq 72(%%rsp), %%r8\n", $1, level[$2] > asm
		print "\tcall ShimCheckIrql\n\taddq $40, %rsp" > asm
		print "\tpopq %r9\n\tpopq %r8\n\tpopq %rdx\n\tpopq %rcx" > asm
		if ($3 == "shim")
			printf "\tjmp Shim_%s\n", $1 > asm
		else
			printf "\tjmp *__imp_%s(%%rip)\n", $1 > asm
		printf "Name_%s: .asciz \"%s\"\n", $1, $1 > asm
	}' "$table"
cat >> "$out.def.new" <<'API'
ShimClock
ShimCpu
ShimRegister
ShimCommand
ShimSetMachine
ShimInterrupt
ShimInterrupts
ShimSetResources
ShimFail
ShimForeign
ShimGiveUp
ShimInvalidate
ShimSendIrp
ShimLog
API
rm -f "$out.allowed" "$out.known" "$out.missing" "$out.stubs"
mv "$out.def.new" "$out.def"
mv "$out.S.new" "$out.S"
