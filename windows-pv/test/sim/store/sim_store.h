/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_STORE_H
#define SIM_STORE_H

#include "sim.h"

/*
 * A xenstored: the wire protocol over each guest's ring (xen/io/xs_wire.h, docs/misc/xenstore.txt,
 * xenstore-ring.txt), and direct calls for back-ends, which run in the control domain.
 */
struct sim_store;
struct sim_client;

struct sim_store *sim_store_new(struct sim *sim, struct sim_domain *control);
void sim_store_free(struct sim_store *store); /* after sim_run, before sim_free */

/* Makes the domain's part of the tree, as a toolstack does, and serves its ring. */
void sim_store_introduce(struct sim_store *store, struct sim_domain *domain);

/* Called when that part has been made anew after a resume, before the guest can look: for devices.
 */
void sim_store_furnish(
	struct sim_store *store, struct sim_domain *domain, void (*call)(void *), void *argument);

struct sim_quota { /* of a domain that is not privileged; the defaults are xenstored's */
	uint32_t nodes, watches, transactions, node_size, perms, transaction_nodes;
};
void sim_store_quota(struct sim_store *store, const struct sim_quota *quota);

/* How it serves one domain. All zero: promptly. Permille of the times that it does something. */
struct sim_temper {
	uint32_t dribble; /* moves one byte and no more */
	uint32_t dawdle;  /* sleeps, up to dawdle_time */
	uint64_t dawdle_time;
	uint32_t reorder;  /* lets a reply overtake another */
	uint32_t conflict; /* answers the end of a transaction with EAGAIN without need */
	uint32_t spurious; /* fires a watch without cause */
};
void sim_store_temper(
	struct sim_store *store, struct sim_domain *domain, const struct sim_temper *temper);

/* Done once, instead of or beside the reply that comes after `skip` others. */
enum sim_attack {
	SIM_ATTACK_NONE,
	SIM_ATTACK_SILENCE,	    /* no reply, ever */
	SIM_ATTACK_UNKNOWN_ID,	    /* first a reply to a question that nobody asked */
	SIM_ATTACK_ONLY_UNKNOWN_ID, /* and then not the right one */
	SIM_ATTACK_TWICE,	    /* the second perhaps after the next question */
	SIM_ATTACK_WRONG_TYPE,
	SIM_ATTACK_NO_SUCH_TYPE,
	SIM_ATTACK_LONG,	 /* 4097 bytes, and they do come */
	SIM_ATTACK_HUGE,	 /* length 0xffffffff */
	SIM_ATTACK_UNTERMINATED, /* the last byte is no NUL */
	SIM_ATTACK_EMPTY,
	SIM_ATTACK_NAMES, /* a list of names that no node can have */
	SIM_ATTACK_UNKNOWN_ERROR,
	SIM_ATTACK_PRODUCER_AHEAD,
	SIM_ATTACK_PRODUCER_BACK,
	SIM_ATTACK_CONSUMER_AHEAD,
	SIM_ATTACK_REWRITE_HEADER, /* after it was made visible; deterministic mode only */
	SIM_ATTACK_WATCH_UNKNOWN,  /* an event with a token that was never registered */
	SIM_ATTACK_WATCH_MALFORMED,
	SIM_ATTACK_WATCH_FLOOD,
	SIM_ATTACK_ERROR_FIELD,	 /* says in the ring that it has given up */
	SIM_ATTACK_NO_RECONNECT, /* and does not answer a reconnect either */
	SIM_ATTACK_COUNT,
};
void sim_store_attack(
	struct sim_store *store, struct sim_domain *domain, enum sim_attack attack, uint32_t skip);
const char *sim_attack_name(enum sim_attack attack);

/*
 * What a domain has there. ignored: the connection broke the protocol and is not served until it
 * reconnects.
 */
struct sim_store_use {
	uint32_t nodes, watches, transactions, queued;
	bool ignored, dead;
	uint64_t requests;
};
void sim_store_use(struct sim_store *store, struct sim_domain *domain, struct sim_store_use *use);

/* Ends them all, for a test that has spoilt the answers in which the domain would have heard of
 * them. */
void sim_store_forget_transactions(struct sim_store *store, struct sim_domain *domain);

/*
 * Direct calls of the control domain, from a service or before the run. Results are 0 or a length,
 * or a negative Xen error number. Events kick the task.
 */
struct sim_client *sim_client_new(struct sim_store *store, struct sim_task *kicked);
int sim_xs_read(struct sim_client *client, const char *path, char *value, uint32_t size);
int sim_xs_write(struct sim_client *client, const char *path, const char *value);
int sim_xs_write_data(
	struct sim_client *client, const char *path, const void *value, uint32_t size);
int sim_xs_remove(struct sim_client *client, const char *path);
/* The owner may do all; the reader may read, everybody else nothing. */
int sim_xs_perms(struct sim_client *client, const char *path, uint16_t owner, uint16_t reader);
int sim_xs_watch(struct sim_client *client, const char *path, const char *token);
int sim_xs_unwatch(struct sim_client *client, const char *path, const char *token);
/* 1: an event; 0: none. */
int sim_xs_event(struct sim_client *client, char *path, uint32_t size);

#endif
