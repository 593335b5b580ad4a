/* What the host gives to a plugin: itself, and the running call. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>

/* The host. Grows at its tail. Valid from init until deinit has returned. */
typedef struct assay_host {
  uint32_t struct_size; /* bytes */
  uint32_t abi_minor;   /* the host's; its major version is the plugin's */
  void* context;        /* the host's */
  assay_string name;    /* "assay" */
  assay_string version; /* semantic version */

  /* [any] A frozen struct of assay/ext/host/, e.g. for "log/1", valid until deinit has returned; null when this host
   * has no such extension or the manifest does not ask for it. A plugin must work without any of them. */
  const void* (*get_extension)(const struct assay_host* host, assay_string id);
} assay_host;

/* The running call. Grows at its tail. Valid until the call returns. */
typedef struct assay_call {
  uint32_t struct_size;  /* bytes */
  uint32_t reserved;     /* 0 */
  void* context;         /* the host's */
  assay_string language; /* BCP 47, e.g. "de"; a plugin without it answers in its first language */

  /* [call] 1 when the host has given up on this call or its deadline has passed: return ASSAY_CANCELLED soon. Cheap
   * enough for an inner loop. Otherwise 0. */
  int32_t (*cancelled)(const struct assay_call* call);

  /* [call] Milliseconds until the deadline; 0 when it has passed. */
  int64_t (*deadline_ms)(const struct assay_call* call);

  /* [call] How far the call is, in thousandths; for a person who waits. */
  void (*progress)(const struct assay_call* call, int32_t permille);

  /* [call] Says why the call is going to fail; the last one counts, and only if the call then returns a failure.
   * `json_pointer` (RFC 6901) names the place in the input, or is empty. `message` is one English sentence, of which
   * the host keeps the first 1,000 bytes. */
  void (*fail)(const struct assay_call* call, assay_status code, assay_string json_pointer, assay_string message);

  /* What the organisation has set for this plugin, with the defaults of the manifest: a JSON object as the schema of
   * its settings/1 says, without secrets. Empty for a plugin without settings, and for calls that serve all
   * organisations alike (checklist/1, migrate/1, init). */
  assay_string settings;
} assay_call;

ASSAY_STATIC_ASSERT(offsetof(assay_host, context) == 8, "layout of assay_host");
ASSAY_STATIC_ASSERT(offsetof(assay_host, get_extension) == 48, "layout of assay_host");
ASSAY_STATIC_ASSERT(sizeof(assay_host) >= 56, "assay_host only grows");
ASSAY_STATIC_ASSERT(offsetof(assay_call, language) == 16, "layout of assay_call");
ASSAY_STATIC_ASSERT(offsetof(assay_call, cancelled) == 32, "layout of assay_call");
ASSAY_STATIC_ASSERT(offsetof(assay_call, fail) == 56, "layout of assay_call");
ASSAY_STATIC_ASSERT(offsetof(assay_call, settings) == 64, "layout of assay_call");
ASSAY_STATIC_ASSERT(sizeof(assay_call) >= 80, "assay_call only grows");
