# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Hostile media: what every reading of one is held against. DDK_SANITIZED is ddk under ASan and UBSan.
. "$(dirname "$0")/../lib/tap.sh"
# shellcheck source=../lib/rpm.sh
. "$(dirname "$0")/../lib/rpm.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
ddk=${ddk:-$kit/out/build/ddk}
export NO_COLOR=1
cd "$SCRATCH" || exit 1
mkdir cwd tmp

uname=6.1-x
uname_dir=/lib/modules/$uname/extra

# readings: what each is given, and how much memory and time it may take.
plain() {
	(cd cwd && ulimit -v 2000000 && TMPDIR=$SCRATCH/tmp exec timeout "${SECONDS_MAX:-60}" "$ddk" "$@") >"$SCRATCH/.said" 2>&1
}
sanitized() {
	(cd cwd && TMPDIR=$SCRATCH/tmp ASAN_OPTIONS=hard_rss_limit_mb=1500:detect_leaks=0:allocator_may_return_null=0 \
		exec timeout "${SECONDS_MAX_SANITIZED:-200}" "${DDK_SANITIZED:?make check sets it}" "$@") >"$SCRATCH/.said" 2>&1
}

# reads RUNNER COMMAND MEDIUM...: status 0, 1 or 3, and nothing that drives a terminal.
reads() {
	reads_status=0
	"$@" || reads_status=$?
	case $reads_status in
	0 | 1 | 3) ;;
	*)
		echo "$*: status $reads_status: $(tail -n 20 "$SCRATCH/.said")" >>"$SCRATCH/.faults"
		return
		;;
	esac
	! LC_ALL=C grep -q '[^ -~	]' "$SCRATCH/.said" || echo "$*: bytes of the medium get to the terminal as they are" >>"$SCRATCH/.faults"
	case "$*" in
	show_json*) [ "$reads_status" -eq 3 ] || perl -MJSON::PP -0777 -ne 'decode_json($_)' "$SCRATCH/.json" 2>/dev/null ||
		echo "$*: no JSON" >>"$SCRATCH/.faults" ;;
	esac
}
show_json() {
	"$1" show --json "$2"
	json_status=$?
	grep -v '^\(error\|warning\|note\) [A-Z]' "$SCRATCH/.said" >"$SCRATCH/.json"
	return $json_status
}

# hostile NAME MEDIUM ERE [TIMES]: every reader gets to its end, writes nothing anywhere, and ddk check says so in TIMES
# (1) lines that match ERE.
hostile() {
	: >"$SCRATCH/.faults"
	reads show_json plain "$2"
	reads sanitized show "$2"
	for runner in plain sanitized; do
		reads $runner check "$2"
		cp "$SCRATCH/.said" "$SCRATCH/.$runner"
	done
	[ -z "$(find cwd tmp -mindepth 1)" ] || echo "something was written: $(find cwd tmp -mindepth 1)" >>"$SCRATCH/.faults"
	is "$1: read to the end, within bounds" "$(cat "$SCRATCH/.faults")" ""
	is "$1: the finding" "$(grep -cE "^(error|warning) $3" "$SCRATCH/.plain")" "${4:-1}" || diagnose "$(head -c 2000 "$SCRATCH/.plain")"
	is "$1: the sanitized reading finds the same" "$(cat "$SCRATCH/.sanitized")" "$(cat "$SCRATCH/.plain")"
}

# rpm_of OUT NAME PAYLOAD COMMAND...: a module RPM, whose build root the commands fill; $RPM_BUILD_ROOT$uname_dir is there.
rpm_of() {
	rpm_folder=$1 rpm_called=$2 rpm_packed=$3
	shift 3
	module_rpm "$SCRATCH/top" "$SCRATCH/$rpm_folder" "$rpm_called" "$rpm_packed" "$uname" "$@"
}

# A module, no more than what tools read of one.
module() {
	printf '.section .modinfo,"a"\n.asciz "%s"\n.asciz "%s"\n.asciz "%s"\n' license=GPL "name=$1" "vermagic=$uname SMP" |
		cc -c -x assembler - -o "$1.ko"
}

# disk NAME: a good one to start from.
good_disk() {
	module good
	rpm_of good acme-modules-xen-$uname w6.gzdio "cp $SCRATCH/good.ko \$RPM_BUILD_ROOT$uname_dir"
	for helper in control update; do
		cat >rpm.spec <<-END
			Name: $helper-acme
			Version: 1.0
			Release: 1
			Summary: x
			License: x
			BuildArch: noarch
			$([ $helper = control ] || echo "Requires: acme-modules-xen-$uname")
			%description
			x
			%files
		END
		rpmbuild -bb --quiet --define "_topdir $SCRATCH/top" --define "_rpmdir $SCRATCH/good" \
			--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' rpm.spec >log 2>&1 || cat log >&2
	done
	cat >disk.conf <<-END
		kit=0.1.0
		release=debian-12
		driver=acme
		label=acme
		originator=acme
		vendor=Acme
		text=A driver
		version=1.0
		product=Debian
		product-version=12
		base=debian:main
		base-version=12
		arch=x86_64
		formats=xs yum
		eula=no
		exclude=kdump one kernel is enough
		kernel=xen $uname $uname 1
	END
	"$ddk" metadata --conf disk.conf --installer "$kit/install.sh.in" --epoch 1700000000 good
}
copy() {
	rm -rf disk
	cp -R good disk
}
# iso FOLDER FILE
iso() {
	genisoimage -quiet -r -J -joliet-long -V acme -o "$2" "$1" 2>/dev/null
}

# primary FILE: repodata that names FILE, gzip, as primary list, with its true digest.
primary() {
	rm -f disk/repodata/*
	mv "$1" disk/repodata/p.gz
	echo '<comps/>' >disk/repodata/c.xml
	{
		echo '<repomd xmlns="http://linux.duke.edu/metadata/repo">'
		for f in primary=p.gz group=c.xml; do
			echo "<data type='${f%=*}'><checksum type='sha256'>$(sha256sum "disk/repodata/${f#*=}" | cut -d' ' -f1)</checksum><location href='repodata/${f#*=}'/></data>"
		done
		echo '</repomd>'
	} >disk/repodata/repomd.xml
}
