// A plugin that does not use the wrapper's guard: an exception leaves it.
#include <assay/ext/checklist.h>
#include <assay/plugin.h>

#include <stdexcept>

namespace {

assay_status catalogues(const assay_call*, const assay_writer*) { throw std::runtime_error("nobody catches this"); }
assay_status init(const assay_host*, const assay_call*) { return ASSAY_OK; }
void deinit() {}

const void* get_extension(assay_string id) {
  static constexpr assay_checklist_1 checklist = {&catalogues};
  return id.length == sizeof(ASSAY_CHECKLIST_1) - 1 && id.data[0] == 'c' ? &checklist : nullptr;
}

}  // namespace

const assay_plugin* assay_plugin_v1(void) {
  static constexpr assay_plugin plugin = {
      {ASSAY_SIGNATURE, sizeof(assay_plugin), ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR, ASSAY_SDK_VERSION},
      {ASSAY_PLUGIN_ID, sizeof(ASSAY_PLUGIN_ID) - 1},
      {ASSAY_PLUGIN_VERSION, sizeof(ASSAY_PLUGIN_VERSION) - 1},
      &init,
      &deinit,
      &get_extension};
  return &plugin;
}
