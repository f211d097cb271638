#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Real drivers, the slow ones: many modules, and modules in folders that depend on each other.
. "$(dirname "$0")/../vendor/lib.sh"

check_driver jool-dkms jool 'xen kdump' jool_common jool jool_siit
[ ! -d jool ] || like "jool: depmod knows what needs what" "$(cat root-jool-xen/lib/modules/*/modules.dep)" '^extra/jool_siit.ko: .*extra/jool_common.ko'

# Without dkms.conf the folders and their order are found from the source itself.
if [ -d jool ]; then
	cp -R jool/modules/jool-4.1.9 plain-4.1.9
	rm plain-4.1.9/dkms.conf
	new plain "$tmp/plain-4.1.9"
	is "jool without its dkms.conf" "$status" 0
	like "three folders, the one the others need first" "$(build_lines plain)" '^for folder in src/mod/common src/mod/(nat64 src/mod/siit|siit src/mod/nat64) ; do$'
	run build plain -j2 build-rpms
	is "builds as well" "$status" 0 || note "$err"
fi

check_driver xtables-addons-dkms xtables-addons 'xen kdump' compat_xtables xt_ACCOUNT xt_CHAOS xt_DELUDE xt_DHCPMAC xt_DNETMAP \
	xt_ECHO xt_IPMARK xt_LOGMARK xt_PROTO xt_SYSRQ xt_TARPIT xt_asn xt_condition xt_fuzzy xt_geoip xt_iface xt_ipp2p xt_ipv4options \
	xt_length2 xt_lscan xt_pknock xt_psd xt_quota2
done_testing
