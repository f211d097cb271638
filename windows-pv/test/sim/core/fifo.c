/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The FIFO ABI of event channels (xen/event_channel.h): a word for each port, linked into queues of
 * which each virtual CPU has one for each priority. Xen adds at the tails, the guest takes at the
 * heads, and both change the words at once. One priority is used here, the default.
 */
#include "internal.h"

#include <xen/event_channel.h>

#define PENDING (1u << EVTCHN_FIFO_PENDING)
#define MASKED	(1u << EVTCHN_FIFO_MASKED)
#define LINKED	(1u << EVTCHN_FIFO_LINKED)
#define LINK	((1u << EVTCHN_FIFO_LINK_BITS) - 1)
#define WORDS	(SIM_PAGE_SIZE / sizeof(event_word_t))
#define PAGES	(SIM_MAX_PORTS / WORDS)
#define QUEUE	EVTCHN_FIFO_PRIORITY_DEFAULT

struct sim_fifo {
	struct sim_page *pages[PAGES];
	uint32_t page_count;
	struct {
		struct sim_page *page;
		struct evtchn_fifo_control_block *block;
		uint32_t tail;
	} cpus[SIM_MAX_VCPUS];
	bool lost[SIM_MAX_PORTS];    /* pending, and its word is not there yet */
	uint8_t last[SIM_MAX_PORTS]; /* the virtual CPU in whose queue it was last */
};

static event_word_t *word_of(struct sim_fifo *fifo, uint32_t port)
{
	if (port / WORDS >= fifo->page_count)
		return NULL;
	return (event_word_t *)fifo->pages[port / WORDS]->data + port % WORDS;
}

/* False: the guest has taken it out of its queue. */
static bool link_behind(event_word_t *tail, uint32_t port)
{
	event_word_t old = SIM_LOAD(tail);

	do {
		if (!(old & LINKED))
			return false;
	} while (!SIM_CAS(tail, &old, (old & ~LINK) | port));
	return true;
}

static bool link_up(struct sim_fifo *fifo, struct sim_vcpu *vcpu, uint32_t port)
{
	struct evtchn_fifo_control_block *block = fifo->cpus[vcpu->index].block;
	uint32_t tail = fifo->cpus[vcpu->index].tail;
	event_word_t *word = tail ? word_of(fifo, tail) : NULL;

	if (!block)
		return false;
	/* In another queue it is no longer the end of that one, where nothing may follow it. */
	if (fifo->last[port] != vcpu->index && fifo->cpus[fifo->last[port]].tail == port)
		fifo->cpus[fifo->last[port]].tail = 0;
	fifo->last[port] = (uint8_t)vcpu->index;
	fifo->cpus[vcpu->index].tail = port;
	if (word && tail != port && link_behind(word, port))
		return false;
	SIM_STORE(&block->head[QUEUE], port);
	return !(SIM_FETCH_OR(&block->ready, 1u << QUEUE) & 1u << QUEUE);
}

bool sim_fifo_pend(struct sim_vcpu *vcpu, uint32_t port)
{
	struct sim_fifo *fifo = vcpu->domain->fifo;
	event_word_t *word = word_of(fifo, port);

	if (!word) {
		fifo->lost[port] = true;
		return false;
	}
	if (SIM_FETCH_OR(word, PENDING) & MASKED)
		return false;
	if (SIM_FETCH_OR(word, LINKED) & LINKED)
		return false;
	SIM_FETCH_AND(word, ~LINK);
	return link_up(fifo, vcpu, port);
}

bool sim_fifo_unmask(struct sim_vcpu *vcpu, uint32_t port)
{
	event_word_t *word = word_of(vcpu->domain->fifo, port);

	if (!word || !(SIM_FETCH_AND(word, ~MASKED) & PENDING))
		return false;
	return sim_fifo_pend(vcpu, port);
}

void sim_fifo_clear(struct sim_domain *domain, uint32_t port)
{
	event_word_t *word = word_of(domain->fifo, port);

	domain->fifo->lost[port] = false;
	if (word)
		SIM_FETCH_AND(word, ~PENDING);
}

static struct sim_page *guest_page(struct sim_domain *domain, uint64_t gfn)
{
	struct sim_slot *slot = sim_slot(domain, gfn);

	return slot && slot->kind == SIM_RAM ? slot->page : NULL;
}

static long init_control(struct sim_domain *domain, void *argument)
{
	struct evtchn_init_control op;
	struct sim_page *page;

	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	if (op.vcpu >= domain->vcpu_count)
		return -XEN_ENOENT;
	if (op.offset % 8 || op.offset > SIM_PAGE_SIZE - sizeof(struct evtchn_fifo_control_block))
		return -XEN_EINVAL;
	page = guest_page(domain, op.control_gfn);
	if (!page)
		return -XEN_EINVAL;
	if (!domain->fifo)
		domain->fifo = sim_alloc(sizeof(*domain->fifo));
	if (domain->fifo->cpus[op.vcpu].page)
		return -XEN_EINVAL;
	sim_page_pin(page);
	domain->fifo->cpus[op.vcpu].page = page;
	domain->fifo->cpus[op.vcpu].block = (void *)((uint8_t *)page->data + op.offset);
	op.link_bits = EVTCHN_FIFO_LINK_BITS;
	return sim_copy_out(argument, &op, sizeof(op)) ? 0 : -XEN_EFAULT;
}

static long expand_array(struct sim_domain *domain, void *argument)
{
	struct sim_fifo *fifo = domain->fifo;
	struct evtchn_expand_array op;
	struct sim_page *page;

	if (!fifo)
		return -XEN_ENOSYS;
	if (!sim_copy_in(&op, argument, sizeof(op)))
		return -XEN_EFAULT;
	page = guest_page(domain, op.array_gfn);
	if (!page)
		return -XEN_EINVAL;
	if (fifo->page_count == PAGES)
		return -XEN_ENOSPC;
	sim_page_pin(page);
	fifo->pages[fifo->page_count++] = page;
	for (uint32_t port = (fifo->page_count - 1) * WORDS; port < fifo->page_count * WORDS;
		port++) {
		if (!fifo->lost[port])
			continue;
		fifo->lost[port] = false;
		sim_event_pend(domain, port);
	}
	return 0;
}

long sim_fifo_op(struct sim_domain *domain, uint32_t op, void *argument)
{
	struct evtchn_set_priority priority;

	if (!domain->profile->fifo)
		return -XEN_ENOSYS;
	switch (op) {
	case EVTCHNOP_init_control:
		return init_control(domain, argument);
	case EVTCHNOP_expand_array:
		return expand_array(domain, argument);
	default:
		if (!domain->fifo)
			return -XEN_ENOSYS;
		if (!sim_copy_in(&priority, argument, sizeof(priority)))
			return -XEN_EFAULT;
		return priority.priority > EVTCHN_FIFO_PRIORITY_MIN ? -XEN_EINVAL : 0;
	}
}

void sim_fifo_forget(struct sim_domain *domain)
{
	struct sim_fifo *fifo = domain->fifo;

	if (!fifo)
		return;
	for (uint32_t i = 0; i < fifo->page_count; i++)
		sim_page_unpin(fifo->pages[i]);
	for (uint32_t i = 0; i < domain->vcpu_count; i++)
		if (fifo->cpus[i].page)
			sim_page_unpin(fifo->cpus[i].page);
	domain->fifo = NULL;
	sim_release(fifo);
}
