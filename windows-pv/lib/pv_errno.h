/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_ERRNO_H
#define PV_ERRNO_H

/*
 * What lib/ returns: 0 or a count, or one of these. Down to -99 they are Xen's own error numbers
 * (xen/errno.h), so the result of a hypercall needs no translation; the others are ours.
 */
#define PV_OK	       0
#define PV_EPERM       (-1)
#define PV_ENOENT      (-2)
#define PV_EIO	       (-5)
#define PV_E2BIG       (-7)
#define PV_EAGAIN      (-11)
#define PV_ENOMEM      (-12)
#define PV_EACCES      (-13)
#define PV_EFAULT      (-14)
#define PV_EBUSY       (-16)
#define PV_EEXIST      (-17)
#define PV_EINVAL      (-22)
#define PV_EISDIR      (-21)
#define PV_ENOSPC      (-28)
#define PV_EROFS       (-30)
#define PV_ERANGE      (-34)
#define PV_ENOSYS      (-38)
#define PV_ENOTEMPTY   (-39)
#define PV_EISCONN     (-106)
#define PV_EPROTO      (-1000) /* the other side broke the protocol */
#define PV_ETIMEDOUT   (-1001) /* the caller's time limit has passed */
#define PV_ECANCELED   (-1002) /* the caller gave up */
#define PV_ERESET      (-1003) /* the connection was reset; it is unknown whether it was done */
#define PV_ENOBUFS     (-1004) /* the caller's buffer is too small; the length needed is told */
#define PV_EQUARANTINE (-1005) /* too many pages are held by a peer that does not let go */
#define PV_EOLD	       (-1006) /* a version older than any we have */
#define PV_ENEW	       (-1007) /* a version newer than any we have */
#define PV_ESIZE       (-1008) /* the caller's structure is too small for that version */
#define PV_EDEAD       (-1009) /* the connection is lost and cannot be reset */

#endif
