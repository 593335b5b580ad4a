/* The vocabulary of the plugin ABI: versions, export, strings, status. Valid C11 and C++17.
 *
 * Rules that hold for every function of this ABI:
 *  - Ownership: nothing is freed across the boundary. A pointer or string that is passed in is valid until the function
 *    returns; a pointer or string that is handed out is owned by whoever handed it out and lives as the contract says.
 *  - Errors: a status, never an exception, longjmp or exit. No C++ type crosses.
 *  - Text is UTF-8 without a terminating zero. Integers have fixed widths; there are no enums, bit fields or varargs.
 *  - Threads, by tag:
 *      [load]  during loading or unloading; nothing else of the plugin runs.
 *      [call]  during a call that the host made, on the thread that made it. The host never has two calls in one
 *              plugin at a time; two calls may come on different threads.
 *      [any]   from any thread, at any time between init and deinit.
 *  - Growth: a struct that begins with `struct_size` may grow at its tail; look with ASSAY_HAS before using a member
 *    that came after ABI 1.0. Every other struct is frozen: a change is a new extension id.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define ASSAY_STATIC_ASSERT(condition, text) static_assert(condition, text)
#define ASSAY_EXTERN_C extern "C"
#else
#define ASSAY_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#define ASSAY_EXTERN_C
#endif

/* A host loads a plugin of its own major version and of a minor version that is not newer than its own. */
#define ASSAY_ABI_MAJOR 1u
#define ASSAY_ABI_MINOR 0u
/* 10000 * major + 100 * minor + patch of these headers; for diagnosis only. */
#define ASSAY_SDK_VERSION 10000u

#define ASSAY_EXPORT ASSAY_EXTERN_C __attribute__((visibility("default")))

/* True when the struct behind `pointer`, as big as its maker says, has `member`. */
#define ASSAY_HAS(pointer, member)                                                                   \
  ((size_t)((const char*)&(pointer)->member - (const char*)(pointer)) + sizeof((pointer)->member) <= \
   (size_t)(pointer)->struct_size)

/* UTF-8 text or bytes. `data` may be null when `length` is 0. */
typedef struct assay_string {
  const char* data;
  uint64_t length; /* bytes */
} assay_string;

/* How a function went. Anything but ASSAY_OK is a failure; unknown values count as ASSAY_FAILED. */
typedef int32_t assay_status;
#define ASSAY_OK 0
#define ASSAY_FAILED 1      /* said more precisely with call->fail() */
#define ASSAY_UNSUPPORTED 2 /* this format, language or version is not offered */
#define ASSAY_INVALID 3     /* the input does not make sense */
#define ASSAY_CANCELLED 4   /* given up because call->cancelled() said so */
#define ASSAY_LIMIT 5       /* an output is larger than the host takes */
#define ASSAY_OUT_OF_MEMORY 6

ASSAY_STATIC_ASSERT(sizeof(void*) == 8, "the ABI is defined for 64-bit platforms");
ASSAY_STATIC_ASSERT(sizeof(assay_string) == 16, "layout of assay_string");
ASSAY_STATIC_ASSERT(offsetof(assay_string, length) == 8, "layout of assay_string");
