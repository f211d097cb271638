/* SPDX-License-Identifier: BSD-2-Clause */
/* The requests of the wire protocol: what their payload says, and what is answered. */
#include "store/internal.h"

const char *const xs_error_names[] = {
	[XEN_EINVAL] = "EINVAL",
	[XEN_EACCES] = "EACCES",
	[XEN_EEXIST] = "EEXIST",
	[XEN_EISDIR] = "EISDIR",
	[XEN_ENOENT] = "ENOENT",
	[XEN_ENOMEM] = "ENOMEM",
	[XEN_ENOSPC] = "ENOSPC",
	[XEN_EIO] = "EIO",
	[XEN_ENOTEMPTY] = "ENOTEMPTY",
	[XEN_ENOSYS] = "ENOSYS",
	[XEN_EROFS] = "EROFS",
	[XEN_EBUSY] = "EBUSY",
	[XEN_EAGAIN] = "EAGAIN",
	[XEN_EISCONN] = "EISCONN",
	[XEN_E2BIG] = "E2BIG",
	[XEN_EPERM] = "EPERM",
};

/* The payload as strings; the last one may lack its NUL only where it is a value. */
struct request {
	struct xs_conn *conn;
	struct xs_transaction *t;
	const char *data;
	uint32_t size;
	char path[XS_PATH_SIZE];
	uint8_t *reply;
	uint32_t reply_size;
};

static const char *string_at(const struct request *r, uint32_t number, uint32_t *end)
{
	uint32_t start = 0;

	for (;;) {
		uint32_t i = start;

		while (i < r->size && r->data[i])
			i++;
		if (i == r->size)
			return NULL;
		if (number-- == 0) {
			*end = i + 1;
			return r->data + start;
		}
		start = i + 1;
	}
}

/* The one string that is all of the payload, as an absolute path. */
static int only_path(struct request *r)
{
	uint32_t end;
	const char *path = string_at(r, 0, &end);
	int rc;

	if (!path || end != r->size)
		return -XEN_EINVAL;
	rc = xs_absolute(r->conn, path, false, r->path);
	return rc < 0 ? rc : 0;
}

static int reply_bytes(struct request *r, const void *data, uint32_t size)
{
	if (size > XENSTORE_PAYLOAD_MAX - r->reply_size)
		return -XEN_E2BIG;
	if (size)
		sim_memcpy(r->reply + r->reply_size, data, size);
	r->reply_size += size;
	return 0;
}

static int reply_text(struct request *r, const char *text)
{
	return reply_bytes(r, text, (uint32_t)sim_strlen(text) + 1);
}

static int reply_number(struct request *r, char kind, uint64_t number)
{
	char text[24];
	uint32_t at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = (char)('0' + number % 10);
	} while (number /= 10);
	if (kind)
		text[--at] = kind;
	return reply_text(r, text + at);
}

static int do_read(struct request *r)
{
	const struct xs_node *node;
	int rc = only_path(r);

	if (!rc)
		rc = xs_read(r->conn, r->t, r->path, XS_MAY_READ, &node);
	return rc ? rc : reply_bytes(r, node->value, node->size);
}

static int do_directory(struct request *r)
{
	const struct xs_node *node;
	int rc = only_path(r);

	if (!rc)
		rc = xs_read(r->conn, r->t, r->path, XS_MAY_READ, &node);
	for (uint32_t i = 0; !rc && i < node->children; i++)
		rc = reply_text(r, node->child[i]);
	return rc;
}

static int number_at(const struct request *r, uint32_t which, uint64_t *number)
{
	uint32_t end;
	const char *text = string_at(r, which, &end);

	if (!text || !*text)
		return -XEN_EINVAL;
	for (*number = 0; *text; text++) {
		if (*text < '0' || *text > '9' || *number > UINT32_MAX)
			return -XEN_EINVAL;
		*number = *number * 10 + (uint64_t)(*text - '0');
	}
	return 0;
}

