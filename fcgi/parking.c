#include "fcgi/parking.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A message is one byte, so that bytes to be read are connections, and a descriptor. */
struct message {
    char byte;
    struct iovec bytes;
    struct msghdr header;
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr first; /* aligns it */
    } control;
};

static void prepare(struct message *message)
{
    *message = (struct message){.bytes = {.iov_base = &message->byte, .iov_len = 1}};
    message->header = (struct msghdr){.msg_iov = &message->bytes,
                                      .msg_iovlen = 1,
                                      .msg_control = &message->control,
                                      .msg_controllen = sizeof(message->control)};
}

bool parking_open(size_t room, struct parking *out, struct error *err)
{
    int ends[2];

    /* Not SOCK_DGRAM, which holds ten messages (net.unix.max_dgram_qlen). */
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0)
        return error_set_errno(err, ERROR_SYSTEM, "", "cannot make a pair of sockets");
    *out = (struct parking){.in = ends[0], .out = ends[1], .room = room};
    return true;
}

void parking_close(struct parking *parking)
{
    if (parking->in >= 0)
        close(parking->in);
    if (parking->out >= 0)
        close(parking->out);
    *parking = (struct parking){.in = -1, .out = -1};
}

bool parking_take(const struct parking *parking, int fd)
{
    struct message message;

    prepare(&message);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message.header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(fd));
    memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
    if (sendmsg(parking->in, &message.header, MSG_NOSIGNAL) != 1)
        return false;
    close(fd);
    return true;
}

int parking_next(const struct parking *parking)
{
    struct message message;
    int fd = -1;

    prepare(&message);
    if (recvmsg(parking->out, &message.header, MSG_CMSG_CLOEXEC) != 1)
        return -1;
    const struct cmsghdr *rights = CMSG_FIRSTHDR(&message.header);
    if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
        rights->cmsg_len == CMSG_LEN(sizeof(fd)))
        memcpy(&fd, CMSG_DATA(rights), sizeof(fd));
    return fd;
}

bool parking_is_full(const struct parking *parking)
{
    int waiting = 0;
    return ioctl(parking->out, FIONREAD, &waiting) == 0 && (size_t)waiting >= parking->room;
}
