/* SPDX-License-Identifier: BSD-2-Clause */
/* The command "sim ...": what a toolstack, a back-end in dom0 or an enemy does. */
#include "internal.h"

#include <xen/event_channel.h>
#include <xen/io/xs_wire.h>

static bool say(PCHAR answer, ULONG size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
static bool say(PCHAR answer, ULONG size, const char *format, ...)
{
	size_t used = sim_strlen(answer);
	va_list arguments;

	va_start(arguments, format);
	if (used + 1 < size)
		sim_vformat(answer + used, size - used, format, arguments);
	va_end(arguments);
	return true;
}

static char *next(char **text)
{
	char *word = *text;
	char *end = word;

	while (*end && *end != ' ')
		end++;
	if (*end)
		*end++ = 0;
	*text = end;
	return word;
}

static uint64_t number(char **text)
{
	const char *word = next(text);
	uint64_t value = 0;

	while (*word >= '0' && *word <= '9')
		value = value * 10 + (uint64_t)(*word++ - '0');
	return value;
}

static bool done(PCHAR answer, ULONG size, int rc)
{
	return rc < 0 ? say(answer, size, "error: %d", rc) : say(answer, size, "%d", rc);
}

static bool create(char *text, PCHAR answer, ULONG size)
{
	const char *name = next(&text);
	const struct sim_profile *profile = &sim_xen_4_17;
	static struct sim_profile two_level;
	uint64_t seed = number(&text);
	uint32_t frames = (uint32_t)number(&text);

	if (xensim.sim)
		return say(answer, size, "error: there is one");
	if (!sim_strcmp(name, "3.4"))
		profile = &sim_xen_3_4;
	else if (!sim_strcmp(name, "4.17-2l"))
		profile = &two_level;
	else if (sim_strcmp(name, "4.17"))
		return say(answer, size, "error: sim new 3.4|4.17|4.17-2l SEED FRAMES");
	two_level = sim_xen_4_17;
	two_level.fifo = false;
	LeaveCriticalSection(&xensim.lock);
	xensim_new(profile, seed, frames);
	EnterCriticalSection(&xensim.lock);
	return say(answer, size, "ok");
}

static bool store(const char *verb, char *text, PCHAR answer, ULONG size)
{
	char *path = next(&text);
	int rc;

	if (!sim_strcmp(verb, "write"))
		return done(answer, size, sim_xs_write(xensim.client, path, text));
	if (!sim_strcmp(verb, "rm"))
		return done(answer, size, sim_xs_remove(xensim.client, path));
	if (!sim_strcmp(verb, "perms")) {
		uint16_t owner = (uint16_t)number(&text);

		return done(answer, size,
			sim_xs_perms(xensim.client, path, owner, (uint16_t)number(&text)));
	}
	if (sim_strcmp(verb, "read"))
		return false;
	rc = sim_xs_read(xensim.client, path, answer, size - 1);
	return rc < 0 ? done(answer, size, rc) : true;
}

/* sim many COUNT PREFIX SUFFIX: nodes PREFIX0SUFFIX and so on. */
static bool many(char *text, PCHAR answer, ULONG size)
{
	uint32_t count = (uint32_t)number(&text);
	const char *prefix = next(&text);
	char path[512];
	int rc = 0;

	for (uint32_t i = 0; i < count && rc >= 0; i++) {
		_snprintf(path, sizeof(path) - 1, "%s%u%s", prefix, i, text);
		rc = sim_xs_write(xensim.client, path, "");
	}
	return done(answer, size, rc);
}

static bool events(const char *verb, char *text, PCHAR answer, ULONG size)
{
	uint32_t port = (uint32_t)number(&text);
	uint32_t count;

	if (!sim_strcmp(verb, "bind"))
		return done(answer, size,
			sim_port_bind(xensim.control, sim_domain_id(xensim.guest), port, NULL));
	if (!sim_strcmp(verb, "port"))
		return done(answer, size,
			sim_port_alloc(xensim.control, sim_domain_id(xensim.guest), NULL));
	if (!sim_strcmp(verb, "close"))
		return done(answer, size, sim_port_close(xensim.control, port));
	if (!sim_strcmp(verb, "storm")) { /* from now on, until another is named; how many so far */
		xensim.storm = port;
		return say(answer, size, "%llu", (unsigned long long)xensim.storm_sent);
	}
	if (!sim_strcmp(verb, "pending"))
		return done(answer, size, sim_port_pending(xensim.control, port));
	if (sim_strcmp(verb, "send"))
		return false;
	count = (uint32_t)number(&text);
	for (uint32_t i = 1; i < count; i++)
		sim_port_send(xensim.control, port);
	return done(answer, size, sim_port_send(xensim.control, port));
}

static bool grants(const char *verb, char *text, PCHAR answer, ULONG size)
{
	uint32_t ref = (uint32_t)number(&text), handle;
	static char page[SIM_PAGE_SIZE];
	void *mapped;
	int rc;

	if (!sim_strcmp(verb, "map")) {
		rc = sim_grant_map(xensim.control, sim_domain_id(xensim.guest), ref, !number(&text),
			&handle, &mapped);
		return done(answer, size, rc < 0 ? rc : (int)handle);
	}
	if (!sim_strcmp(verb, "unmap"))
		return done(answer, size, sim_grant_unmap(xensim.control, ref));
	if (!sim_strcmp(verb, "secrets")) { /* bytes of it that nobody has overwritten */
		rc = sim_grant_copy_in(
			xensim.control, sim_domain_id(xensim.guest), ref, 0, page, sizeof(page));
		return done(answer, size, rc < 0 ? rc : (int)sim_secrets(page, sizeof(page)));
	}
	if (!sim_strcmp(verb, "scribble")) {
		sim_memset(page, 'x', sizeof(page));
		return done(answer, size,
			sim_grant_copy_out(xensim.control, sim_domain_id(xensim.guest), ref, 0,
				page, sizeof(page)));
	}
	return false;
}

/* As one who ran before and did not tidy up: the FIFO ABI with memory of his. */
static bool left_on(PCHAR answer, ULONG size)
{
	struct evtchn_init_control op = { 0 };

	sim_ram_alloc(xensim.guest, &op.control_gfn);
	return done(answer, size,
		(int)sim_hypercall(xensim.task, __HYPERVISOR_event_channel_op,
			EVTCHNOP_init_control, (uintptr_t)&op, 0));
}

static bool temper(char *text, PCHAR answer, ULONG size)
{
	struct sim_temper mood = { 0 };

	mood.dribble = (uint32_t)number(&text);
	mood.dawdle = (uint32_t)number(&text);
	mood.dawdle_time = number(&text) * SIM_US;
	mood.reorder = (uint32_t)number(&text);
	mood.conflict = (uint32_t)number(&text);
	mood.spurious = (uint32_t)number(&text);
	sim_store_temper(xensim.store, xensim.guest, &mood);
	return say(answer, size, "ok");
}

static bool attack(char *text, PCHAR answer, ULONG size)
{
	const char *name = next(&text);

	for (int i = 0; i < SIM_ATTACK_COUNT; i++) {
		if (sim_strcmp(sim_attack_name((enum sim_attack)i), name))
			continue;
		sim_store_attack(
			xensim.store, xensim.guest, (enum sim_attack)i, (uint32_t)number(&text));
		return say(answer, size, "ok");
	}
	return say(answer, size, "error: no attack %s", name);
}

/*
 * The length in the header that the guest reads next is spoilt and made good again, over and over
 * and without a lock: a second look at it sees something else.
 */
static ULONG NTAPI flipping(PVOID argument)
{
	struct xenstore_domain_interface *ring = sim_frame(xensim.guest, xensim.guest->store_gfn);
	ULONGLONG end = ShimClock() + (ULONG_PTR)argument * SIM_MS;

	while (ShimClock() < end)
		for (uint32_t i = 0; i < 1000; i++) {
			uint32_t at = SIM_LOAD(&ring->rsp_cons) + offsetof(struct xsd_sockmsg, len);
			volatile char *high = &ring->rsp[MASK_XENSTORE_IDX(at + 3)];

			if (SIM_LOAD(&ring->rsp_prod) - SIM_LOAD(&ring->rsp_cons) <
				sizeof(struct xsd_sockmsg))
				continue;
			*high = (char)0x80;
			*high = 0;
		}
	/* A transaction of which the guest could not hear is not the guest's to end. */
	sim_store_forget_transactions(xensim.store, xensim.guest);
	InterlockedExchange(&xensim.flipping, 0);
	return 0;
}

/* sim flip MS, or 0: whether it is still at it. */
static bool flip(char *text, PCHAR answer, ULONG size)
{
	ULONG_PTR time = (ULONG_PTR)number(&text);

	if (time && !InterlockedExchange(&xensim.flipping, 1))
		CloseHandle(CreateThread(NULL, 0, flipping, (PVOID)time, 0, NULL));
	return say(answer, size, "%ld", (long)xensim.flipping);
}

/* sim device CLASS ID ring|- SCRIPT, with ; between the statements. Answers its number. */
static bool device(char *text, PCHAR answer, ULONG size)
{
	const char *class = next(&text), *id = next(&text);
	struct sim_device_config config = { 0 };
	uint32_t place = 0;

	config.model = sim_strcmp(next(&text), "ring") ? NULL : &sim_echo;
	for (char *p = text; *p; p++)
		if (*p == ';')
			*p = '\n';
	config.script = text;
	while (place < XENSIM_DEVICES && xensim.devices[place])
		place++;
	if (place == XENSIM_DEVICES)
		return say(answer, size, "error: too many devices");
	_snprintf(xensim.names[place][0], sizeof(xensim.names[0][0]) - 1, "%s", class);
	_snprintf(xensim.names[place][1], sizeof(xensim.names[0][0]) - 1, "%s", id);
	config.class = xensim.names[place][0];
	config.id = xensim.names[place][1];
	xensim.devices[place] = sim_device_new(xensim.store, xensim.guest, xensim.control, &config);
	return say(answer, size, "%u", place);
}

/* sim move N DOMAIN SCRIPT: of device N after the next resume elsewhere; DOMAIN -: it is not there.
 */
static bool move(char *text, PCHAR answer, ULONG size)
{
	uint32_t place = (uint32_t)number(&text);
	const char *domain = next(&text);
	struct sim_domain *control = !sim_strcmp(domain, "0")	? xensim.control
				     : !sim_strcmp(domain, "5") ? xensim.driver
								: NULL;

	if (place >= XENSIM_DEVICES || !xensim.devices[place])
		return say(answer, size, "error: no device %u", place);
	for (char *p = text; *p; p++)
		if (*p == ';')
			*p = '\n';
	sim_device_move(xensim.devices[place], control, text);
	return say(answer, size, "ok");
}

void xensim_furnish(void *argument)
{
	char path[128];

	(void)argument;
	for (uint32_t i = 0; i < XENSIM_KEPT; i++) {
		if (!xensim.kept[i].path[0])
			continue;
		_snprintf(path, sizeof(path) - 1, "/local/domain/%u/%s",
			sim_domain_id(xensim.guest), xensim.kept[i].path);
		sim_xs_write(xensim.client, path, xensim.kept[i].value);
	}
}

/* sim keep PATH VALUE: below the guest's home, now and again after each resume. */
static bool keep(char *text, PCHAR answer, ULONG size)
{
	const char *path = next(&text);

	for (uint32_t i = 0; i < XENSIM_KEPT; i++) {
		if (xensim.kept[i].path[0])
			continue;
		_snprintf(xensim.kept[i].path, sizeof(xensim.kept[i].path) - 1, "%s", path);
		_snprintf(xensim.kept[i].value, sizeof(xensim.kept[i].value) - 1, "%s", text);
		xensim_furnish(NULL);
		return say(answer, size, "ok");
	}
	return say(answer, size, "error: too much to keep");
}

/* sim refuse DECREASE POPULATE: every so-maniest page of the balloon; 0: none. */
static bool refuse(char *text, PCHAR answer, ULONG size)
{
	uint32_t decrease = (uint32_t)number(&text);

	sim_reservation_refuse(xensim.guest, decrease, (uint32_t)number(&text));
	return say(answer, size, "ok");
}

static struct sim_resume next_domain(char *text)
{
	struct sim_resume resume = { .cancel = !sim_strncmp(text, "cancel", 6) };
	const char *profile;

	if (resume.cancel)
		return resume;
	resume.id = (uint16_t)number(&text);
	profile = next(&text);
	resume.profile = !sim_strcmp(profile, "3.4")	? &sim_xen_3_4
			 : !sim_strcmp(profile, "4.17") ? &sim_xen_4_17
							: NULL;
	return resume;
}

/* sim plan cancel | sim plan ID 3.4|4.17|-: what becomes of the next suspend. ID 0: the same. */
static bool plan(char *text, PCHAR answer, ULONG size)
{
	struct sim_resume resume = next_domain(text);

	sim_plan_resume(xensim.guest, &resume);
	return say(answer, size, "ok");
}

/* sim hibernated ID 3.4|4.17|-: now, and as another domain. */
static bool hibernated(char *text, PCHAR answer, ULONG size)
{
	struct sim_resume resume = next_domain(text);

	sim_hibernated(xensim.guest, &resume);
	return say(answer, size, "ok");
}

/* What the guest has of Xen and of the store; nothing to say when all is back. */
static bool left(PCHAR answer, ULONG size)
{
	struct sim_leftovers have;
	struct sim_store_use use;

	sim_leftovers(xensim.guest, &have);
	sim_store_use(xensim.store, xensim.guest, &use);
	if (have.ports)
		say(answer, size, "%u ports\n", have.ports);
	if (have.grants)
		say(answer, size, "%u grants\n", have.grants);
	if (have.mapped)
		say(answer, size, "%u mapped\n", have.mapped);
	if (have.given)
		say(answer, size, "%u pages given to Xen\n", have.given);
	if (use.watches)
		say(answer, size, "%u watches\n", use.watches);
	if (use.transactions)
		say(answer, size, "%u transactions\n", use.transactions);
	return true;
}

static bool told(const char *verb, const char *text, PCHAR answer, ULONG size)
{
	struct sim_unplugged unplug;
	struct sim_store_use use;

	if (!sim_strcmp(verb, "failure")) {
		const char *why = sim_failure(xensim.sim);

		return say(answer, size, "%s", why ? why : "");
	}
	if (!sim_strcmp(verb, "errors")) {
		say(answer, size, "%s", xensim_error());
		xensim_error_forget();
		return true;
	}
	if (!sim_strcmp(verb, "heard"))
		return say(answer, size, "%s", xensim_heard(text));
	if (!sim_strcmp(verb, "unplugged")) {
		sim_unplug_state(xensim.guest, &unplug);
		return say(answer, size, "%u", unplug.mask);
	}
	if (!sim_strcmp(verb, "emulated")) {
		struct sim_emulated have;

		sim_emulated(xensim.guest, &have);
		return say(answer, size, "%s%s%s%s", have.boot_disk ? "boot " : "",
			have.disks ? "disks " : "", have.nvme ? "nvme " : "",
			have.nics ? "nics" : "");
	}
	if (!sim_strcmp(verb, "shutdown-means"))
		return say(answer, size, "%d", sim_shutdown_meaning(xensim.guest));
	if (!sim_strcmp(verb, "said")) {
		sim_unplug_state(xensim.guest, &unplug);
		return say(answer, size, "%u lines, last: %s", unplug.lines, unplug.last_line);
	}
	if (!sim_strcmp(verb, "requests")) {
		sim_store_use(xensim.store, xensim.guest, &use);
		return say(answer, size, "%llu", (unsigned long long)use.requests);
	}
	if (!sim_strcmp(verb, "watches")) {
		sim_store_use(xensim.store, xensim.guest, &use);
		return say(answer, size, "%u", use.watches);
	}
	if (!sim_strcmp(verb, "balloon")) { /* pages */
		struct sim_leftovers have;

		sim_leftovers(xensim.guest, &have);
		return say(answer, size, "pages %u, not wiped %u", have.given, have.unwiped);
	}
	if (!sim_strcmp(verb, "param-callback"))
		return say(answer, size, "%llx", (unsigned long long)xensim.guest->params[0]);
	return false;
}

/* Each handler takes words off the text, so only the right one may see it. */
static bool among(const char *verb, const char *verbs)
{
	size_t length = sim_strlen(verb);

	for (const char *p = verbs; *p; p++)
		if ((p == verbs || p[-1] == ' ') && !sim_strncmp(p, verb, length) &&
			(!p[length] || p[length] == ' '))
			return length != 0;
	return false;
}

static bool command(char *text, PCHAR answer, ULONG size)
{
	const char *verb = next(&text);

	if (!sim_strcmp(verb, "new"))
		return create(text, answer, size);
	if (!xensim.sim)
		return say(answer, size, "error: sim new comes first");
	if (!sim_strcmp(verb, "left"))
		return left(answer, size);
	if (!sim_strcmp(verb, "left-on"))
		return left_on(answer, size);
	if (!sim_strcmp(verb, "many"))
		return many(text, answer, size);
	if (!sim_strcmp(verb, "temper"))
		return temper(text, answer, size);
	if (!sim_strcmp(verb, "attack"))
		return attack(text, answer, size);
	if (!sim_strcmp(verb, "device"))
		return device(text, answer, size);
	if (!sim_strcmp(verb, "move"))
		return move(text, answer, size);
	if (!sim_strcmp(verb, "keep"))
		return keep(text, answer, size);
	if (!sim_strcmp(verb, "refuse"))
		return refuse(text, answer, size);
	if (!sim_strcmp(verb, "plan"))
		return plan(text, answer, size);
	if (!sim_strcmp(verb, "hibernated"))
		return hibernated(text, answer, size);
	if (among(verb, "write read rm perms"))
		return store(verb, text, answer, size);
	if (!sim_strcmp(verb, "flip"))
		return flip(text, answer, size);
	if (among(verb, "bind port close pending send storm"))
		return events(verb, text, answer, size);
	if (among(verb, "map unmap secrets scribble"))
		return grants(verb, text, answer, size);
	return told(verb, text, answer, size);
}

VOID NTAPI xensim_command(PVOID argument, PCHAR text, PCHAR answer, ULONG size)
{
	UNREFERENCED_PARAMETER(argument);
	EnterCriticalSection(&xensim.lock);
	if (!command(text, answer, size))
		say(answer, size, "error: sim knows no such word");
	LeaveCriticalSection(&xensim.lock);
	xensim_wake();
}