static int do_directory_part(struct request *r)
{
	const struct xs_node *node;
	const char *path;
	uint64_t offset, at = 0;
	uint32_t end;
	int rc;

	if (r->conn->domain && !r->conn->domain->profile->store_directory_part)
		return -XEN_ENOSYS;
	path = string_at(r, 0, &end);
	if (!path || number_at(r, 1, &offset))
		return -XEN_EINVAL;
	rc = xs_absolute(r->conn, path, false, r->path);
	if (rc >= 0)
		rc = xs_read(r->conn, r->t, r->path, XS_MAY_READ, &node);
	if (rc)
		return rc;
	rc = reply_number(r, 0, node->generation);
	for (uint32_t i = 0; !rc && i < node->children; i++) {
		uint32_t size = (uint32_t)sim_strlen(node->child[i]) + 1;

		if (at >= offset && r->reply_size + size > XENSTORE_PAYLOAD_MAX - 1)
			return 0; /* the next part begins here */
		if (at >= offset)
			rc = reply_text(r, node->child[i]);
		at += size;
	}
	return rc ? rc : reply_bytes(r, "", 1);
}

static int do_get_perms(struct request *r)
{
	static const char kinds[] = "nrwb";
	const struct xs_node *node;
	int rc = only_path(r);

	if (!rc)
		rc = xs_read(r->conn, r->t, r->path, XS_MAY_READ, &node);
	for (uint32_t i = 0; !rc && i < node->perms; i++)
		rc = reply_number(r, kinds[node->perm[i].access & 3], node->perm[i].domid);
	return rc;
}

static int parse_perm(const char *text, struct xs_perm *perm)
{
	uint32_t id = 0;

	switch (*text++) {
	case 'n':
		perm->access = 0;
		break;
	case 'r':
		perm->access = XS_MAY_READ;
		break;
	case 'w':
		perm->access = XS_MAY_WRITE;
		break;
	case 'b':
		perm->access = XS_MAY_READ | XS_MAY_WRITE;
		break;
	default:
		return -XEN_EINVAL;
	}
	if (!*text)
		return -XEN_EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -XEN_EINVAL;
		id = id * 10 + (uint32_t)(*text - '0');
		if (id > UINT16_MAX)
			return -XEN_EINVAL;
	}
	perm->domid = (uint16_t)id;
	return 0;
}

static int do_set_perms(struct request *r)
{
	struct sim_store *s = r->conn->store;
	struct xs_perm perm[XS_PERMS];
	const struct xs_node *node;
	const char *text = string_at(r, 0, &(uint32_t){ 0 });
	uint32_t perms = 0, end = 0;
	int rc;

	if (!text)
		return -XEN_EINVAL;
	rc = xs_absolute(r->conn, text, false, r->path);
	if (rc < 0)
		return rc;
	for (; (text = string_at(r, perms + 1, &end)); perms++) {
		if (perms == XS_PERMS || (r->conn->id != 0 && perms >= s->quota.perms))
			return -XEN_ENOSPC;
		rc = parse_perm(text, &perm[perms]);
		if (rc)
			return rc;
	}
	if (!perms || end != r->size)
		return -XEN_EINVAL;
	rc = xs_read(r->conn, r->t, r->path, XS_MAY_READ, &node);
	if (rc)
		return rc;
	if (r->conn->id != 0 && node->perm[0].domid != r->conn->id)
		return -XEN_EACCES;
	if (r->conn->id != 0 && perm[0].domid != node->perm[0].domid)
		return -XEN_EPERM;
	xs_set_perms(s, r->t, xs_change(s, r->t, r->path), perm, perms);
	xs_fire(s, r->t, r->path, NULL);
	return reply_text(r, "OK");
}

static int do_write(struct request *r)
{
	uint32_t end;
	const char *path = string_at(r, 0, &end);
	int rc;

	if (!path)
		return -XEN_EINVAL;
	rc = xs_absolute(r->conn, path, false, r->path);
	if (rc >= 0)
		rc = xs_write(r->conn, r->t, r->path, r->data + end, r->size - end, false);
	return rc ? rc : reply_text(r, "OK");
}

static int do_mkdir(struct request *r)
{
	int rc = only_path(r);

	if (!rc)
		rc = xs_write(r->conn, r->t, r->path, NULL, 0, true);
	return rc ? rc : reply_text(r, "OK");
}

static int do_rm(struct request *r)
{
	int rc = only_path(r);

	if (!rc)
		rc = xs_remove(r->conn, r->t, r->path);
	return rc ? rc : reply_text(r, "OK");
}

