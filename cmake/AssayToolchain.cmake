# Compiler flags, sanitizers, ccache and the fast linker, for every target of the project.
add_library(assay_flags INTERFACE)
target_compile_options(assay_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Werror -fstack-protector-strong
  $<$<COMPILE_LANGUAGE:CXX>:-Wconversion -Wnon-virtual-dtor -Woverloaded-virtual>)
target_compile_definitions(assay_flags INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
  SPDLOG_FMT_EXTERNAL)
# Ubuntu's compiler sets _FORTIFY_SOURCE by itself; setting it again is a warning.
target_compile_options(assay_flags INTERFACE $<$<CONFIG:Release>:-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # These look at inlined library code when optimising, and are wrong there in one version of GCC or another
  # (std::string operator+ and -Wrestrict: GCC bug 105651). They stay warnings; -Wrestrict has no true finding left.
  target_compile_options(assay_flags INTERFACE -Wno-error=maybe-uninitialized -Wno-error=uninitialized -Wno-error=array-bounds
    -Wno-error=stringop-overflow -Wno-error=stringop-overread -Wno-error=free-nonheap-object
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    target_compile_options(assay_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:-Wno-error=dangling-reference>)
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  # libstdc++ 12 uses in std::stable_sort what it deprecates itself.
  target_compile_options(assay_flags INTERFACE -Wno-error=deprecated-declarations)
endif()

if(ASSAY_UNITY)
  # The first means the file being compiled, the second every name of another file's anonymous namespace.
  target_compile_options(assay_flags INTERFACE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-subobject-linkage> -Wno-shadow)
endif()

if(ASSAY_SANITIZE)
  add_compile_options(-fsanitize=${ASSAY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ASSAY_SANITIZE})
  if(ASSAY_SANITIZE MATCHES thread)
    add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
    # GCC's thread sanitizer does not know atomic_thread_fence and says so wherever a library uses it.
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-tsan>)
  endif()
endif()

# Half a gigabyte of a compiler's memory before it looks for what it could free: a sixth of each file's time.
add_compile_options($<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=524288>)

find_program(ASSAY_CCACHE ccache)
if(ASSAY_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${ASSAY_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${ASSAY_CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:$<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>>)
endif()
find_program(ASSAY_MOLD mold)
if(ASSAY_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,-z,relro,-z,now)
