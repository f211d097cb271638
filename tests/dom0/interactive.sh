#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# interactive.sh ISO: dom0 on this terminal, with the disk in the drive. What is changed there is not kept.
# DOM0_QEMU="-device e1000 …" adds devices to the machine.
set -eu
kit=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=machine.sh
. "$kit/tests/dom0/machine.sh"
[ -r "$1" ] || {
	echo "dom0: $1: no such image" >&2
	exit 1
}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cds=$1
pack interactive -
echo "Xen and dom0 are starting; this takes half a minute." >&2
# shellcheck disable=SC2086 # a list of options
emulator qemu-system-x86_64 -serial mon:stdio -serial null -device edu ${DOM0_QEMU:-}
