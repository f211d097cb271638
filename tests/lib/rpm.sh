# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# RPMs that tests make of files at hand.

# module_rpm TOP OUT NAME PAYLOAD UNAME COMMAND...: a module RPM 1.0-1 in OUT, whose build root the commands fill;
# rpmbuild works in TOP.
module_rpm() {
	rpm_top=$1 rpm_out=$2 rpm_name=$3 rpm_payload=$4 rpm_uname=$5
	shift 5
	mkdir -p "$rpm_top" "$rpm_out"
	cat >"$rpm_top/module.spec" <<-END
		%global _binary_filedigest_algorithm 1
		Name: $rpm_name
		Version: 1.0
		Release: 1
		Summary: x
		License: x
		Group: System Environment/Kernel
		%description
		x
		%install
		mkdir -p \$RPM_BUILD_ROOT/lib/modules/$rpm_uname/extra
		$*
		%files
		/lib/modules/$rpm_uname/extra/*
	END
	rpmbuild -bb --quiet --target x86_64 --define "_topdir $rpm_top" --define "_rpmdir $rpm_out" \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' --define "_binary_payload $rpm_payload" \
		--define '__os_install_post %{nil}' --define '_build_id_links none' --define 'debug_package %{nil}' \
		"$rpm_top/module.spec" >"$rpm_top/log" 2>&1 || cat "$rpm_top/log" >&2
}
