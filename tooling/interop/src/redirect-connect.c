/*
 * Preloaded into a real client, sends its connections to other ports of the same host: CAPTURE_REDIRECT is a list of
 * FROM:TO, with commas between. The client knows nothing of it, so the addresses that it names in the protocol are
 * those that its peers announce.
 *
 * cc -shared -fPIC -O2 -Wall -Wextra -Werror -o redirect-connect.so redirect-connect.c -ldl
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

typedef int (*connect_function)(int, const struct sockaddr *, socklen_t);

static in_port_t
redirected(in_port_t port) {
  const char *at = getenv("CAPTURE_REDIRECT");
  while (at != NULL && *at != '\0') {
    char *end;
    unsigned long from = strtoul(at, &end, 10);
    unsigned long to = *end == ':' ? strtoul(end + 1, &end, 10) : from;
    if (ntohs(port) == from) return htons((uint16_t)to);
    at = *end == ',' ? end + 1 : NULL;
  }
  return port;
}

int
connect(int fd, const struct sockaddr *addr, socklen_t length) {
  connect_function next;
  *(void **)&next = dlsym(RTLD_NEXT, "connect");
  struct sockaddr_in ipv4;
  if (addr->sa_family != AF_INET || length < sizeof ipv4) return next(fd, addr, length);
  memcpy(&ipv4, addr, sizeof ipv4);
  ipv4.sin_port = redirected(ipv4.sin_port);
  return next(fd, (const struct sockaddr *)&ipv4, sizeof ipv4);
}
