/* SPDX-License-Identifier: BSD-2-Clause */
/* A device's keys, ring and event channel, and its life over a resume. */
#include "backend/internal.h"

/* So many bytes of one value are no accident. */
#define SECRETS 64

static uint32_t append(char *path, uint32_t at, const char *text)
{
	size_t size = sim_strlen(text);

	if (at + size >= DEVICE_PATH)
		sim_abort("a device's path is too long");
	sim_memcpy(path + at, text, size + 1);
	return at + (uint32_t)size;
}

static uint32_t append_number(char *path, uint32_t at, uint32_t number)
{
	char text[12];
	uint32_t i = sizeof(text) - 1;

	text[i] = '\0';
	do {
		text[--i] = (char)('0' + number % 10);
	} while (number /= 10);
	return append(path, at, text + i);
}

bool device_number(const char *text, uint32_t *number)
{
	uint64_t n = 0;

	if (!text || !*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || n > UINT32_MAX)
			return false;
		n = n * 10 + (uint64_t)(*text - '0');
	}
	*number = (uint32_t)n;
	return n <= UINT32_MAX;
}

char *device_copy(const char *text)
{
	size_t size = sim_strlen(text) + 1;

	return sim_memcpy(sim_alloc(size), text, size);
}

static void make_paths(struct sim_device *device)
{
	const struct sim_device_config *config = &device->config;
	uint32_t at;

	device->front_id = device->front->id;
	at = append(device->front_path, 0, "/local/domain/");
	at = append_number(device->front_path, at, device->front_id);
	at = append(device->front_path, at, "/device/");
	at = append(device->front_path, at, config->class);
	at = append(device->front_path, at, "/");
	append(device->front_path, at, config->id);
	at = append(device->back_path, 0, "/local/domain/");
	at = append_number(device->back_path, at, device->control->id);
	at = append(device->back_path, at, "/backend/");
	at = append(device->back_path, at, config->class);
	at = append(device->back_path, at, "/");
	at = append_number(device->back_path, at, device->front_id);
	at = append(device->back_path, at, "/");
	append(device->back_path, at, config->id);
}

static void key_path(struct sim_device *device, bool front, const char *key, char *path)
{
	uint32_t at = append(path, 0, front ? device->front_path : device->back_path);

	at = append(path, at, "/");
	append(path, at, key);
}

int device_read(struct sim_device *device, bool front, const char *key, char *value, uint32_t size)
{
	char path[DEVICE_PATH];

	key_path(device, front, key, path);
	return sim_xs_read(device->client, path, value, size);
}

int device_write(struct sim_device *device, bool front, const char *key, const char *value)
{
	char path[DEVICE_PATH];

	key_path(device, front, key, path);
	return sim_xs_write(device->client, path, value);
}

int device_remove(struct sim_device *device, bool front, const char *key)
{
	char path[DEVICE_PATH];

	if (*key)
		key_path(device, front, key, path);
	else
		append(path, 0, front ? device->front_path : device->back_path);
	return sim_xs_remove(device->client, path);
}

/* As a toolstack does: the front-end owns its part and may read the other. */
static void make_keys(struct sim_device *device)
{
	char number[12];

	make_paths(device);
	sim_xs_write(device->client, device->back_path, "");
	sim_xs_perms(device->client, device->back_path, device->control->id, device->front_id);
	append_number(number, 0, device->front_id);
	device_write(device, false, "frontend-id", number);
	device_write(device, false, "frontend", device->front_path);
	device_write(device, false, "online", "1");
	device_write(device, false, "state", "1");
	sim_xs_write(device->client, device->front_path, "");
	sim_xs_perms(device->client, device->front_path, device->front_id, device->control->id);
	append_number(number, 0, device->control->id);
	device_write(device, true, "backend-id", number);
	device_write(device, true, "backend", device->back_path);
	device_write(device, true, "state", "1");
	sim_xs_watch(device->client, device->front_path, "front");
	device->made = true;
	device->ended = false;
	device->at = 0;
	device->goal = 0;
	device->until = 0;
	sim_memset(device->counted, 0, sizeof(device->counted));
}

