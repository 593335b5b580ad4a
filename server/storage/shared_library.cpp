// Shared libraries that are loaded when they are first needed, by the dynamic linker.
#include "storage/shared_library.h"

#include <dlfcn.h>

#include <stdexcept>
#include <string>

namespace assay {
namespace {

void* loaded(const char* name, const char* who) {
  if (void* const handle = ::dlopen(name, RTLD_NOW | RTLD_LOCAL)) return handle;
  const char* const reason = ::dlerror();  // names the library
  throw std::runtime_error(std::string(who) +
                           " needs a library that cannot be loaded: " + (reason == nullptr ? name : reason));
}

}  // namespace

SharedLibrary::SharedLibrary(const char* name, const char* who) : name_(name), handle_(loaded(name, who)) {}

SharedLibrary::Symbol SharedLibrary::operator[](const char* function) const {
  void* const address = ::dlsym(handle_, function);
  if (address == nullptr) throw std::runtime_error(std::string(name_) + " has no function " + function);
  return Symbol(address);
}

}  // namespace assay
