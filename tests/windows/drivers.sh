# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# drivers TARGET: the tests of windows-pv/ as one of ours, where its toolchain is installed.
. "$(dirname "$0")/../lib/tap.sh"

drivers() {
	for tool in clang lld-link llvm-rc clang-tidy cppcheck x86_64-w64-mingw32-gcc i686-w64-mingw32-gcc osslsigncode; do
		command -v "$tool" >/dev/null || skip_all "$tool is not installed: make -C windows-pv lab-deps"
	done
	cd "$(dirname "$0")/../.." || exit 1
	# Not a part of the make that has started this test. What runs under Wine mostly waits: two more than processors.
	run env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make --no-print-directory -C windows-pv -j$(($(nproc) + 2)) "$1"
	is "make -C windows-pv $1" "$status" 0 || diagnose "$(printf '%s\n%s\n' "$out" "$err" | tail -n 60)"
	case $out in
	*'SKIP wine'*) skip "the drivers under Wine" "wine64 is not installed: make -C windows-pv lab-deps" ;;
	*) pass "the drivers under Wine" ;;
	esac
	done_testing
}
