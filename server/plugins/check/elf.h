// What a shared object says about itself, read without loading it: nothing in the file is trusted.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

/// From the dynamic section and the symbol table of a 64-bit object. Names in the order of the file.
struct ElfFacts {
  std::vector<std::string> needed;        // libraries
  std::vector<std::string> search_paths;  // rpath and runpath
  std::vector<std::string> exported;      // defined symbols that others can see
  std::vector<std::string> unique;        // of these, those that the whole process has once (STB_GNU_UNIQUE)
  std::vector<std::string> imported;      // symbols that others must define
  std::vector<std::string> versions;      // that are asked of libraries, e.g. GLIBC_2.34
  bool text_relocations = false;          // the loader has to write into code
  bool executable_stack = false;          // asked for, or not declined
  std::optional<std::string> manifest;    // the section .assay.manifest, which assay_add_plugin() makes
};

/// The facts of `bytes`, or why it is no shared object of this machine that can be read. Reads nothing outside of
/// `bytes` and at most a million symbols.
std::variant<ElfFacts, std::string> read_elf(std::string_view bytes);

/// True when `version`, such as GLIBC_2.34, is not newer than `most`, such as 2.36; numbers are compared part by part.
bool not_newer(std::string_view version, std::string_view most);

}  // namespace assay
