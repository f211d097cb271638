# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# For tests of `ddk catalog` and `ddk inf`, to be read with '.' after tap.sh. None of it needs a Windows toolchain.

le16() { printf "\\$(printf %o $(($1 & 255)))\\$(printf %o $(($1 >> 8 & 255)))"; }
le32() {
	le16 $(($1 & 65535))
	le16 $(($1 >> 16))
}
zeros() { head -c "$1" /dev/zero; }

# version_resource VERSION: a resource section of 512 bytes that has only that, for an image whose section is at 0x1000.
version_resource() {
	# shellcheck disable=SC2046 # four words
	set -- $(printf %s "$1" | tr . ' ')
	# Three levels of one entry each: type 16, name 1, language; then where the data is, and the data.
	for level in 16:24 1:48; do
		zeros 14 && le16 1 && le32 "${level%:*}" && le32 $((0x80000000 + ${level#*:}))
	done
	zeros 14 && le16 1 && le32 1033 && le32 72
	le32 $((0x1058)) && le32 92 && zeros 8
	le16 92 && le16 52 && le16 0
	printf VS_VERSION_INFO | sed 's/./&\n/g' | tr '\n' '\0'
	zeros 4
	le32 $((0xfeef04bd)) && le32 $((0x10000)) && le16 "$2" && le16 "$1" && le16 "$4" && le16 "$3" && zeros 36
	zeros 332
}

# image FILE TEXT [MACHINE [VERSION]]: the smallest image that readers take: headers, a section of 512 bytes with the
# text, or one with the version and then the text's. MACHINE is x64 or x86.
image() {
	image_machine=$((0x8664)) image_optional=240 image_magic=$((0x20b)) image_gap=44
	[ "${3:-x64}" = x64 ] || image_machine=$((0x14c)) image_optional=224 image_magic=$((0x10b)) image_gap=28
	image_sections=$((1 + (${4:+1} + 0)))
	{
		printf MZ && zeros 58 && le32 128 && zeros 64
		printf 'PE\0\0' && le16 $image_machine && le16 $image_sections && zeros 12 && le16 $image_optional && le16 $((0x22))
		le16 $image_magic && zeros 54 && le32 $((0x3000)) && le32 512 && zeros $image_gap && le32 16
		if [ -n "${4:-}" ]; then zeros 16 && le32 $((0x1000)) && le32 512 && zeros 104; else zeros 128; fi
		[ -z "${4:-}" ] || {
			printf '.rsrc\0\0\0' && le32 512 && le32 $((0x1000)) && le32 512 && le32 512 && zeros 12 && le32 $((0x40000040))
		}
		printf '.text\0\0\0' && le32 512 && le32 $((image_sections * 0x1000)) && le32 512 && le32 $((image_sections * 512)) &&
			zeros 12 && le32 $((0x60000020))
		zeros $((512 - 152 - image_optional - 40 * image_sections))
		[ -z "${4:-}" ] || version_resource "$4"
		printf %s "$2" && zeros $((512 - ${#2}))
	} >"$1"
}

# code_key NAME: NAME.key and NAME.crt that sign code.
code_key() {
	printf '[req]\ndistinguished_name=d\nx509_extensions=e\nprompt=no\n[d]\nCN=%s\n[e]\nextendedKeyUsage=codeSigning\n' "$1" >"$1.cnf"
	openssl req -x509 -newkey rsa:2048 -nodes -days 30 -config "$1.cnf" -keyout "$1.key" -out "$1.crt" 2>/dev/null
}

# expired_key NAME: the same, but the certificate is of the year 2020.
expired_key() {
	code_key "$1"
	mkdir "$1.ca" && : >"$1.ca/index"
	printf '[ca]\ndefault_ca=c\n[c]\nnew_certs_dir=%s.ca\ndatabase=%s.ca/index\ndefault_md=sha256\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n' "$1" "$1" >"$1.ca/cnf"
	openssl req -new -key "$1.key" -config "$1.cnf" -out "$1.csr"
	openssl ca -batch -selfsign -config "$1.ca/cnf" -extfile "$1.cnf" -extensions e -keyfile "$1.key" -in "$1.csr" \
		-startdate 20200101000000Z -enddate 20201231000000Z -notext -out "$1.crt" 2>/dev/null
}

# code_sign FILE NAME: signs it in place.
code_sign() {
	osslsigncode sign -h sha256 -certs "$2.crt" -key "$2.key" -in "$1" -out "$1.signed" >/dev/null && mv "$1.signed" "$1"
}

# catalog_of FOLDER NAME KEY: catalogs and signs what is there.
catalog_of() {
	rm -f "$1/$2.cat"
	"$ddk" catalog --out "$1/$2.cat" --epoch 1700000000 --os 10_X64,10_X86 "$1"/* && code_sign "$1/$2.cat" "$3"
}

# package FOLDER NAME VERSION IDS [REVISIONS]: FOLDER/NAME/{x64,x86}, signed with key `test`. IDS are hardware ids with
# commas between, REVISIONS what it offers as a bus.
package() {
	for package_arch in x64 x86; do
		package_folder=$1/$2/$package_arch package_models=amd64
		[ $package_arch = x64 ] || package_models=x86
		mkdir -p "$package_folder"
		image "$package_folder/$2.sys" "driver $2" $package_arch "$3"
		code_sign "$package_folder/$2.sys" test
		"$ddk" inf stamp "$package_inf" --out "$package_folder/$2.inf" --version "$3" --date 2026-11-01 --set NAME="$2" --set VENDOR="Test vendor" --set ARCH=$package_models \
			--set SERVICE="$(printf %s "$2" | tr a-z A-Z)" --set IDS="$4" --set REVISIONS="${5:-}"
		catalog_of "$package_folder" "$2" test
	done
}

# flip FILE OFFSET: one bit of it is another.
flip() {
	flip_byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %o $((flip_byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
