/*
 * The machine's limit: the echo of frames with a length before them, by one thread in C over epoll on each side.
 *
 *   epoll-echo server
 *     prints its port; for each line on stdin prints the processor time it has used so far, in microseconds
 *   epoll-echo client PORT CONNECTIONS DEPTH PAYLOAD_BYTES TIME_EVERY CHECK_EVERY
 *     prints "open" when all connections are; for each line "DURATION_MS COUNT RATE" on stdin sends COUNT messages, or
 *     until the time is over, and prints "COUNT ELAPSED_NS CPU_US", and a round trip in nanoseconds for each message
 *     that was timed. With a RATE the messages go when they are due, RATE a second, and are timed from that moment on;
 *     with 0 each reply lets the next one go, and DEPTH of them are under way on each connection.
 *
 * Both end with stdin. A frame is a length, u32 little endian, and the payload; a payload begins with its number, u32
 * little endian, and goes on with byte i being 31 * i.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { HEADER_BYTES = 4, SEQ_BYTES = 4, HEAD_BYTES = HEADER_BYTES + SEQ_BYTES, MAX_PAYLOAD_BYTES = 0x1000000 };
enum { READ_BYTES = 256 * 1024, MAX_EVENTS = 1024, LINE_BYTES = 256, BACKLOG = 4096 };

struct line {
  int fd;
  int waits_to_write;
  uint64_t sent, received;
  uint8_t *ring; /* DEPTH whole frames; a slot is free again when its reply has come */
  uint64_t *sent_at;
  size_t write_at, pending;
  uint8_t head[HEAD_BYTES];
  size_t head_filled, body_left;
};

struct peer {
  int fd;
  uint8_t header[HEADER_BYTES];
  size_t header_filled, body_left;
  uint8_t *rest; /* what the socket would not take; nothing is read before it has gone */
  size_t rest_at, rest_length;
};

static uint8_t read_buffer[READ_BYTES];
static int epoll_fd;

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("epoll-echo: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(1);
}

