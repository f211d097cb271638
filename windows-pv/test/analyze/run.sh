#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh WORK: each violation must be refused by the tool it names, for the reason it names, and its
# corrected twin (-DCORRECT) must be let through by the same tool. Called by mk/check.mk, which
# exports the tools and the flags that drivers are compiled with.
set -u

work=$1
here=$(dirname "$0")
rm -rf "$work"
mkdir -p "$work"
count=0
failed=0

# $1 tool, $2 source, $3 base of results, then flags
run() {
	tool=$1
	source=$2
	base=$3
	shift 3
	# shellcheck disable=SC2086 # the flags are words
	case $tool in
	clang) $CLANG $NT_CLANG_X64 "$@" -c "$source" -o "$base.o" ;;
	gcc) $NT_GCC $NT_GCC_X64 "$@" -c "$source" -o "$base.o" ;;
	tidy)
		$CLANG_TIDY --quiet --config-file=mk/clang-tidy.yaml --warnings-as-errors='*' \
			"$source" -- $NT_CLANG_X64 "$@"
		;;
	cppcheck) $CPPCHECK $NT_CPPCHECK --template='{id}: {message}' "$@" "$source" ;;
	objects)
		$CLANG $NT_CLANG_X64 "$@" -c "$source" -o "$base.o" &&
			sh tools/nocode.sh "$LLVM_OBJDUMP" "$base.o"
		;;
	decoration)
		$CLANG $NT_CLANG_X86 "$@" -c "$source" -o "$base.o" &&
			"$PECHECK" --objects --allow ntddk/imports.allow "$base.o"
		;;
	imports)
		$CLANG $NT_CLANG_X64 "$@" -c "$source" -o "$base.o" &&
			$LLD_LINK $NT_LINK_X64 "/out:$base.sys" "$base.o" $NT_LIBS_X64 &&
			{
				"$PECHECK" --allow ntddk/imports.allow "$base.sys" 2>&1 | grep import: &&
					return 1
				return 0
			}
		;;
	headers)
		$CLANG $NT_CLANG_X64 "$@" -MMD -c "$source" -o "$base.o" &&
			sed -i 's| test/analyze/[a-z_]*\.c||' "$base.d" &&
			sh tools/headers.sh other "$base.d"
		;;
	*) echo "unknown tool $tool"; return 1 ;;
	esac
}

for source in "$here"/*.c; do
	name=$(basename "$source" .c)
	tool=$(sed -n 's|^/\* tool: \(.*\) \*/$|\1|p' "$source")
	expect=$(sed -n 's|^/\* expect: \(.*\) \*/$|\1|p' "$source")
	count=$((count + 1))
	if [ -z "$tool" ] || [ -z "$expect" ]; then
		echo "FAIL $name: names no tool, or no reason"
		failed=1
		continue
	fi
	if run "$tool" "$source" "$work/$name" > "$work/$name.log" 2>&1; then
		echo "FAIL $name: $tool let it through"
		failed=1
	elif ! grep -Eq -e "$expect" "$work/$name.log"; then
		echo "FAIL $name: refused, but not for the reason: $expect"
		sed 's/^/    /' "$work/$name.log" | tail -5
		failed=1
	elif ! run "$tool" "$source" "$work/$name.ok" -DCORRECT > "$work/$name.ok.log" 2>&1; then
		echo "FAIL $name: $tool refuses the corrected one as well"
		sed 's/^/    /' "$work/$name.ok.log" | tail -5
		failed=1
	else
		echo "ok   $name ($tool)"
	fi
done
[ "$count" -ge 20 ] || { echo "FAIL only $count violations found"; failed=1; }
exit $failed
