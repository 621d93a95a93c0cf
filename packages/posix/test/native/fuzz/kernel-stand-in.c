#include "kernel-stand-in.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

struct kernel_record kernel;
uint8_t kernel_bytes[KERNEL_BYTES_MAX];

void kernel_reset(void) {
  memset(&kernel, 0, sizeof kernel);
}

/* Whether a call fails; then errno is set. */
static bool fails(bool may_be_interrupted) {
  static const int errors[] = {EAGAIN, EBADF, ECONNRESET, EINVAL, EPIPE, ENOTCONN};
  kernel.calls++;
  kernel.error = 0;
  uint8_t luck = take_byte();
  if (luck < 200) return false;
  kernel.error = errors[luck % (sizeof errors / sizeof errors[0])];
  /* Not for ever: at its end the input is all zeros. */
  if (may_be_interrupted && luck > 245) kernel.error = EINTR;
  errno = kernel.error;
  return true;
}

static int plain_answer(void) {
  return fails(true) ? -1 : (int)take_integer(2);
}

static void take(const void *bytes, size_t length) {
  promise(length <= KERNEL_BYTES_MAX - kernel.byte_count, "no more bytes are moved than the arguments hold");
  memcpy(kernel_bytes + kernel.byte_count, bytes, length);
  kernel.byte_count += length;
}

/* How many of `length` bytes are moved. */
static size_t amount(size_t length) {
  uint8_t share = take_byte();
  return share < 128 ? length : length * share / 256;
}

static ssize_t give(void *to, size_t length) {
  if (fails(true)) return -1;
  size_t count = amount(length);
  volatile uint8_t *bytes = to;
  for (size_t i = 0; i < length; i++) bytes[i] = bytes[i]; /* all of it must be writable */
  for (size_t i = 0; i < count; i++) bytes[i] = (uint8_t)(i * 7 + 1);
  take(to, count);
  return (ssize_t)count;
}

static ssize_t accept_bytes(const void *from, size_t length) {
  if (fails(true)) return -1;
  size_t count = amount(length);
  take(from, count);
  return (ssize_t)count;
}

ssize_t recv(int fd, void *to, size_t length, int flags) {
  (void)fd, (void)flags;
  return give(to, length);
}

ssize_t read(int fd, void *to, size_t length) {
  (void)fd;
  return give(to, length);
}

ssize_t send(int fd, const void *from, size_t length, int flags) {
  (void)fd;
  promise((flags & MSG_NOSIGNAL) != 0, "what is sent raises no signal");
  return accept_bytes(from, length);
}

ssize_t write(int fd, const void *from, size_t length) {
  (void)fd;
  return accept_bytes(from, length);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  (void)fd;
  promise((flags & MSG_NOSIGNAL) != 0, "what is sent raises no signal");
  promise(message->msg_iovlen >= 1 && message->msg_iovlen <= 1024, "a batch has 1 to IOV_MAX parts");
  if (fails(true)) return -1;
  size_t total = 0;
  for (size_t i = 0; i < message->msg_iovlen; i++) total += message->msg_iov[i].iov_len;
  size_t count = amount(total), left = count;
  for (size_t i = 0; i < message->msg_iovlen; i++) {
    const struct iovec *part = &message->msg_iov[i];
    promise(part->iov_len > 0, "a batch has no empty part");
    size_t taken = part->iov_len < left ? part->iov_len : left;
    take(part->iov_base, taken);
    left -= taken;
  }
  return (ssize_t)count;
}

int epoll_wait(int epfd, struct epoll_event *events, int room, int timeout) {
  (void)epfd, (void)timeout;
  promise(room >= 1 && room <= 1024, "room for events is from 1 to 1024");
  if (fails(true)) return -1;
  kernel.event_count = (int)(take_integer(2) % (unsigned)(room + 1));
  for (int i = 0; i < kernel.event_count; i++) {
    kernel.events[i].events = (uint32_t)(i * 3 + take_byte());
    kernel.events[i].data.fd = i * 5 + take_byte();
    events[i] = kernel.events[i];
  }
  return kernel.event_count;
}

