/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SPDX-FileCopyrightText: 2026 The presil authors */

/* Setting the link up: socket, sealed segment, the two hello messages. */
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "link.h"

/* A simulator answers the hello before it builds anything slow. */
#define HELLO_TIMEOUT_S 10

typedef struct Complaint {
    char *text;
    size_t bytes;
} Complaint;

#define complain(complaint, ...)                                               \
    (snprintf((complaint)->text, (complaint)->bytes, __VA_ARGS__), false)

static bool connect_socket(PresilLink *link, const char *path,
                           const Complaint *complaint)
{
    const struct timeval timeout = {.tv_sec = HELLO_TIMEOUT_S};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(address.sun_path)) {
        return complain(complaint, "socket path of %zu bytes exceeds limit %zu",
                        strlen(path), sizeof(address.sun_path) - 1);
    }
    strcpy(address.sun_path, path);

    link->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (link->socket < 0) {
        return complain(complaint, "no socket: %s", strerror(errno));
    }
    setsockopt(link->socket, SOL_SOCKET, SO_RCVTIMEO, &timeout,
               sizeof(timeout));
    setsockopt(link->socket, SOL_SOCKET, SO_SNDTIMEO, &timeout,
               sizeof(timeout));
    if (connect(link->socket, (const struct sockaddr *)&address,
                sizeof(address)) < 0) {
        return complain(complaint, "no simulator listens at '%s': %s", path,
                        strerror(errno));
    }
    return true;
}

/* Makes the segment; returns its descriptor, or -1. */
static int make_segment(PresilLink *link, const Complaint *complaint)
{
    const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    int fd = memfd_create("presil-link", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    void *map;

    if (fd < 0 || ftruncate(fd, sizeof(struct presil_segment)) < 0 ||
        fcntl(fd, F_ADD_SEALS, seals) < 0) {
        complain(complaint, "no shared memory: %s", strerror(errno));
        goto fail;
    }
    map = mmap(NULL, sizeof(struct presil_segment), PROT_READ | PROT_WRITE,
               MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) {
        complain(complaint, "no shared memory: %s", strerror(errno));
        goto fail;
    }
    link->segment = map;
    link->segment->magic = PRESIL_LINK_MAGIC;
    link->segment->version = PRESIL_LINK_VERSION;
    presil_publish(link, process_id, (uint64_t)getpid());
    return fd;

fail:
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static bool send_hello(PresilLink *link, int segment_fd,
                       const Complaint *complaint)
{
    struct presil_hello hello = {
        .magic = PRESIL_LINK_MAGIC,
        .version = PRESIL_LINK_VERSION,
        .length = sizeof(hello),
        .segment_bytes = sizeof(struct presil_segment),
        .quantum_ps = link->quantum_ps,
        .spin_ns = (uint32_t)link->spin_ns,
    };
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {0};
    struct iovec data = {.iov_base = &hello, .iov_len = sizeof(hello)};
    struct msghdr message = {
        .msg_iov = &data,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    ssize_t sent;

    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &segment_fd, sizeof(int));

    do {
        sent = sendmsg(link->socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent != sizeof(hello)) {
        return complain(complaint, "hello was not taken: %s",
                        sent < 0 ? strerror(errno) : "cut short");
    }
    return true;
}

static bool receive_reply(PresilLink *link, struct presil_hello_reply *reply,
                          const Complaint *complaint)
{
    size_t have = 0;

    while (have < sizeof(*reply)) {
        ssize_t got = recv(link->socket, (char *)reply + have,
                           sizeof(*reply) - have, 0);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            return complain(complaint, "no answer to the hello within %d s",
                            HELLO_TIMEOUT_S);
        }
        if (got <= 0) {
            return complain(
                complaint, "simulator hung up after %zu of %zu bytes of hello",
                have, sizeof(*reply));
        }
        have += (size_t)got;
    }
    return true;
}

static bool check_reply(const struct presil_hello_reply *reply,
                        const Complaint *complaint)
{
    if (reply->magic != PRESIL_LINK_MAGIC) {
        return complain(complaint,
                        "what listens there is no presil simulator "
                        "(magic 0x%08x, expected 0x%08x)",
                        reply->magic, PRESIL_LINK_MAGIC);
    }
    if (reply->status == PRESIL_HELLO_BAD_VERSION ||
        reply->version != PRESIL_LINK_VERSION) {
        return complain(complaint,
                        "simulator speaks link version %u, this device %u",
                        reply->version, PRESIL_LINK_VERSION);
    }
    if (reply->status != PRESIL_HELLO_OK) {
        return complain(complaint, "simulator declined the hello (status %u)",
                        reply->status);
    }
    if (reply->length != sizeof(*reply)) {
        return complain(complaint, "hello answer of %u bytes, expected %zu",
                        reply->length, sizeof(*reply));
    }
    return true;
}

bool presil_link_open(PresilLink *link, const char *path,
                      struct presil_personality *personality, char *error,
                      size_t error_bytes)
{
    const Complaint complaint = {error, error_bytes};
    struct presil_hello_reply reply;
    int segment_fd = -1;
    bool ok;

    link->socket = -1;
    link->segment = NULL;
    link->down_reason = PRESIL_UP;
    link->next_ps = PRESIL_LINK_NEVER;

    ok = connect_socket(link, path, &complaint) &&
         (segment_fd = make_segment(link, &complaint)) >= 0 &&
         send_hello(link, segment_fd, &complaint) &&
         receive_reply(link, &reply, &complaint) &&
         check_reply(&reply, &complaint);
    if (segment_fd >= 0) {
        close(segment_fd);
    }
    if (!ok) {
        presil_link_close(link);
        return false;
    }
    *personality = reply.personality;
    return true;
}

void presil_link_close(PresilLink *link)
{
    if (link->segment) {
        munmap(link->segment, sizeof(struct presil_segment));
        link->segment = NULL;
    }
    if (link->socket >= 0) {
        close(link->socket);
        link->socket = -1;
    }
}
