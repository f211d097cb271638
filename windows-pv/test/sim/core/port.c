/* SPDX-License-Identifier: BSD-2-Clause */
/* The emulator's ports of the platform device: unplug and log (hvm-emulated-unplug). */
#include "internal.h"

#define PORT_MAGIC 0x10
#define PORT_LOG   0x12

#define MAGIC		  0x49d2
#define MAGIC_BLACKLISTED 0xd249

/* The emulator drops what a guest logs beyond this. */
#define LOG_BYTES_PER_SECOND 65536

/* The list is of product and build, so the answer changes when both are known. */
static bool is_blacklisted(const struct sim_domain *domain)
{
	if (!domain->config.blacklisted)
		return false;
	return !domain->profile->emulator_protocol ||
	       (domain->unplug.product && domain->unplug.build);
}

uint32_t sim_port_in(struct sim_task *caller, uint16_t port, uint32_t size)
{
	struct sim_domain *domain = caller->vcpu->domain;
	uint32_t value = size == 1 ? 0xff : size == 2 ? 0xffff : 0xffffffff;

	sim_point(caller);
	sim_enter(domain->sim);
	if (port == PORT_MAGIC && size == 2)
		value = is_blacklisted(domain) ? MAGIC_BLACKLISTED : MAGIC;
	else if (port == PORT_LOG && size == 1)
		value = domain->profile->emulator_protocol;
	sim_leave(domain->sim);
	return value;
}

static void log_byte(struct sim_domain *domain, char c)
{
	uint64_t now = sim_now(domain->sim);

	if (now - domain->log_window >= SIM_SECOND) {
		domain->log_window = now;
		domain->log_bytes = 0;
	}
	if (domain->log_bytes++ >= LOG_BYTES_PER_SECOND)
		return;
	if (c != '\n') {
		if (domain->line_length < sizeof(domain->line) - 1)
			domain->line[domain->line_length++] = c >= ' ' && c < 127 ? c : '?';
		return;
	}
	domain->line[domain->line_length] = '\0';
	sim_memcpy(domain->unplug.last_line, domain->line, sizeof(domain->line));
	domain->unplug.lines++;
	domain->line_length = 0;
	sim_log(domain->sim, "d%u says: %s", domain->id, domain->line);
}

void sim_port_out(struct sim_task *caller, uint16_t port, uint32_t size, uint32_t value)
{
	struct sim_domain *domain = caller->vcpu->domain;

	sim_point(caller);
	sim_enter(domain->sim);
	if (port == PORT_LOG && size == 1) {
		log_byte(domain, (char)value);
	} else if (port == PORT_LOG && size == 2) {
		domain->unplug.product = (uint16_t)value;
	} else if (port == PORT_MAGIC && size == 4) {
		domain->unplug.build = value;
	} else if (port == PORT_MAGIC && size == 2) {
		if (is_blacklisted(domain))
			sim_log(domain->sim, "d%u: unplug of a blacklisted driver", domain->id);
		else
			domain->unplug.mask |= (uint16_t)value;
	}
	sim_leave(domain->sim);
}

void sim_unplug_state(const struct sim_domain *domain, struct sim_unplugged *state)
{
	*state = domain->unplug;
}

/* The bits of hvm-emulated-unplug: one for all disks makes that for all but the first pointless. */
void sim_emulated(const struct sim_domain *domain, struct sim_emulated *emulated)
{
	uint16_t mask = domain->unplug.mask;

	emulated->boot_disk = !(mask & 1);
	emulated->disks = !(mask & (1 | 4));
	emulated->nvme = !(mask & 8);
	emulated->nics = !(mask & 2);
}
