/* SPDX-License-Identifier: BSD-2-Clause */
/* Nodes by path; each knows the names of its children. */
#include "store/internal.h"

char *xs_copy(const char *text)
{
	size_t size = sim_strlen(text) + 1;
	char *copy = sim_alloc(size);

	sim_memcpy(copy, text, size);
	return copy;
}

static struct xs_node **bucket(struct sim_store *s, const char *path)
{
	uint32_t hash = 2166136261u;

	for (; *path; path++)
		hash = (hash ^ (uint8_t)*path) * 16777619u;
	return &s->nodes[hash % XS_BUCKETS];
}

static struct xs_node *find(struct xs_node *list, const char *path)
{
	while (list && sim_strcmp(list->path, path))
		list = list->next;
	return list;
}

static void empty(struct xs_node *node)
{
	for (uint32_t i = 0; i < node->children; i++)
		sim_release(node->child[i]);
	sim_release(node->child);
	sim_release(node->value);
	node->child = NULL;
	node->children = 0;
	node->value = NULL;
	node->size = 0;
}

static void free_node(struct xs_node *node)
{
	empty(node);
	sim_release(node->path);
	sim_release(node);
}

/* Contents only; not its place, and not its generation. */
static void copy_contents(struct xs_node *to, const struct xs_node *from)
{
	empty(to);
	xs_set_value(to, from->value, from->size);
	to->child = sim_alloc(from->children * sizeof(*to->child));
	to->children = from->children;
	for (uint32_t i = 0; i < from->children; i++)
		to->child[i] = xs_copy(from->child[i]);
	sim_memcpy(to->perm, from->perm, sizeof(to->perm));
	to->perms = from->perms;
}

bool xs_parent(const char *path, char *parent)
{
	uint32_t length = (uint32_t)sim_strlen(path);

	if (length == 1)
		return false;
	sim_memcpy(parent, path, length + 1);
	while (parent[length - 1] != '/')
		length--;
	parent[length > 1 ? length - 1 : 1] = '\0';
	return true;
}

static uint32_t *owner_count(struct sim_store *s, uint16_t domid)
{
	uint32_t unused = XS_OWNERS;

	for (uint32_t i = 0; i < XS_OWNERS; i++) {
		if (s->owners[i].count && s->owners[i].domid == domid)
			return &s->owners[i].count;
		if (!s->owners[i].count && unused == XS_OWNERS)
			unused = i;
	}
	if (unused == XS_OWNERS)
		sim_abort("nodes of too many owners");
	s->owners[unused].domid = domid;
	return &s->owners[unused].count;
}

uint32_t xs_owned(const struct sim_store *s, uint16_t domid)
{
	for (uint32_t i = 0; i < XS_OWNERS; i++)
		if (s->owners[i].count && s->owners[i].domid == domid)
			return s->owners[i].count;
	return 0;
}

/* The count is of the tree; a transaction's own nodes count when it is committed. */
static void account(struct sim_store *s, const struct xs_node *node, int by)
{
	if (node->perms)
		*owner_count(s, node->perm[0].domid) += (uint32_t)by;
}

/* A transaction's view of a node, made at the first look. */
struct xs_node *xs_private(struct sim_store *s, struct xs_transaction *t, const char *path)
{
	struct xs_node *node = find(t->nodes, path), *shared;

	if (node)
		return node;
	shared = find(*bucket(s, path), path);
	node = sim_alloc(sizeof(*node));
	node->path = xs_copy(path);
	node->absent = !shared;
	if (shared) {
		copy_contents(node, shared);
		node->generation = shared->generation;
	}
	node->next = t->nodes;
	t->nodes = node;
	t->node_count++;
	return node;
}

const struct xs_node *xs_get(struct sim_store *s, struct xs_transaction *t, const char *path)
{
	struct xs_node *node;

	if (!t)
		return find(*bucket(s, path), path);
	node = xs_private(s, t, path);
	return node->absent ? NULL : node;
}

struct xs_node *xs_change(struct sim_store *s, struct xs_transaction *t, const char *path)
{
	struct xs_node *node;

	if (!t) {
		node = find(*bucket(s, path), path);
		if (node)
			node->generation = ++s->generation;
		return node;
	}
	node = xs_private(s, t, path);
	if (node->absent)
		return NULL;
	node->modified = true;
	return node;
}

