/*
 * The kernel, as far as the shim asks it: the input says what it answers. It touches every byte that it is given, and
 * writes down what it was asked and what it said.
 */
#ifndef MSGR_KERNEL_STAND_IN_H
#define MSGR_KERNEL_STAND_IN_H

#include "fuzz-input.h"

#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>

/* More than the arguments of any call hold. */
enum { KERNEL_BYTES_MAX = 1 << 25 };

struct kernel_record {
  int calls;
  int error; /* the errno of the last call, or 0 */
  size_t byte_count; /* in kernel_bytes */
  struct epoll_event events[1024];
  int event_count;
  fd_set readable, writable;
  int ready_count, highest;
  union {
    struct sockaddr any;
    struct sockaddr_storage space;
  } address; /* that it was told, or told */
  socklen_t address_length;
};

extern struct kernel_record kernel;

/* Bytes that it took, or gave, by whichever call. */
extern uint8_t kernel_bytes[KERNEL_BYTES_MAX];

/* Forgets what it was asked. */
void kernel_reset(void);

#endif
