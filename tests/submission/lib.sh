# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of submissions share.
. "$(dirname "$0")/../disk/lib.sh"
cd "$tmp" || exit 1

# module FILE TEXT: a kernel module, no more than what tools read of one.
module() {
	printf '.section .modinfo,"a"\n.asciz "%s"\n.asciz "%s"\n.asciz "%s"\n.asciz "%s"\n' license=GPL name=acme \
		"vermagic=6.1-x SMP" "description=$2" | cc -c -x assembler - -o "$1"
}

# package OUT MODULE [MACRO VALUE]...: a module RPM called OUT.
package() {
	out=$1 ko=$2
	shift 2
	cat >acme.spec <<-END
		Name: acme-modules
		Version: 1.0
		Release: 1
		Summary: %{?summary}%{!?summary:A driver}
		License: %{?license}%{!?license:GPL-2.0-only}
		Group: System Environment/Kernel
		%description
		A driver.
		%install
		mkdir -p \$RPM_BUILD_ROOT/lib/modules/6.1-x/extra \$RPM_BUILD_ROOT/lib/firmware
		cp $tmp/$ko \$RPM_BUILD_ROOT/lib/modules/6.1-x/extra/acme.ko
		echo %{?firmware}%{!?firmware:one} >\$RPM_BUILD_ROOT/lib/firmware/acme.bin
		chmod %{?mode}%{!?mode:0644} \$RPM_BUILD_ROOT/lib/firmware/acme.bin
		find \$RPM_BUILD_ROOT -exec touch -d @1700000000 {} +
		%files
		/lib/modules/6.1-x/extra/acme.ko
		/lib/firmware/acme.bin
		%{?extra_file:%dir /lib/firmware}
		%changelog
		* Fri Nov 20 2026 A <a@example.org> - 1.0-1
		- First.
	END
	set -- _binary_payload w6.gzdio "$@"
	set_macros=
	while [ $# -gt 1 ]; do
		set_macros="$set_macros --define '$1 $2'"
		shift 2
	done
	rm -rf top
	eval "SOURCE_DATE_EPOCH=1700000000 rpmbuild -bb --quiet --target x86_64 --define '_topdir $tmp/top' $set_macros \
		--define '__os_install_post %{nil}' --define '_build_id_links none' --define 'debug_package %{nil}' --define '_buildhost localhost' \
		--define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' acme.spec" >log 2>&1 || cat log >&2
	mv top/RPMS/x86_64/*.rpm "$out"
}

# certificate NAME: NAME.key and NAME.crt, thrown away with the test.
certificate() {
	openssl req -new -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=$1" -keyout "$1.key" -out "$1.crt" 2>/dev/null
}

# sign_module FILE NAME: as the kernel's sign-file does it: PKCS#7, struct module_signature, magic.
sign_module() {
	openssl cms -sign -binary -noattr -nosmimecap -nocerts -md sha256 -signer "$2.crt" -inkey "$2.key" -in "$1" -outform DER -out "$1.p7s"
	size=$(wc -c <"$1.p7s")
	cat "$1.p7s" >>"$1"
	{
		printf '\000\000\002\000\000\000\000\000'
		# shellcheck disable=SC2059 # the format is the data
		printf "$(printf '\\%03o\\%03o\\%03o\\%03o' $((size >> 24 & 255)) $((size >> 16 & 255)) $((size >> 8 & 255)) $((size & 255)))"
		echo '~Module signature appended~'
	} >>"$1"
	rm "$1.p7s"
}

# bundle_again FOLDER TAR: the sums of an unpacked bundle and its tar, made again by whoever changed it.
bundle_again() {
	(cd "$1" && rm -f SHA256SUMS && find . -type f | sed 's,^\./,,' | LC_ALL=C sort | xargs sha256sum >"$tmp/sums" && mv "$tmp/sums" SHA256SUMS)
	tar -C "$(dirname "$1")" -cf "$2" "$(basename "$1")"
}