static int do_watch(struct request *r, bool add)
{
	uint32_t end = 0, tail = 0;
	const char *path = string_at(r, 0, &end), *token = string_at(r, 1, &tail);
	int rc;

	if (!path || !token || tail != r->size)
		return -XEN_EINVAL;
	rc = xs_absolute(r->conn, path, true, r->path);
	if (rc < 0)
		return rc;
	rc = add ? xs_watch_add(r->conn, r->path, token, (uint32_t)rc)
		 : xs_watch_remove(r->conn, r->path, token);
	return rc ? rc : reply_text(r, "OK");
}

static int do_begin(struct request *r)
{
	uint32_t id;
	int rc;

	if (r->t)
		return -XEN_EBUSY;
	rc = xs_begin(r->conn, &id);
	return rc ? rc : reply_number(r, 0, id);
}

static int do_end(struct request *r)
{
	int rc;

	if (r->size != 2 || r->data[1] || (r->data[0] != 'T' && r->data[0] != 'F'))
		return -XEN_EINVAL;
	if (!r->t)
		return -XEN_ENOENT;
	rc = xs_end(r->conn, r->t, r->data[0] == 'T');
	return rc ? rc : reply_text(r, "OK");
}

static int do_home(struct request *r)
{
	char path[32];
	uint64_t id;

	if (number_at(r, 0, &id) || id > UINT16_MAX)
		return -XEN_EINVAL;
	xs_home((uint16_t)id, path);
	return reply_text(r, path);
}

static int do_reset_watches(struct request *r)
{
	if (r->conn->domain && !r->conn->domain->profile->store_reset_watches)
		return -XEN_ENOSYS;
	xs_watch_remove_all(r->conn);
	xs_abandon_all(r->conn);
	r->t = NULL;
	return reply_text(r, "OK");
}

static int run(struct request *r, uint32_t type)
{
	switch (type) {
	case XS_READ:
		return do_read(r);
	case XS_DIRECTORY:
		return do_directory(r);
	case XS_DIRECTORY_PART:
		return do_directory_part(r);
	case XS_GET_PERMS:
		return do_get_perms(r);
	case XS_SET_PERMS:
		return do_set_perms(r);
	case XS_WRITE:
		return do_write(r);
	case XS_MKDIR:
		return do_mkdir(r);
	case XS_RM:
		return do_rm(r);
	case XS_WATCH:
		return do_watch(r, true);
	case XS_UNWATCH:
		return do_watch(r, false);
	case XS_RESET_WATCHES:
		return do_reset_watches(r);
	case XS_TRANSACTION_START:
		return do_begin(r);
	case XS_TRANSACTION_END:
		return do_end(r);
	case XS_GET_DOMAIN_PATH:
		return do_home(r);
	case XS_CONTROL:
	case XS_INTRODUCE:
	case XS_RELEASE:
	case XS_IS_DOMAIN_INTRODUCED:
	case XS_RESUME:
	case XS_SET_TARGET:
		return -XEN_EACCES; /* the toolstack's, which does not ask through a ring */
	default:
		return -XEN_ENOSYS;
	}
}

static bool ignores_transaction(uint32_t type)
{
	return type == XS_WATCH || type == XS_UNWATCH || type == XS_RESET_WATCHES ||
	       type == XS_GET_DOMAIN_PATH || type == XS_CONTROL;
}

/* The message in conn->in is complete. */
void xs_handle(struct xs_conn *conn)
{
	struct sim_store *s = conn->store;
	struct xsd_sockmsg *head = &conn->in.head;
	struct request *r = sim_alloc(sizeof(*r));
	int rc = 0;

	conn->requests++;
	r->conn = conn;
	r->data = (const char *)conn->in.data;
	r->size = head->len;
	r->reply = s->reply;
	if (head->tx_id && !ignores_transaction(head->type)) {
		r->t = xs_find(conn, head->tx_id);
		if (!r->t)
			rc = -XEN_ENOENT;
	}
	if (!rc)
		rc = run(r, head->type);
	if (rc < 0)
		xs_send(conn, XS_ERROR, head->req_id, head->tx_id, xs_error_names[-rc],
			(uint32_t)sim_strlen(xs_error_names[-rc]) + 1);
	else
		xs_send(conn, head->type, head->req_id, head->tx_id, r->reply, r->reply_size);
	/* A new watch fires once, after its reply. */
	if (!rc && head->type == XS_WATCH)
		xs_event(conn, conn->watches, r->path);
	sim_release(r);
}
