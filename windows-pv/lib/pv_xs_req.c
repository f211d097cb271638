/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_text.h"
#include "pv_xs_int.h"

static const char nul;

void pv_xs_req_clear(struct pv_xs_req *req, uint32_t type)
{
	void *context = req->context;

	pv_memset(req, 0, sizeof(*req));
	req->type = type;
	req->context = context;
}

int pv_xs_req_add(struct pv_xs_req *req, const void *data, size_t len)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < req->nvec; i++)
		sum += req->vec[i].len;
	if (req->nvec == PV_XS_VECS || len > XENSTORE_PAYLOAD_MAX - sum) {
		req->nvec = 0; /* what is too long is not sent in part */
		return PV_E2BIG;
	}
	req->vec[req->nvec].data = data;
	req->vec[req->nvec].len = (uint32_t)len;
	req->nvec++;
	return 0;
}

static int add_nul(struct pv_xs_req *req)
{
	return pv_xs_req_add(req, &nul, 1);
}

static int add_number(struct pv_xs_req *req, unsigned int which, uint64_t v)
{
	int n = pv_format_u64(req->number[which], sizeof(req->number[0]) - 1, v);

	/* The NUL is part of the message. */
	req->number[which][n] = '\0';
	return pv_xs_req_add(req, req->number[which], (size_t)n + 1);
}

static int begin(struct pv_xs_req *req, uint32_t type, const struct pv_xs_txn *tx)
{
	pv_xs_req_clear(req, type);
	if (!tx)
		return 0;
	if (!tx->id)
		return PV_EINVAL;
	req->tx = tx->id;
	req->tx_epoch = tx->epoch;
	return 0;
}

static int begin_path(struct pv_xs_req *req, uint32_t type, const struct pv_xs_txn *tx,
	const char *path, size_t len)
{
	int rc = begin(req, type, tx);

	if (!rc)
		rc = pv_path_check(path, len);
	if (!rc)
		rc = pv_xs_req_add(req, path, len);
	return rc ? rc : add_nul(req);
}

int pv_xs_req_path(struct pv_xs_req *req, uint32_t type, const struct pv_xs_txn *tx,
	const char *path, size_t len)
{
	switch (type) {
	case XS_READ:
	case XS_DIRECTORY:
	case XS_GET_PERMS:
	case XS_MKDIR:
	case XS_RM:
		return begin_path(req, type, tx, path, len);
	default:
		pv_xs_req_clear(req, type);
		return PV_EINVAL;
	}
}

int pv_xs_req_write(struct pv_xs_req *req, const struct pv_xs_txn *tx, const char *path, size_t len,
	const void *value, size_t value_len)
{
	int rc = begin_path(req, XS_WRITE, tx, path, len);

	if (rc || !value_len)
		return rc;
	return pv_xs_req_add(req, value, value_len);
}

int pv_xs_req_directory_part(struct pv_xs_req *req, const struct pv_xs_txn *tx, const char *path,
	size_t len, uint32_t offset)
{
	int rc = begin_path(req, XS_DIRECTORY_PART, tx, path, len);

	return rc ? rc : add_number(req, 0, offset);
}

int pv_xs_req_set_perms(struct pv_xs_req *req, const struct pv_xs_txn *tx, const char *path,
	size_t len, const struct pv_xs_perm *perms, size_t count)
{
	int rc = begin_path(req, XS_SET_PERMS, tx, path, len);

	if (rc)
		return rc;
	req->nvec = count && count <= PV_ARRAY_SIZE(req->number) ? req->nvec : 0;
	if (!req->nvec)
		return PV_EINVAL;
	for (size_t i = 0; i < count; i++) {
		char *text = req->number[i];
		int n = pv_format_u64(text + 1, sizeof(req->number[0]) - 2, perms[i].domid);

		text[0] = (char)perms[i].access;
		text[n + 1] = '\0';
		rc = pv_xs_req_add(req, text, (size_t)n + 2);
		if (rc)
			return rc;
	}
	return 0;
}

int pv_xs_req_transaction_start(struct pv_xs_req *req)
{
	begin(req, XS_TRANSACTION_START, NULL);
	return add_nul(req);
}

int pv_xs_req_transaction_end(struct pv_xs_req *req, const struct pv_xs_txn *tx, bool commit)
{
	int rc = tx ? begin(req, XS_TRANSACTION_END, tx) : PV_EINVAL;

	return rc ? rc : pv_xs_req_add(req, commit ? "T" : "F", 2);
}

int pv_xs_req_domain(struct pv_xs_req *req, uint32_t type, uint16_t domid)
{
	begin(req, type, NULL);
	switch (type) {
	case XS_GET_DOMAIN_PATH:
	case XS_IS_DOMAIN_INTRODUCED:
	case XS_RELEASE:
	case XS_RESUME:
		return add_number(req, 0, domid);
	default:
		return PV_EINVAL;
	}
}

int pv_xs_req_introduce(struct pv_xs_req *req, uint16_t domid, uint64_t gfn, uint32_t port)
{
	int rc;

	begin(req, XS_INTRODUCE, NULL);
	rc = add_number(req, 0, domid);
	if (!rc)
		rc = add_number(req, 1, gfn);
	return rc ? rc : add_number(req, 2, port);
}

int pv_xs_req_set_target(struct pv_xs_req *req, uint16_t domid, uint16_t target)
{
	int rc;

	begin(req, XS_SET_TARGET, NULL);
	rc = add_number(req, 0, domid);
	return rc ? rc : add_number(req, 1, target);
}

