/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_BACKEND_INTERNAL_H
#define SIM_BACKEND_INTERNAL_H

#include "core/internal.h"
#include "sim_device.h"

#define DEVICE_PATH  128
#define DEVICE_WORDS 4
#define DEVICE_LINES 256
#define DEVICE_LOOPS 8

struct device_line {
	const char *word[DEVICE_WORDS];
	uint32_t words;
	uint32_t number; /* of the text */
};

struct sim_device {
	struct sim_store *store;
	struct sim_client *client;
	struct sim_domain *front, *control;
	struct sim_device_config config;
	struct sim_task *task;
	char front_path[DEVICE_PATH], back_path[DEVICE_PATH];
	uint16_t front_id;
	bool made, ended;
	struct {
		bool planned;
		struct sim_domain *control;
		char *script;
	} move;

	char *text;
	struct device_line line[DEVICE_LINES];
	uint32_t lines, at;
	uint32_t counted[DEVICE_LINES]; /* of each `repeat` and `storm`, how often so far */
	uint64_t until;
	uint32_t goal; /* of a `serve` */

	void *state;
	void *ring;
	uint32_t ring_handle;
	uint32_t port; /* 0: none */
	uint32_t served;
};

char *device_copy(const char *text);

/* script.c. Instead of the script that there was. */
void device_parse(struct sim_device *device, const char *text);
/* When to go on; 0: at once. */
uint64_t device_step(struct sim_device *device);

/* device.c */
void device_let_go(struct sim_device *device);
int device_read(struct sim_device *device, bool front, const char *key, char *value, uint32_t size);
int device_write(struct sim_device *device, bool front, const char *key, const char *value);
int device_remove(struct sim_device *device, bool front, const char *key);
bool device_map(struct sim_device *device, const char *key);
bool device_bind(struct sim_device *device, const char *key);
bool device_number(const char *text, uint32_t *number);

#endif
