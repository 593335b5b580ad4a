// What a shared object says about itself.
#include "plugins/check/elf.h"

#include <elf.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace assay {
namespace {

constexpr std::uint64_t most_symbols = 1'000'000;
constexpr std::uint64_t most_entries = 10'000;  // of a table that is not the symbols'
constexpr std::size_t longest_name = 4096;
constexpr std::uint64_t longest_manifest = 1u << 20;  // as of manifest.json
constexpr std::string_view manifest_section = ".assay.manifest";

#if defined(__x86_64__)
constexpr std::uint16_t this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr std::uint16_t this_machine = EM_AARCH64;
#endif

/// Says why the object cannot be read.
struct Unreadable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ElfFile {
 public:
  explicit ElfFile(std::string_view bytes) : bytes_(bytes) {
    const auto head = at<Elf64_Ehdr>(0);
    if (std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) throw Unreadable("it is no ELF file");
    if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB)
      throw Unreadable("it is not for a 64-bit little-endian machine");
    if (head.e_type != ET_DYN) throw Unreadable("it is no shared object");
    if (head.e_machine != this_machine) throw Unreadable("it is for another processor");
    if (head.e_phentsize != sizeof(Elf64_Phdr) || head.e_phnum > 1000)
      throw Unreadable("its program headers make no sense");
    for (std::uint64_t i = 0; i < head.e_phnum; ++i)
      segments_.push_back(at<Elf64_Phdr>(head.e_phoff + i * sizeof(Elf64_Phdr)));
    read_manifest_section(head);
  }