int pv_xs_req_reset_watches(struct pv_xs_req *req)
{
	begin(req, XS_RESET_WATCHES, NULL);
	return add_nul(req);
}

int pv_xs_req_control(struct pv_xs_req *req, const char *strings, size_t len)
{
	begin(req, XS_CONTROL, NULL);
	if (!len || strings[len - 1])
		return PV_EINVAL;
	return pv_xs_req_add(req, strings, len);
}

bool pv_xs_next_string(
	const void *reply, uint32_t reply_len, uint32_t *offset, const char **s, uint32_t *len)
{
	const char *at;

	if (*offset >= reply_len)
		return false;
	at = (const char *)reply + *offset;
	*s = at;
	*len = (uint32_t)pv_strnlen(at, reply_len - *offset);
	/* Past its NUL, or past the end. */
	*offset += *len + 1;
	return true;
}

int pv_xs_next_perm(
	const void *reply, uint32_t reply_len, uint32_t *offset, struct pv_xs_perm *perm)
{
	const char *s;
	uint32_t len, domid;

	if (!pv_xs_next_string(reply, reply_len, offset, &s, &len))
		return 0;
	if (len < 2 || (s[0] != 'n' && s[0] != 'r' && s[0] != 'w' && s[0] != 'b') ||
		pv_parse_u32(s + 1, len - 1, &domid) || domid > UINT16_MAX)
		return PV_EPROTO;
	perm->access = (enum pv_xs_access)s[0];
	perm->domid = (uint16_t)domid;
	return 1;
}

int pv_xs_error(const void *reply, uint32_t reply_len)
{
	static const struct {
		const char name[12];
		int rc;
	} errors[] = {
		{ "EINVAL", PV_EINVAL },
		{ "EACCES", PV_EACCES },
		{ "EEXIST", PV_EEXIST },
		{ "EISDIR", PV_EISDIR },
		{ "ENOENT", PV_ENOENT },
		{ "ENOMEM", PV_ENOMEM },
		{ "ENOSPC", PV_ENOSPC },
		{ "EIO", PV_EIO },
		{ "ENOTEMPTY", PV_ENOTEMPTY },
		{ "ENOSYS", PV_ENOSYS },
		{ "EROFS", PV_EROFS },
		{ "EBUSY", PV_EBUSY },
		{ "EAGAIN", PV_EAGAIN },
		{ "EISCONN", PV_EISCONN },
		{ "E2BIG", PV_E2BIG },
		{ "EPERM", PV_EPERM },
	};
	size_t len = pv_strnlen(reply, reply_len);

	for (size_t i = 0; i < PV_ARRAY_SIZE(errors); i++)
		if (len == pv_strnlen(errors[i].name, sizeof(errors[i].name)) &&
			!pv_memcmp(reply, errors[i].name, len))
			return errors[i].rc;
	return PV_EIO;
}

void pv_xs_txn_init(struct pv_xs_txn *tx, uint32_t max_tries)
{
	pv_memset(tx, 0, sizeof(*tx));
	tx->max_tries = max_tries;
}

int pv_xs_txn_started(const struct pv_xs *xs, struct pv_xs_txn *tx, const struct pv_xs_req *start)
{
	uint32_t id;

	if (start->rc)
		return start->rc;
	if (pv_parse_u32(start->reply, start->reply_len, &id) || !id)
		return PV_EPROTO;
	tx->id = id;
	/* Its answer may have come just before a reset that nobody has looked at yet. */
	tx->epoch = start->tx_epoch;
	return tx->epoch == xs->epoch ? 0 : PV_EAGAIN;
}

int pv_xs_txn_result(struct pv_xs_txn *tx, int rc)
{
	tx->id = 0;
	if (rc != PV_EAGAIN)
		return rc;
	return ++tx->tries < tx->max_tries ? PV_EAGAIN : PV_EBUSY;
}

void pv_xs_listing_init(struct pv_xs_listing *l, char *out, uint32_t cap)
{
	pv_memset(l, 0, sizeof(*l));
	l->out = out;
	l->cap = cap;
}

#define LISTING_RESTARTS 16

int pv_xs_listing_feed(struct pv_xs_listing *l, const void *reply, uint32_t reply_len)
{
	const char *s;
	uint32_t len, offset = 0;

	if (!pv_xs_next_string(reply, reply_len, &offset, &s, &len) || !len ||
		len > sizeof(l->generation))
		return PV_EPROTO;
	if (l->len && (len != l->generation_len || pv_memcmp(s, l->generation, len))) {
		/* Another directory than the one we have the beginning of. */
		l->len = 0;
		return ++l->restarts > LISTING_RESTARTS ? PV_EAGAIN : 1;
	}
	pv_memcpy(l->generation, s, len);
	l->generation_len = len;
	if (offset >= reply_len)
		return PV_EPROTO; /* neither names nor an end: we would ask for ever */
	while (pv_xs_next_string(reply, reply_len, &offset, &s, &len)) {
		if (!len)
			return 0; /* an empty name ends the list */
		if (len >= l->cap || l->len > l->cap - len - 1)
			return PV_ENOBUFS;
		pv_memcpy(l->out + l->len, s, len);
		l->out[l->len + len] = '\0';
		l->len += len + 1;
	}
	return 1;
}