bool device_map(struct sim_device *device, const char *key)
{
	char value[32];
	uint32_t ref;
	int rc;

	rc = device_read(device, true, key, value, sizeof(value));
	if (rc < 0 || !device_number(value, &ref)) {
		sim_log(device->control->sim, "%s: no grant in %s", device->config.class, key);
		return false;
	}
	rc = sim_grant_map(
		device->control, device->front_id, ref, false, &device->ring_handle, &device->ring);
	if (rc) {
		device->ring = NULL;
		sim_log(device->control->sim, "%s: grant %u not mapped (%d)", device->config.class,
			ref, rc);
		return false;
	}
	if (sim_secrets(device->ring, SIM_PAGE_SIZE) >= SECRETS)
		sim_fail(device->control->sim, "%s: the ring's page shows other memory",
			device->config.class);
	return true;
}

bool device_bind(struct sim_device *device, const char *key)
{
	char value[32];
	uint32_t port;
	int rc;

	rc = device_read(device, true, key, value, sizeof(value));
	if (rc < 0 || !device_number(value, &port))
		return false;
	rc = sim_port_bind(device->control, device->front_id, port, device->task);
	if (rc < 0) {
		sim_log(device->control->sim, "%s: port %u not bound (%d)", device->config.class,
			port, rc);
		return false;
	}
	device->port = (uint32_t)rc;
	return true;
}

void device_let_go(struct sim_device *device)
{
	if (device->state)
		device->config.model->stop(device, device->state);
	if (device->ring)
		sim_grant_unmap(device->control, device->ring_handle);
	device->ring = NULL;
	if (device->port)
		sim_port_close(device->control, device->port);
	device->port = 0;
}

static void on_resume(struct sim_domain *domain, void *argument)
{
	struct sim_device *device = argument;

	device_let_go(device);
	device_remove(device, false, "");
	sim_xs_unwatch(device->client, device->front_path, "front");
	device->made = false;
	if (device->move.planned) {
		device_remove(device, true, "");
		device->control = device->move.control;
		device_parse(device, device->move.script);
		device->move.planned = false;
	}
	sim_kick(device->task);
	(void)domain;
}

void sim_device_move(struct sim_device *device, struct sim_domain *control, const char *script)
{
	sim_release(device->move.script);
	device->move.script = device_copy(script);
	device->move.control = control;
	device->move.planned = true;
}

static uint64_t step(void *argument)
{
	struct sim_device *device = argument;
	char path[DEVICE_PATH];

	while (sim_xs_event(device->client, path, sizeof(path)))
		;
	if (!device->control)
		return SIM_NEVER;
	if (device->port)
		sim_port_pending(device->control, device->port);
	if (!device->made) {
		uint32_t at = append(path, 0, "/local/domain/");

		append_number(path, at, device->front->id);
		if (sim_xs_read(device->client, path, path, sizeof(path)) < 0)
			return sim_now(device->control->sim) + SIM_MS;
		make_keys(device);
	}
	return device_step(device);
}

struct sim_device *sim_device_new(struct sim_store *store, struct sim_domain *front,
	struct sim_domain *control, const struct sim_device_config *config)
{
	struct sim_device *device = sim_alloc(sizeof(*device));

	device->store = store;
	device->front = front;
	device->control = control;
	device->config = *config;
	device->task = sim_service(front->sim, config->class, step, device);
	device->client = sim_client_new(store, device->task);
	device_parse(device, config->script);
	if (config->model)
		device->state = config->model->start(device);
	sim_resume_hook(front, on_resume, device);
	make_keys(device);
	return device;
}

void sim_device_free(struct sim_device *device)
{
	sim_release(device->state);
	sim_release(device->text);
	sim_release(device->move.script);
	sim_release(device);
}

bool sim_device_ended(const struct sim_device *device)
{
	return device->ended;
}

uint32_t sim_device_served(const struct sim_device *device)
{
	return device->served;
}

struct sim *sim_device_sim(const struct sim_device *device)
{
	return device->control->sim;
}

struct sim_domain *sim_device_control(const struct sim_device *device)
{
	return device->control;
}

uint16_t sim_device_front(const struct sim_device *device)
{
	return device->front_id;
}

void *sim_device_ring(const struct sim_device *device)
{
	return device->ring;
}

void *sim_device_state(const struct sim_device *device)
{
	return device->state;
}

void sim_device_notify(struct sim_device *device)
{
	if (device->port)
		sim_port_send(device->control, device->port);
}
