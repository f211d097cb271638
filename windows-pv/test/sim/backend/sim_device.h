/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_DEVICE_H
#define SIM_DEVICE_H

#include "sim.h"
#include "store/sim_store.h"

/*
 * A device as a toolstack makes it, and its back-end in the control domain. What the back-end does
 * is a script, one statement to a line; README.md lists the statements. What it does with a ring
 * is its model.
 */
struct sim_device;

struct sim_model {
	const char *name;
	/* Makes the model's state for one device; freed with sim_release. */
	void *(*start)(struct sim_device *device);
	/* Looks at the ring once. Adds to *done what it answered. True: more may be there at once.
	 */
	bool (*serve)(struct sim_device *device, void *state, uint32_t *done);
	/* A statement `model WORD NUMBER`. False: it has no such word. */
	bool (*command)(struct sim_device *device, void *state, const char *word, uint32_t number);
	/* Lets go of every grant. The ring is unmapped after it, and perhaps mapped anew. */
	void (*stop)(struct sim_device *device, void *state);
};

struct sim_device_config {
	const char *class; /* as in device/<class>/<id> */
	const char *id;
	const char *script;	       /* copied */
	const struct sim_model *model; /* NULL: it has no ring */
};

struct sim_device *sim_device_new(struct sim_store *store, struct sim_domain *front,
	struct sim_domain *control, const struct sim_device_config *config);
void sim_device_free(struct sim_device *device); /* before its store */

/*
 * What the front-end finds after the next resume elsewhere: the device with its back-end in another
 * control domain and with another script, which is copied; NULL for control: no such device.
 */
void sim_device_move(struct sim_device *device, struct sim_domain *control, const char *script);

/* The script has come to its end. */
bool sim_device_ended(const struct sim_device *device);
/* All the answers that `serve` gave. */
uint32_t sim_device_served(const struct sim_device *device);

/* For models. */
struct sim *sim_device_sim(const struct sim_device *device);
struct sim_domain *sim_device_control(const struct sim_device *device);
uint16_t sim_device_front(const struct sim_device *device);
void *sim_device_ring(const struct sim_device *device); /* NULL: not mapped */
void sim_device_notify(struct sim_device *device);
void *sim_device_state(const struct sim_device *device);

/* The model of the simulator's own test device: see backend/echo.h. */
extern const struct sim_model sim_echo;

#endif
