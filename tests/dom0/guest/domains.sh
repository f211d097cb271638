# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Guests of dom0, for scenarios that read this in dom0. Xen's tools are started by hand: there is no init here.
#
#   toolstack                 starts Xen's tools, and a bridge with dom0 at 10.9.0.1
#   domain_image FILE FOLDER  an initramfs for guests; FOLDER holds ./run, the program, and what that needs
#   domain NAME TYPE FILE [LINE]...  starts a guest, pv, pvh or hvm, from such an initramfs; the lines go into its
#                             configuration. Sets domid. extra="NAME=VALUE ..." is what the program is told;
#                             domain_kernel=FILE is another kernel than dom0's own; see guest_kernels in lib.sh
#   domain_end NAME SECONDS   waits until it has ended; sets said to what it said, whole lines
#   undisturbed COMMAND...    runs it, and up to twice more where the emulator disturbed it: QEMU's SVM now and then goes
#                             on with the hypervisor's own state as the guest's, which is a triple fault at an
#                             address of the hypervisor, in its code segment: no guest of its own can be there
#
# What dom0 does meanwhile is the back-end side: between domain and domain_end a scenario can write to the store,
# serve rings, take devices away. Results in TAP that a guest prints are taken over by domain_results.
bridge=lab0
said=

toolstack() {
	modprobe -a xenfs xen-privcmd xen-evtchn xen-gntdev xen-gntalloc xen-blkback xen-netback loop bridge tun
	mountpoint -q /proc/xen || mount -t xenfs xenfs /proc/xen
	[ -e /var/run ] || ln -s /run /var/run
	mkdir -p /run/xen /var/run/xen /var/lib/xenstored /var/log/xen/console /var/lib/xen
	for script in block vif-bridge; do
		mount --bind /run/lab/tests/dom0/guest/hotplug /etc/xen/scripts/$script || return 1
	done
	PATH=$PATH:/usr/lib/xen-4.17/bin:/usr/libexec/xen-4.17/bin
	xenstored --pid-file=/run/xen/xenstored.pid || return 1
	xen-init-dom0 && xenconsoled --log=guest --pid-file=/run/xen/xenconsoled.pid || return 1
	ip link add $bridge type bridge && ip address add 10.9.0.1/24 dev $bridge && ip link set $bridge up
}

domain_image() {
	image_tree=/tmp/image-tree
	rm -rf $image_tree
	mkdir -p $image_tree/bin $image_tree/modules
	cp /bin/busybox $image_tree/bin/
	cp /run/lab/tests/dom0/guest/domu $image_tree/init
	chmod 755 $image_tree/init
	cp -R "$2" $image_tree/program
	for image_module in xen-blkfront xen-netfront xen-gntdev xen-gntalloc xen-evtchn; do
		modprobe --show-depends $image_module | sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++' | while read -r image_file; do
		cp "$image_file" $image_tree/modules/
		echo "${image_file##*/}"
	done >$image_tree/modules.order
	mv $image_tree/modules.order $image_tree/modules/order
	(cd $image_tree && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >"$1"
}

domain() {
	domain_name=$1
	{
		printf '%s = "%s"\n' name "$1" type "$2" kernel "${domain_kernel:-/boot/vmlinuz-$(uname -r)}" ramdisk "$3" \
			extra "console=hvc0 quiet panic=1 mitigations=off init_on_alloc=0 cryptomgr.notests ${extra:-}" on_poweroff destroy on_reboot destroy on_crash destroy
		printf '%s\n' 'memory = 192' 'vcpus = 1' 'vnc = 0' 'vga = "none"'
		shift 3
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"/run/$domain_name.cfg"
	xl create -q "/run/$domain_name.cfg" >"/run/$domain_name.log" 2>&1 || {
		cat "/run/$domain_name.log" /var/log/xen/qemu-dm-"$domain_name".log 2>/dev/null
		return 1
	}
	# shellcheck disable=SC2034 # for the scenarios
	domid=$(xl domid "$domain_name")
}

domain_end() {
	domain_tries=0
	# xl is slow here: it is asked when the guest has said its last word, and now and then.
	while [ "$domain_tries" -lt "$2" ]; do
		if [ $((domain_tries % 10)) -eq 9 ] || grep -q '^guest end' "/var/log/xen/console/guest-$1.log" 2>/dev/null; then
			xl domid "$1" >/dev/null 2>&1 || break
		fi
		sleep 1
		domain_tries=$((domain_tries + 1))
	done
	said=$(tr -d '\r' <"/var/log/xen/console/guest-$1.log")
	! xl domid "$1" >/dev/null 2>&1 || {
		xl destroy "$1"
		return 1
	}
}

# domain_results NAME: the TAP that a guest printed counts as dom0's own.
domain_results() {
	printf '%s\n' "$said" >/tmp/said
	while IFS= read -r result; do
		case $result in
		'ok '*) pass "$1: ${result#* - }" ;;
		'not ok '*) fail "$1: ${result#* - }" || : ;;
		'# '*) note "$1: ${result#'# '}" ;;
		esac
	done </tmp/said
	like "$1: its program came to its end" "$said" '^guest end 0'
}

undisturbed() {
	undisturbed_left=2
	while :; do
		xl dmesg -c >/dev/null
		undisturbed_status=0
		"$@" || undisturbed_status=$?
		[ "$undisturbed_left" -gt 0 ] || break
		xl dmesg | grep -A 6 'Triple fault' | grep -q 'RIP: *e008:\[<ffff82d' || break
		note "the emulator went on with the hypervisor's state as the guest's: once more"
		undisturbed_left=$((undisturbed_left - 1))
	done
	return "$undisturbed_status"
}
