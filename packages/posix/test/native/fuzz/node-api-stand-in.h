/* Just so much of Node-API as the shim uses: values that the fuzzer makes, and the functions of the module by name. */
#ifndef MSGR_NODE_API_STAND_IN_H
#define MSGR_NODE_API_STAND_IN_H

#include "fuzz-input.h"

#include <node_api.h>

enum kind { UNDEFINED, NUMBER, BOOLEAN, STRING, BYTES, INTS, HANDLE };

/* Memory of arrays is allocated to the byte, so that the sanitizer sees what goes beyond. */
struct value {
  enum kind kind;
  double number;
  bool boolean;
  char *text;
  void *memory;
  size_t count; /* of elements */
  void *held;   /* by a handle */
};

/* What a call left: its result, or NULL; and whether an exception is pending. */
struct outcome {
  const struct value *result;
  bool threw;
};

/* Loads the module. */
void stand_in_load(void);

/* Calls one of the module's functions. The result is valid until the next call. */
struct outcome stand_in_call(const char *name, struct value *const *args, size_t count);

/* Collects the handle that was made last, if there is one that is not collected. */
void stand_in_collect(void);

#endif