  ElfFacts facts() {
    read_dynamic();
    facts_.executable_stack = true;
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type == PT_GNU_STACK) facts_.executable_stack = (segment.p_flags & PF_X) != 0;
    }
    for (const std::uint64_t name : needed_) facts_.needed.push_back(text(name));
    for (const std::uint64_t path : paths_) facts_.search_paths.push_back(text(path));
    read_symbols();
    read_versions();
    return std::move(facts_);
  }

 private:
  template <class T>
  T at(std::uint64_t offset) const {
    if (offset > bytes_.size() || bytes_.size() - offset < sizeof(T))
      throw Unreadable("it is cut off, or it points outside of itself");
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }
  /// Where in the file lies what will be loaded at `address`.
  std::uint64_t offset_of(std::uint64_t address) const {
    for (const Elf64_Phdr& segment : segments_) {
      if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
        return segment.p_offset + (address - segment.p_vaddr);
    }
    throw Unreadable("a table of it is in no segment");
  }
  std::string text(std::uint64_t name) const {
    if (!strings_ || name >= strings_size_) throw Unreadable("a name of it is outside of its table of names");
    const std::uint64_t begin = *strings_ + name;
    if (begin >= bytes_.size()) throw Unreadable("a name of it is outside of the file");
    const std::string_view rest = bytes_.substr(begin, longest_name);
    const auto end = rest.find('\0');
    if (end == std::string_view::npos) throw Unreadable("a name of it has no end");
    return std::string(rest.substr(0, end));
  }

  /// Of an object that was stripped of its sections, nothing: it loads without them.
  void read_manifest_section(const Elf64_Ehdr& head) {
    if (head.e_shoff == 0 || head.e_shnum == 0 || head.e_shstrndx >= head.e_shnum) return;
    if (head.e_shentsize != sizeof(Elf64_Shdr)) throw Unreadable("its section headers make no sense");
    const auto section = [&](std::uint64_t index) { return at<Elf64_Shdr>(head.e_shoff + index * sizeof(Elf64_Shdr)); };
    const auto names = section(head.e_shstrndx);
    for (std::uint64_t i = 1; i < head.e_shnum; ++i) {
      const auto one = section(i);
      if (one.sh_type != SHT_PROGBITS ||
          part(names.sh_offset + one.sh_name, manifest_section.size()) != manifest_section)
        continue;
      if (one.sh_size > longest_manifest) throw Unreadable("the manifest in it has more than 1 MiB");
      const std::string_view text = part(one.sh_offset, one.sh_size);
      if (text.size() != one.sh_size) throw Unreadable("it is cut off, or it points outside of itself");
      facts_.manifest = std::string(text);
    }
  }
  /// As many of `length` bytes from `offset` on as there are.
  std::string_view part(std::uint64_t offset, std::uint64_t length) const {
    return offset > bytes_.size() ? std::string_view() : bytes_.substr(offset, length);
  }

  void take(const Elf64_Dyn& entry) {
    const std::uint64_t value = entry.d_un.d_val;
    switch (entry.d_tag) {
      case DT_NEEDED:
        return needed_.push_back(value);
      case DT_RPATH:
      case DT_RUNPATH:
        return paths_.push_back(value);
      case DT_TEXTREL:
        facts_.text_relocations = true;
        return;
      case DT_FLAGS:
        facts_.text_relocations = facts_.text_relocations || (value & DF_TEXTREL) != 0;
        return;
      case DT_STRTAB:
        strings_ = offset_of(value);
        return;
      case DT_STRSZ:
        strings_size_ = value;
        return;
      case DT_SYMTAB:
        symbols_ = offset_of(value);
        return;
      case DT_GNU_HASH:
        gnu_hash_ = offset_of(value);
        return;
      case DT_HASH:
        hash_ = offset_of(value);
        return;
      case DT_VERNEED:
        version_needs_ = offset_of(value);
        return;
      default:
        return;
    }
  }

  void read_dynamic() {
    const auto found = std::find_if(segments_.begin(), segments_.end(),
                                    [](const Elf64_Phdr& segment) { return segment.p_type == PT_DYNAMIC; });
    if (found == segments_.end()) throw Unreadable("it has no dynamic section");
    for (std::uint64_t i = 0; i < std::min(found->p_filesz / sizeof(Elf64_Dyn), most_entries); ++i) {
      const auto entry = at<Elf64_Dyn>(found->p_offset + i * sizeof(Elf64_Dyn));
      if (entry.d_tag == DT_NULL) return;
      take(entry);
    }
  }

  /// How many symbols there are: no table says so, but both kinds of hash tables imply it.
  std::uint64_t symbol_count() const {
    if (hash_) return at<std::uint32_t>(*hash_ + 4);
    if (!gnu_hash_) throw Unreadable("it has no hash table of symbols");
    const auto buckets = at<std::uint32_t>(*gnu_hash_), first = at<std::uint32_t>(*gnu_hash_ + 4),
               words = at<std::uint32_t>(*gnu_hash_ + 8);
    const std::uint64_t table = *gnu_hash_ + 16 + std::uint64_t{words} * 8;
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(buckets, most_symbols); ++i)
      last = std::max<std::uint64_t>(last, at<std::uint32_t>(table + i * 4));
    // Without an exported symbol the table names none, and imports lie before `first`.
    if (last < first) return first;
    const std::uint64_t chains = table + std::uint64_t{buckets} * 4;
    while (last < most_symbols && (at<std::uint32_t>(chains + (last - first) * 4) & 1u) == 0) ++last;
    return last + 1;
  }

  void read_symbols() {
    if (!symbols_) throw Unreadable("it has no table of symbols");
    const std::uint64_t count = symbol_count();
    if (count > most_symbols) throw Unreadable("it has more than a million symbols");
    for (std::uint64_t i = 1; i < count; ++i) {
      const auto symbol = at<Elf64_Sym>(*symbols_ + i * sizeof(Elf64_Sym));
      const auto binding = ELF64_ST_BIND(symbol.st_info);
      if (binding == STB_LOCAL || symbol.st_name == 0) continue;
      if (symbol.st_shndx == SHN_UNDEF) {
        facts_.imported.push_back(text(symbol.st_name));
        continue;
      }
      const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
      if (visibility == STV_HIDDEN || visibility == STV_INTERNAL) continue;
      if (symbol.st_shndx == SHN_ABS && ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT) continue;  // names a version
      facts_.exported.push_back(text(symbol.st_name));
      if (binding == STB_GNU_UNIQUE) facts_.unique.push_back(facts_.exported.back());
    }
  }

  void read_versions() {
    std::uint64_t need = version_needs_.value_or(0);
    for (std::uint64_t libraries = 0; need != 0 && libraries < most_entries; ++libraries) {
      const auto library = at<Elf64_Verneed>(need);
      std::uint64_t version = need + library.vn_aux;
      for (std::uint64_t i = 0; i < library.vn_cnt; ++i) {
        const auto one = at<Elf64_Vernaux>(version);
        facts_.versions.push_back(text(one.vna_name));
        version += one.vna_next;
      }
      need = library.vn_next == 0 ? 0 : need + library.vn_next;
    }
  }

  std::string_view bytes_;
  std::vector<Elf64_Phdr> segments_;
  std::vector<std::uint64_t> needed_, paths_;
  std::optional<std::uint64_t> strings_, symbols_, hash_, gnu_hash_, version_needs_;
  std::uint64_t strings_size_ = 0;
  ElfFacts facts_;
};

std::uint64_t take_part(std::string_view& numbers) {
  std::uint64_t part = 0;
  const auto [end, error] = std::from_chars(numbers.data(), numbers.data() + numbers.size(), part);
  numbers.remove_prefix(error == std::errc() ? static_cast<std::size_t>(end - numbers.data()) : numbers.size());
  if (!numbers.empty()) numbers.remove_prefix(1);
  return part;
}

}  // namespace

std::variant<ElfFacts, std::string> read_elf(std::string_view bytes) {
  try {
    return ElfFile(bytes).facts();
  } catch (const Unreadable& reason) {
    return std::string(reason.what());
  }
}

bool not_newer(std::string_view version, std::string_view most) {
  version.remove_prefix(std::min(version.size(), version.find('_') + 1));
  while (!version.empty() || !most.empty()) {
    const std::uint64_t left = take_part(version), right = take_part(most);
    if (left != right) return left < right;
  }
  return true;
}

}  // namespace assay
