// Shared libraries that are loaded when they are first needed.
#pragma once

namespace assay {

/// A shared library with what it depends on, loaded at construction and never unloaded. For libraries that bring many
/// others and that most runs never call: the dynamic linker would load them all before main().
class SharedLibrary {
 public:
  /// Looks where the dynamic linker does. Both texts are literals. Throws std::runtime_error, which tells `who` needs
  /// which library, when it cannot be loaded.
  SharedLibrary(const char* name, const char* who);

  /// A function, as the pointer that it is assigned to.
  class Symbol {
   public:
    template <typename Function>
    operator Function*() const {  // NOLINT(google-explicit-constructor): the assigned pointer tells the type
      return reinterpret_cast<Function*>(address_);
    }

   private:
    friend class SharedLibrary;
    explicit Symbol(void* address) : address_(address) {}
    void* address_;
  };

  /// Throws std::runtime_error, which names library and function, when it has none of that name.
  Symbol operator[](const char* function) const;

 private:
  const char* name_;
  void* handle_;
};

}  // namespace assay
