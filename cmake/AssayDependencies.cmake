# Finds the libraries from the distribution and gives the ones without a usable CMake package a target.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(date REQUIRED)
find_package(LibArchive 3.6 REQUIRED)
find_package(CLI11 REQUIRED)
find_package(prometheus-cpp REQUIRED)

add_library(assay_argon2 INTERFACE)
find_library(ARGON2 argon2 REQUIRED)
target_link_libraries(assay_argon2 INTERFACE ${ARGON2})

# valijson is header-only and its package carries no target.
add_library(assay_valijson INTERFACE)
find_path(VALIJSON_INCLUDE valijson/validator.hpp REQUIRED)
target_include_directories(assay_valijson SYSTEM INTERFACE ${VALIJSON_INCLUDE})

# A library that the server loads when it first needs it: its headers, and as `macro` the name under which the dynamic linker finds
# what they belong to.
function(assay_loaded_library name macro headers library)
  execute_process(COMMAND ${CMAKE_READELF} -d ${library} OUTPUT_VARIABLE dynamic COMMAND_ERROR_IS_FATAL ANY)
  if(NOT dynamic MATCHES "SONAME[^[]*\\[([^]]+)\\]")
    message(FATAL_ERROR "${library} has no name for the dynamic linker")
  endif()
  add_library(assay_${name}_headers INTERFACE)
  target_include_directories(assay_${name}_headers SYSTEM INTERFACE ${headers})
  target_compile_definitions(assay_${name}_headers INTERFACE ${macro}="${CMAKE_MATCH_1}")
endfunction()
assay_loaded_library(libpq ASSAY_LIBPQ "${PostgreSQL_INCLUDE_DIRS}" ${PostgreSQL_LIBRARY})
assay_loaded_library(libarchive ASSAY_LIBARCHIVE "${LibArchive_INCLUDE_DIRS}" ${LibArchive_LIBRARIES})