static void choose_ready(fd_set *set, int count, fd_set *chosen) {
  FD_ZERO(chosen);
  for (int fd = 0; fd < count; fd++)
    if (FD_ISSET(fd, set) && take_byte() < 128) {
      FD_SET(fd, chosen);
      kernel.ready_count++;
    }
  *set = *chosen;
}

int select(int count, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict others,
           struct timeval *restrict timeout) {
  promise(count >= 0 && count <= FD_SETSIZE && others == NULL, "descriptors are below FD_SETSIZE");
  promise(timeout == NULL || (timeout->tv_sec >= 0 && timeout->tv_usec >= 0 && timeout->tv_usec < 1000000),
          "a timeout is not negative");
  if (fails(true)) return -1;
  kernel.highest = count - 1;
  choose_ready(readable, count, &kernel.readable);
  choose_ready(writable, count, &kernel.writable);
  return kernel.ready_count;
}

static int told(const struct sockaddr *address, socklen_t length) {
  memcpy(&kernel.address, address, length);
  kernel.address_length = length;
  return fails(false) ? -1 : 0;
}

int bind(int fd, const struct sockaddr *address, socklen_t length) {
  (void)fd;
  return told(address, length);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
  (void)fd;
  return told(address, length);
}

/* As the kernel does, it says how long the address is, and writes as much of it as there is room for. */
static int tell(struct sockaddr *address, socklen_t *length) {
  static const sa_family_t families[] = {AF_INET, AF_INET6, AF_UNIX, AF_UNSPEC};
  if (fails(false)) return -1;
  uint8_t *bytes = (uint8_t *)&kernel.address;
  socklen_t whole = (socklen_t)(take_byte() % (sizeof kernel.address + 1));
  for (socklen_t i = 0; i < whole; i++) bytes[i] = take_byte();
  kernel.address.any.sa_family = families[take_byte() % 4];
  if (whole >= sizeof(sa_family_t)) memcpy(address, bytes, whole < *length ? whole : *length);
  *length = kernel.address_length = whole;
  return 0;
}

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  (void)fd;
  return tell(address, length);
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  (void)fd;
  return tell(address, length);
}

int getsockopt(int fd, int level, int name, void *restrict value, socklen_t *restrict length) {
  (void)fd, (void)level, (void)name;
  if (fails(false)) return -1;
  memset(value, take_byte(), *length);
  return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
  (void)fd, (void)level, (void)name;
  take(value, length);
  return fails(false) ? -1 : 0;
}

static int give_pair(int *fds) {
  if (fails(false)) return -1;
  fds[0] = (int)take_integer(2);
  fds[1] = (int)take_integer(2);
  return 0;
}

int pipe2(int *fds, int flags) {
  (void)flags;
  return give_pair(fds);
}

int socketpair(int domain, int type, int protocol, int *fds) {
  (void)domain, (void)type, (void)protocol;
  return give_pair(fds);
}

int sched_setaffinity(pid_t thread, size_t size, const cpu_set_t *set) {
  (void)thread;
  take(set, size);
  return fails(false) ? -1 : 0;
}

int sched_getaffinity(pid_t thread, size_t size, cpu_set_t *set) {
  (void)thread;
  if (fails(false)) return -1;
  memset(set, take_byte(), size);
  return 0;
}

int socket(int domain, int type, int protocol) {
  (void)domain, (void)type, (void)protocol;
  return plain_answer();
}

int listen(int fd, int backlog) {
  (void)fd, (void)backlog;
  return plain_answer();
}

int accept4(int fd, struct sockaddr *restrict address, socklen_t *restrict length, int flags) {
  (void)fd, (void)address, (void)length, (void)flags;
  return plain_answer();
}

int shutdown(int fd, int how) {
  (void)fd, (void)how;
  return plain_answer();
}

int close(int fd) {
  (void)fd;
  return plain_answer();
}

int fcntl(int fd, int command, ...) {
  (void)fd, (void)command;
  return plain_answer();
}

int epoll_create1(int flags) {
  (void)flags;
  return plain_answer();
}

int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event) {
  (void)epfd, (void)op, (void)fd;
  take(event, sizeof *event);
  return plain_answer();
}

int eventfd(unsigned int count, int flags) {
  (void)count, (void)flags;
  return plain_answer();
}
