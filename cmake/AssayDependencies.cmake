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