static const char *last_name(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '/')
			name = path + 1;
	return name;
}

static void add_child(struct xs_node *parent, const char *name)
{
	char **list = sim_alloc((parent->children + 1) * sizeof(*list));

	if (parent->children)
		sim_memcpy(list, parent->child, parent->children * sizeof(*list));
	list[parent->children++] = xs_copy(name);
	sim_release(parent->child);
	parent->child = list;
}

static void remove_child(struct xs_node *parent, const char *name)
{
	for (uint32_t i = 0; i < parent->children; i++) {
		if (sim_strcmp(parent->child[i], name))
			continue;
		sim_release(parent->child[i]);
		parent->children--;
		for (; i < parent->children; i++)
			parent->child[i] = parent->child[i + 1];
		return;
	}
}

/* The parent is there. */
struct xs_node *xs_create(struct sim_store *s, struct xs_transaction *t, const char *path,
	const struct xs_perm *perm, uint32_t perms)
{
	char parent[XS_PATH_SIZE];
	struct xs_node *node;

	if (t) {
		node = xs_private(s, t, path);
		node->absent = false;
		node->modified = true;
		t->created++;
	} else {
		node = sim_alloc(sizeof(*node));
		node->path = xs_copy(path);
		node->next = *bucket(s, path);
		*bucket(s, path) = node;
		node->generation = ++s->generation;
	}
	sim_memcpy(node->perm, perm, perms * sizeof(*perm));
	node->perms = perms;
	if (!t)
		account(s, node, 1);
	if (xs_parent(path, parent))
		add_child(xs_change(s, t, parent), last_name(path));
	return node;
}

static void unlink_shared(struct sim_store *s, const char *path)
{
	for (struct xs_node **p = bucket(s, path); *p; p = &(*p)->next) {
		struct xs_node *node = *p;

		if (sim_strcmp(node->path, path))
			continue;
		*p = node->next;
		account(s, node, -1);
		free_node(node);
		s->generation++;
		return;
	}
}

/* One node without children. */
void xs_delete(struct sim_store *s, struct xs_transaction *t, const char *path)
{
	char parent[XS_PATH_SIZE];

	if (xs_parent(path, parent) && xs_get(s, t, parent))
		remove_child(xs_change(s, t, parent), last_name(path));
	if (t) {
		struct xs_node *node = xs_private(s, t, path);

		empty(node);
		node->absent = true;
		node->modified = true;
		t->created--;
	} else {
		unlink_shared(s, path);
	}
}

void xs_set_value(struct xs_node *node, const void *value, uint32_t size)
{
	uint8_t *copy = sim_alloc(size);

	if (size)
		sim_memcpy(copy, value, size);
	sim_release(node->value);
	node->value = copy;
	node->size = size;
}

void xs_set_perms(struct sim_store *s, struct xs_transaction *t, struct xs_node *node,
	const struct xs_perm *perm, uint32_t perms)
{
	if (!t)
		account(s, node, -1);
	sim_memcpy(node->perm, perm, perms * sizeof(*perm));
	node->perms = perms;
	if (!t)
		account(s, node, 1);
}

/* A committed node takes its place in the tree. */
void xs_publish(struct sim_store *s, const struct xs_node *from)
{
	struct xs_node *node = find(*bucket(s, from->path), from->path);

	if (from->absent) {
		if (node)
			unlink_shared(s, from->path);
		return;
	}
	if (!node) {
		node = sim_alloc(sizeof(*node));
		node->path = xs_copy(from->path);
		node->next = *bucket(s, from->path);
		*bucket(s, from->path) = node;
	} else {
		account(s, node, -1);
	}
	copy_contents(node, from);
	account(s, node, 1);
	node->generation = ++s->generation;
}

/* Is the node still as the transaction first saw it? */
bool xs_unchanged(struct sim_store *s, const struct xs_node *seen)
{
	const struct xs_node *node = find(*bucket(s, seen->path), seen->path);

	return (node ? node->generation : 0) == seen->generation;
}

void xs_node_free(struct xs_node *node)
{
	free_node(node);
}

void xs_tree_free(struct sim_store *s)
{
	for (uint32_t i = 0; i < XS_BUCKETS; i++) {
		while (s->nodes[i]) {
			struct xs_node *node = s->nodes[i];

			s->nodes[i] = node->next;
			free_node(node);
		}
	}
}
