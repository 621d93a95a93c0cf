/*
 * A function of JavaScript that the event loop of its environment calls, through handles of libuv. A watch is one
 * (watch.c), and turns are (event-loop.c).
 *
 * It has two owners, and the last to leave frees it: libuv, until its handles are closed; and the JavaScript handle,
 * until it is collected. A JavaScript handle that nobody keeps does not end it.
 *
 *     create ──> attach ──> called ── stop ──> closing ── closed ──> libuv has left
 *                   stop: asked for, or the environment's end (a worker that ends, with its loop still running)
 */
#ifndef MSGR_LOOP_CALLBACK_H
#define MSGR_LOOP_CALLBACK_H

#include "shim.h"

enum { LOOP_CALLBACK_HANDLES_MAX = 2 };

struct loop_callback {
  enum handle_kind kind; /* for read_handle */
  napi_env env;
  napi_ref function;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  void *handles[LOOP_CALLBACK_HANDLES_MAX]; /* libuv's; each has this struct as its data */
  int open_handles;
  int owners;
  bool closing;
};

/*
 * With memory for libuv handles of these types, which the caller initializes next. NULL if there is no memory. It is
 * libuv's from then on: a caller who cannot have libuv take the handles leaves in its place.
 */
struct loop_callback *loop_callback_create(napi_env env, enum handle_kind kind, const int *types, int count);

/*
 * Makes `function` the one that is called, under that name among node's async resources, and a JavaScript handle for it.
 * False if the environment is ending; it has to be stopped then.
 */
bool loop_callback_attach(struct loop_callback *self, napi_value function, const char *name, napi_value *handle);

/* Calls the function with a number. What it throws is an uncaught exception of the environment. */
void loop_callback_call(struct loop_callback *self, double argument);

/*
 * libuv drops events that are due already, so that after this no call comes. What a call lives on goes later, when the
 * handles are closed: this may be called from inside one, and again.
 */
void loop_callback_stop(struct loop_callback *self);

/* One owner less. */
void loop_callback_leave(struct loop_callback *self);

#endif
