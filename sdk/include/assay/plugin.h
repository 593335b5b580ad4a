/* What a plugin gives to the host: one exported function, and behind it the entry. Valid C11 and C++17. */
#pragma once

#include <assay/abi.h>
#include <assay/host.h>

#define ASSAY_SIGNATURE 0x31474c5059415341u /* "ASAYPLG1" in memory order */

/* Who made this object, and against which headers. Frozen for ever; the host reads it before anything else. */
typedef struct assay_magic {
  uint64_t signature;   /* ASSAY_SIGNATURE */
  uint32_t struct_size; /* bytes of the whole assay_plugin that it begins */
  uint32_t abi_major;   /* ASSAY_ABI_MAJOR */
  uint32_t abi_minor;   /* ASSAY_ABI_MINOR */
  uint32_t sdk_version; /* ASSAY_SDK_VERSION */
} assay_magic;

/* The plugin. Grows at its tail; `magic.struct_size` says how far it goes. Of static lifetime. */
typedef struct assay_plugin {
  assay_magic magic;
  assay_string id;      /* as in the manifest, or the host refuses the plugin */
  assay_string version; /* as in the manifest, or the host refuses the plugin */

  /* [load] Called once before any other function. `host` stays valid until deinit has returned; `call` only until init
   * returns. After a failure the host calls nothing but, perhaps, init again. */
  assay_status (*init)(const assay_host* host, const assay_call* call);

  /* [load] Called once after a successful init; init may follow again. Frees all that init and the calls kept. */
  void (*deinit)(void);

  /* [any] The frozen struct of assay/ext/ that `id` names, e.g. "checklist/1", of static lifetime; null for an
   * extension that this plugin does not implement. It must give exactly those that the manifest declares. */
  const void* (*get_extension)(assay_string id);
} assay_plugin;

/* [load] The only symbol that a plugin exports. Its name carries the major version. Never null. */
#define ASSAY_ENTRY_SYMBOL "assay_plugin_v1"
ASSAY_EXPORT const assay_plugin* assay_plugin_v1(void);

ASSAY_STATIC_ASSERT(sizeof(assay_magic) == 24, "layout of assay_magic");
ASSAY_STATIC_ASSERT(offsetof(assay_magic, struct_size) == 8, "layout of assay_magic");
ASSAY_STATIC_ASSERT(offsetof(assay_magic, abi_major) == 12, "layout of assay_magic");
ASSAY_STATIC_ASSERT(offsetof(assay_plugin, id) == 24, "layout of assay_plugin");
ASSAY_STATIC_ASSERT(offsetof(assay_plugin, init) == 56, "layout of assay_plugin");
ASSAY_STATIC_ASSERT(offsetof(assay_plugin, get_extension) == 72, "layout of assay_plugin");
ASSAY_STATIC_ASSERT(sizeof(assay_plugin) >= 80, "assay_plugin only grows");
