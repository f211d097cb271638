/* SPDX-License-Identifier: BSD-2-Clause */
/* Who may do what to which node: paths, permissions, quotas. */
#include "store/internal.h"

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '/' || c == '_' || c == '@';
}

static bool is_valid(const char *path)
{
	size_t length = sim_strlen(path);

	if (path[0] != '/' || length > XENSTORE_ABS_PATH_MAX)
		return false;
	if (length > 1 && path[length - 1] == '/')
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_name_char(path[i]) || (path[i] == '/' && path[i + 1] == '/'))
			return false;
	return true;
}

uint32_t xs_home(uint16_t id, char *path)
{
	static const char prefix[] = "/local/domain/";
	uint32_t used = sizeof(prefix) - 1, rest = id, digits = 1;

	for (uint32_t n = id; n >= 10; n /= 10)
		digits++;
	sim_memcpy(path, prefix, used);
	for (uint32_t i = digits; i-- > 0; rest /= 10)
		path[used + i] = (char)('0' + rest % 10);
	path[used + digits] = '\0';
	return used + digits;
}

/* Returns how much was put in front of a relative path, or -EINVAL. */
int xs_absolute(struct xs_conn *conn, const char *path, bool special, char *absolute)
{
	size_t length = sim_strlen(path);
	uint32_t prefix = 0;

	if (path[0] == '@') {
		if (!special || length > XENSTORE_REL_PATH_MAX)
			return -XEN_EINVAL;
		sim_memcpy(absolute, path, length + 1);
		return 0;
	}
	if (path[0] != '/') {
		if (length > XENSTORE_REL_PATH_MAX)
			return -XEN_EINVAL;
		prefix = xs_home(conn->id, absolute);
		absolute[prefix++] = '/';
	}
	if (prefix + length > XENSTORE_ABS_PATH_MAX)
		return -XEN_EINVAL;
	sim_memcpy(absolute + prefix, path, length + 1);
	return is_valid(absolute) ? (int)prefix : -XEN_EINVAL;
}

bool xs_allowed(const struct xs_conn *conn, const struct xs_perm *perm, uint32_t perms, int need)
{
	if (conn->id == 0 || perm[0].domid == conn->id)
		return true;
	for (uint32_t i = 1; i < perms; i++)
		if (perm[i].domid == conn->id)
			return (perm[i].access & need) == need;
	return (perm[0].access & need) == need;
}

/* A node that is not there looks so only to one who may see where it would be. */
int xs_read(struct xs_conn *conn, struct xs_transaction *t, const char *path, int need,
	const struct xs_node **found)
{
	struct sim_store *s = conn->store;
	const struct xs_node *node = xs_get(s, t, path);
	char up[XS_PATH_SIZE];

	*found = NULL;
	if (node) {
		if (!xs_allowed(conn, node->perm, node->perms, need))
			return -XEN_EACCES;
		*found = node;
		return 0;
	}
	sim_memcpy(up, path, sim_strlen(path) + 1);
	while (!node && xs_parent(up, s->scratch)) {
		sim_memcpy(up, s->scratch, sim_strlen(s->scratch) + 1);
		node = xs_get(s, t, up);
	}
	return node && xs_allowed(conn, node->perm, node->perms, need) ? -XEN_ENOENT : -XEN_EACCES;
}

static bool too_many(struct xs_conn *conn, struct xs_transaction *t)
{
	struct sim_store *s = conn->store;

	if (conn->id == 0)
		return false;
	if (t && t->node_count > s->quota.transaction_nodes)
		return true;
	return xs_owned(s, conn->id) + (t && t->created > 0 ? (uint32_t)t->created : 0) >=
	       s->quota.nodes;
}

/* The node and what is missing above it. Who creates it owns it, unless it is the control domain.
 */
static int make(struct xs_conn *conn, struct xs_transaction *t, const char *path)
{
	struct sim_store *s = conn->store;
	const struct xs_node *above;
	struct xs_perm perm[XS_PERMS];
	uint32_t perms, length = (uint32_t)sim_strlen(path), from;
	char *part = sim_alloc(length + 1);
	int rc = 0;

	sim_memcpy(part, path, length + 1);
	for (from = length; !xs_get(s, t, part);) {
		while (part[--from] != '/')
			;
		part[from ? from : 1] = '\0';
	}
	above = xs_get(s, t, part);
	perms = above->perms;
	sim_memcpy(perm, above->perm, sizeof(perm));
	if (conn->id != 0)
		perm[0].domid = conn->id;
	while (!rc && from < length) {
		if (too_many(conn, t)) {
			rc = -XEN_ENOSPC;
			break;
		}
		if (from)
			part[from] = '/';
		else
			part[0] = '/';
		for (from++; from < length && path[from] != '/'; from++)
			part[from] = path[from];
		part[from] = '\0';
		xs_create(s, t, part, perm, perms);
	}
	sim_release(part);
	return rc;
}

int xs_write(struct xs_conn *conn, struct xs_transaction *t, const char *path, const void *value,
	uint32_t size, bool make_only)
{
	struct sim_store *s = conn->store;
	const struct xs_node *node;
	int rc = xs_read(conn, t, path, XS_MAY_WRITE, &node);

	if (rc && rc != -XEN_ENOENT)
		return rc;
	if (!rc && make_only)
		return 0;
	if (conn->id != 0 && size > s->quota.node_size)
		return -XEN_ENOSPC;
	if (rc) {
		rc = make(conn, t, path);
		if (rc)
			return rc;
	}
	if (!make_only)
		xs_set_value(xs_change(s, t, path), value, size);
	xs_fire(s, t, path, NULL);
	return 0;
}

void xs_remove_tree(struct sim_store *s, struct xs_transaction *t, const char *path)
{
	const struct xs_node *node = xs_get(s, t, path);
	struct xs_node gone = { .perms = node->perms };
	char *child;

	while (node->children) {
		size_t length = sim_strlen(path), name = sim_strlen(node->child[0]);
		bool root = length == 1;

		child = sim_alloc(length + name + 2);
		sim_memcpy(child, path, length);
		child[root ? 0 : length] = '/';
		sim_memcpy(child + length + !root, node->child[0], name + 1);
		xs_remove_tree(s, t, child);
		sim_release(child);
		node = xs_get(s, t, path);
	}
	sim_memcpy(gone.perm, node->perm, sizeof(gone.perm));
	xs_delete(s, t, path);
	xs_fire(s, t, path, &gone);
}

int xs_remove(struct xs_conn *conn, struct xs_transaction *t, const char *path)
{
	struct sim_store *s = conn->store;
	const struct xs_node *node;
	char parent[XS_PATH_SIZE];
	int rc = xs_read(conn, t, path, XS_MAY_WRITE, &node);

	if (!sim_strcmp(path, "/"))
		return -XEN_EINVAL;
	if (rc == -XEN_ENOENT) {
		xs_parent(path, parent);
		return xs_read(conn, t, parent, XS_MAY_READ, &node);
	}
	if (rc)
		return rc;
	xs_remove_tree(s, t, path);
	return 0;
}
