/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What two versions of Xen have. A guest learns it by asking: an operation that is not there is
 * -ENOSYS, a leaf or a parameter beyond the last one is not Xen's. README.md says which lines are
 * from a header of that version and which are judgement.
 */
#include "internal.h"

#include <xen/arch-x86/cpuid.h>
#include <xen/features.h>
#include <xen/io/xs_wire.h>

const struct sim_profile sim_xen_3_4 = {
	.name = "3.4",
	.major = 3,
	.minor = 4,
	.extraversion = ".4",
	.leaves = 2,
	.features = 1u << XENFEAT_auto_translated_physmap,
	.grant_frames = 32,
	.params = 17,
};

const struct sim_profile sim_xen_4_17 = {
	.name = "4.17",
	.major = 4,
	.minor = 17,
	.extraversion = ".5",
	.leaves = 5,
	.hvm_features = XEN_HVM_CPUID_VCPU_ID_PRESENT | XEN_HVM_CPUID_DOMID_PRESENT |
			XEN_HVM_CPUID_UPCALL_VECTOR,
	.features = 1u << XENFEAT_auto_translated_physmap | 1u << XENFEAT_hvm_callback_vector |
		    1u << XENFEAT_hvm_safe_pvclock | 1u << XENFEAT_memory_op_vnode_supported,
	.grant_frames = 64,
	.params = 39,
	.store_features = XENSTORE_SERVER_FEATURE_RECONNECTION | XENSTORE_SERVER_FEATURE_ERROR,
	.batch_physmap = true,
	.remove_from_physmap = true,
	.grant_versions = true,
	.fifo = true,
	.upcall_vector = true,
	.callback_vector = true,
	.vcpu_ops = true,
	.watchdog = true,
	.pagetable_dying = true,
	.params_checked = true,
	.store_reset_watches = true,
	.store_directory_part = true,
	.store_node_conflicts = true,
	.store_merges_events = true,
	.store_special_checked = true,
	.emulator_protocol = 1,
};

const char *sim_profile_name(const struct sim_profile *profile)
{
	return profile->name;
}