static void *take(size_t count, size_t size) {
  void *memory = calloc(count ? count : 1, size);
  if (!memory) fail("out of memory");
  return memory;
}

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t cpu_us(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000u +
         (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static uint32_t read_u32(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void write_u32(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (8 * i));
}

static void watch(int operation, int fd, uint32_t events, void *who) {
  struct epoll_event event = {.events = events, .data.ptr = who};
  if (epoll_ctl(epoll_fd, operation, fd, &event) != 0) fail("epoll_ctl: %s", strerror(errno));
}

static int open_socket(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) fail("socket: %s", strerror(errno));
  return fd;
}

static void set_no_delay(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

/* One line of stdin without its end, or NULL at the end of stdin. */
static char *next_command(void) {
  static char text[LINE_BYTES];
  return fgets(text, sizeof text, stdin);
}

/* ---------------------------------------------------------------- server */

static void leave(struct peer *peer) {
  close(peer->fd);
  free(peer->rest);
  free(peer);
}

/* Walks through the frames in what was read. Returns 0 for a length that is none. */
static int walk(struct peer *peer, const uint8_t *at, size_t length) {
  while (length > 0) {
    if (peer->body_left == 0) {
      peer->header[peer->header_filled++] = *at++;
      length--;
      if (peer->header_filled < HEADER_BYTES) continue;
      peer->header_filled = 0;
      peer->body_left = read_u32(peer->header);
      if (peer->body_left > MAX_PAYLOAD_BYTES) return 0;
    } else {
      size_t step = length < peer->body_left ? length : peer->body_left;
      peer->body_left -= step;
      at += step;
      length -= step;
    }
  }
  return 1;
}

static void echo(struct peer *peer) {
  ssize_t got = recv(peer->fd, read_buffer, sizeof read_buffer, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0 || !walk(peer, read_buffer, (size_t)got)) {
    leave(peer);
    return;
  }
  ssize_t put = send(peer->fd, read_buffer, (size_t)got, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (put < 0 && errno != EAGAIN) {
    leave(peer);
    return;
  }
  if (put < 0) put = 0;
  if (put == got) return;
  peer->rest_at = 0;
  peer->rest_length = (size_t)(got - put);
  peer->rest = take(peer->rest_length, 1);
  memcpy(peer->rest, read_buffer + put, peer->rest_length);
  watch(EPOLL_CTL_MOD, peer->fd, EPOLLOUT, peer);
}

static void send_rest(struct peer *peer) {
  size_t left = peer->rest_length - peer->rest_at;
  ssize_t put = send(peer->fd, peer->rest + peer->rest_at, left, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (put < 0 && errno == EAGAIN) return;
  if (put < 0) {
    leave(peer);
    return;
  }
  peer->rest_at += (size_t)put;
  if (peer->rest_at < peer->rest_length) return;
  free(peer->rest);
  peer->rest = NULL;
  watch(EPOLL_CTL_MOD, peer->fd, EPOLLIN, peer);
}

static void accept_one(int listener) {
  int fd = accept(listener, NULL, NULL);
  if (fd < 0) fail("accept: %s", strerror(errno));
  set_no_delay(fd);
  struct peer *peer = take(1, sizeof *peer);
  peer->fd = fd;
  watch(EPOLL_CTL_ADD, fd, EPOLLIN, peer);
}

static void serve(void) {
  int listener = open_socket();
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) != 0) fail("bind: %s", strerror(errno));
  if (listen(listener, BACKLOG) != 0) fail("listen: %s", strerror(errno));
  getsockname(listener, (struct sockaddr *)&address, &length);
  watch(EPOLL_CTL_ADD, listener, EPOLLIN, &listener);
  watch(EPOLL_CTL_ADD, STDIN_FILENO, EPOLLIN, NULL);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  static struct epoll_event events[MAX_EVENTS];
  for (;;) {
    int count = epoll_wait(epoll_fd, events, MAX_EVENTS, -1);
    for (int i = 0; i < count; i++) {
      void *who = events[i].data.ptr;
      if (who == &listener) {
        accept_one(listener);
      } else if (who != NULL) {
        if (events[i].events & EPOLLOUT) send_rest(who);
        else echo(who);
      } else {
        if (next_command() == NULL) return;
        printf("%llu\n", (unsigned long long)cpu_us());
        fflush(stdout);
      }
    }
  }
}

/* ---------------------------------------------------------------- client */

static struct {
  size_t line_count, depth, payload_bytes, frame_bytes;
  uint64_t time_every, check_every;
  struct line *lines;
  uint8_t *filling;
  uint64_t *samples;
  size_t sample_count, sample_room;
} load;

static struct {
  uint64_t start_ns, end_ns, left, under_way, first_sent;
  double interval_ns; /* 0: each reply lets the next one go */
  int is_ending;
} run;

static int is_one_of(uint64_t every, const struct line *line, uint64_t seq) {
  return ((uint64_t)(line - load.lines) + seq) % every == 0;
}

static void record(uint64_t nanos) {
  if (load.sample_count == load.sample_room) {
    load.sample_room = load.sample_room ? load.sample_room * 2 : 65536;
    load.samples = realloc(load.samples, load.sample_room * sizeof *load.samples);
    if (!load.samples) fail("out of memory");
  }
  load.samples[load.sample_count++] = nanos;
}

static void send_one(struct line *line) {
  size_t slot = line->sent % load.depth;
  write_u32(line->ring + slot * load.frame_bytes + HEADER_BYTES, (uint32_t)line->sent);
  if (run.interval_ns == 0 && is_one_of(load.time_every, line, line->sent)) line->sent_at[slot] = now_ns();
  line->sent++;
  line->pending += load.frame_bytes;
  run.under_way++;
  run.left--;
}

static void flush(struct line *line) {
  size_t ring_bytes = load.depth * load.frame_bytes;
  while (line->pending > 0) {
    size_t first = ring_bytes - line->write_at;
    if (first > line->pending) first = line->pending;
    struct iovec parts[2] = {{line->ring + line->write_at, first}, {line->ring, line->pending - first}};
    ssize_t put = writev(line->fd, parts, first < line->pending ? 2 : 1);
    if (put < 0 && errno != EAGAIN) fail("writev: %s", strerror(errno));
    if (put < 0) break;
    line->write_at = (line->write_at + (size_t)put) % ring_bytes;
    line->pending -= (size_t)put;
  }
  int must_wait = line->pending > 0;
  if (must_wait == line->waits_to_write) return;
  line->waits_to_write = must_wait;
  watch(EPOLL_CTL_MOD, line->fd, must_wait ? EPOLLIN | EPOLLOUT : EPOLLIN, line);
}

static void replied(struct line *line) {
  uint64_t seq = line->received++;
  run.under_way--;
  if (run.interval_ns > 0) {
    uint64_t index = (seq - run.first_sent) * load.line_count + (uint64_t)(line - load.lines);
    record(now_ns() - run.start_ns - (uint64_t)((double)index * run.interval_ns));
    return;
  }
  if (is_one_of(load.time_every, line, seq)) {
    uint64_t now = now_ns();
    record(now - line->sent_at[seq % load.depth]);
    if (now >= run.end_ns) run.is_ending = 1;
  }
  if (!run.is_ending && run.left > 0) send_one(line);
}

static void check_head(const struct line *line) {
  uint32_t length = read_u32(line->head), seq = read_u32(line->head + HEADER_BYTES);
  if (line->received == line->sent) fail("a reply to nothing");
  if (length != load.payload_bytes) fail("expected %zu bytes, got %u", load.payload_bytes, length);
  if (seq != (uint32_t)line->received) fail("expected number %u, got %u", (uint32_t)line->received, seq);
}

static void receive(struct line *line) {
  ssize_t got = recv(line->fd, read_buffer, sizeof read_buffer, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) fail("the connection was lost");
  const uint8_t *at = read_buffer, *end = read_buffer + got;
  while (at < end) {
    if (line->head_filled < HEAD_BYTES) {
      size_t step = HEAD_BYTES - line->head_filled;
      if (step > (size_t)(end - at)) step = (size_t)(end - at);
      memcpy(line->head + line->head_filled, at, step);
      line->head_filled += step;
      at += step;
      if (line->head_filled < HEAD_BYTES) break;
      check_head(line);
      line->body_left = load.payload_bytes - SEQ_BYTES;
    }
    size_t step = (size_t)(end - at) < line->body_left ? (size_t)(end - at) : line->body_left;
    const uint8_t *expected = load.filling + load.payload_bytes - line->body_left;
    if (is_one_of(load.check_every, line, line->received) && memcmp(at, expected, step) != 0)
      fail("reply %u: expected the bytes that were sent, got others", (uint32_t)line->received);
    at += step;
    line->body_left -= step;
    if (line->body_left > 0) break;
    line->head_filled = 0;
    replied(line);
  }
}

static void open_line(struct line *line, int port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  line->fd = open_socket();
  if (connect(line->fd, (struct sockaddr *)&address, sizeof address) != 0) fail("connect: %s", strerror(errno));
  set_no_delay(line->fd);
  if (fcntl(line->fd, F_SETFL, O_NONBLOCK) != 0) fail("fcntl: %s", strerror(errno));
  line->ring = take(load.depth, load.frame_bytes);
  line->sent_at = take(load.depth, sizeof *line->sent_at);
  for (size_t slot = 0; slot < load.depth; slot++) {
    uint8_t *frame = line->ring + slot * load.frame_bytes;
    write_u32(frame, (uint32_t)load.payload_bytes);
    memcpy(frame + HEADER_BYTES, load.filling, load.payload_bytes);
  }
}

static void handle_events(int timeout_ms) {
  static struct epoll_event events[MAX_EVENTS];
  int count = epoll_wait(epoll_fd, events, MAX_EVENTS, timeout_ms);
  for (int i = 0; i < count; i++) {
    struct line *line = events[i].data.ptr;
    if (events[i].events & ~(uint32_t)EPOLLOUT) receive(line);
    flush(line);
  }
}

static void keep_depth(void) {
  for (size_t i = 0; i < load.line_count; i++) {
    for (size_t j = 0; j < load.depth && run.left > 0; j++) send_one(&load.lines[i]);
    flush(&load.lines[i]);
  }
  while (run.under_way > 0) handle_events(-1);
}

static void keep_rate(void) {
  uint64_t index = 0;
  while (run.left > 0 || run.under_way > 0) {
    uint64_t now = now_ns();
    while (run.left > 0 && run.start_ns + (uint64_t)((double)index * run.interval_ns) <= now) {
      struct line *line = &load.lines[index++ % load.line_count];
      if (line->sent - line->received == load.depth) fail("more than %zu messages are under way", load.depth);
      send_one(line);
      flush(line);
    }
    handle_events(0);
  }
}

static void carry_out(double duration_ms, double count, double rate) {
  uint64_t cpu = cpu_us();
  load.sample_count = 0;
  memset(&run, 0, sizeof run);
  run.first_sent = load.lines[0].sent;
  run.left = count < 0 ? UINT64_MAX : (uint64_t)count;
  run.interval_ns = rate > 0 ? 1e9 / rate : 0;
  uint64_t total = run.left;
  run.start_ns = now_ns();
  run.end_ns = run.start_ns + (uint64_t)(duration_ms * 1e6);
  if (rate > 0) keep_rate();
  else keep_depth();
  uint64_t elapsed = now_ns() - run.start_ns;
  printf("%llu %llu %llu", (unsigned long long)(total - run.left), (unsigned long long)elapsed,
         (unsigned long long)(cpu_us() - cpu));
  for (size_t i = 0; i < load.sample_count; i++) printf(" %llu", (unsigned long long)load.samples[i]);
  putchar('\n');
  fflush(stdout);
}

static void send_and_check(char **arguments) {
  load.line_count = strtoul(arguments[1], NULL, 10);
  load.depth = strtoul(arguments[2], NULL, 10);
  load.payload_bytes = strtoul(arguments[3], NULL, 10);
  load.time_every = strtoull(arguments[4], NULL, 10);
  load.check_every = strtoull(arguments[5], NULL, 10);
  load.frame_bytes = HEADER_BYTES + load.payload_bytes;
  load.filling = take(load.payload_bytes, 1);
  for (size_t i = 0; i < load.payload_bytes; i++) load.filling[i] = (uint8_t)(i * 31);
  load.lines = take(load.line_count, sizeof *load.lines);
  for (size_t i = 0; i < load.line_count; i++) open_line(&load.lines[i], atoi(arguments[0]));
  puts("open");
  fflush(stdout);
  for (size_t i = 0; i < load.line_count; i++) watch(EPOLL_CTL_ADD, load.lines[i].fd, EPOLLIN, &load.lines[i]);
  for (char *command; (command = next_command()) != NULL;) {
    double duration_ms, count, rate;
    if (sscanf(command, "%lf %lf %lf", &duration_ms, &count, &rate) != 3) fail("expected three numbers: %s", command);
    carry_out(duration_ms, count, rate);
  }
}

int main(int argc, char **argv) {
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) fail("epoll_create1: %s", strerror(errno));
  setvbuf(stdin, NULL, _IONBF, 0);
  if (argc == 2 && strcmp(argv[1], "server") == 0) serve();
  else if (argc == 8 && strcmp(argv[1], "client") == 0) send_and_check(argv + 2);
  else fail("expected server, or client and six numbers");
  return 0;
}
