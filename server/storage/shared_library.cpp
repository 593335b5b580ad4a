// Shared libraries that are loaded when they are first needed, by the dynamic linker.
#include "storage/shared_library.h"

#include <dlfcn.h>

#include <stdexcept>
#include <utility>

namespace assay {
namespace {

void* loaded(const std::string& name) {
  if (void* const handle = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) return handle;
  const char* const reason = ::dlerror();  // names the library
  throw std::runtime_error("a library cannot be loaded: " + (reason == nullptr ? name : std::string(reason)));
}

}  // namespace

SharedLibrary::SharedLibrary(std::string name) : name_(std::move(name)), handle_(loaded(name_)) {}

SharedLibrary::Symbol SharedLibrary::operator[](const char* function) const {
  void* const address = ::dlsym(handle_, function);
  if (address == nullptr) throw std::runtime_error(name_ + " has no function " + function);
  return Symbol(address);
}

}  // namespace assay
