# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# For tests of `ddk catalog` and `ddk inf`, to be read with '.' after tap.sh. None of it needs a Windows toolchain.

le16() { printf "\\$(printf %o $(($1 & 255)))\\$(printf %o $(($1 >> 8 & 255)))"; }
le32() {
	le16 $(($1 & 65535))
	le16 $(($1 >> 16))
}
zeros() { head -c "$1" /dev/zero; }

# image FILE TEXT: the smallest x64 image that readers take: headers, and a section of 512 bytes with the text.
image() {
	{
		printf MZ && zeros 58 && le32 128 && zeros 64
		printf 'PE\0\0' && le16 $((0x8664)) && le16 1 && zeros 12 && le16 240 && le16 $((0x22))
		le16 $((0x20b)) && zeros 54 && le32 $((0x2000)) && le32 512 && zeros 44 && le32 16 && zeros 128
		printf '.text\0\0\0' && le32 512 && le32 $((0x1000)) && le32 512 && le32 512 && zeros 12 && le32 $((0x60000020))
		zeros 80
		printf %s "$2" && zeros $((512 - ${#2}))
	} >"$1"
}

# flip FILE OFFSET: one bit of it is another.
flip() {
	flip_byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %o $((flip_byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
