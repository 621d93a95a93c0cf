/*
 * Included before everything else in every file of the fuzzed shim: what it asks of the kernel goes to the stand-in.
 * The names are changed in the system's headers as well, so that the compiler still checks their types.
 */
#define accept4 kernel_accept4
#define bind kernel_bind
#define close kernel_close
#define connect kernel_connect
#define epoll_create1 kernel_epoll_create1
#define epoll_ctl kernel_epoll_ctl
#define epoll_wait kernel_epoll_wait
#define eventfd kernel_eventfd
#define fcntl kernel_fcntl
#define getpeername kernel_getpeername
#define getsockname kernel_getsockname
#define getsockopt kernel_getsockopt
#define listen kernel_listen
#define pipe2 kernel_pipe2
#define read kernel_read
#define recv kernel_recv
#define sched_getaffinity kernel_sched_getaffinity
#define sched_setaffinity kernel_sched_setaffinity
#define select kernel_select
#define send kernel_send
#define sendmsg kernel_sendmsg
#define setsockopt kernel_setsockopt
#define shutdown kernel_shutdown
#define socket kernel_socket
#define socketpair kernel_socketpair
#define write kernel_write
