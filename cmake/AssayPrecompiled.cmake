# One precompiled header for all layers and one for all tests. GCC takes it only where options and macros agree: a
# disagreement is the error -Winvalid-pch. A layer with its own server/NAME/precompiled.h uses that instead.
function(assay_precompiled name header)
  file(WRITE ${CMAKE_BINARY_DIR}/generated/${name}.cpp.new "// Compiles the header that ${name} is about.\n")
  file(COPY_FILE ${CMAKE_BINARY_DIR}/generated/${name}.cpp.new ${CMAKE_BINARY_DIR}/generated/${name}.cpp ONLY_IF_DIFFERENT)
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/generated/${name}.cpp)
  target_link_libraries(${name} PRIVATE assay_flags nlohmann_json::nlohmann_json fmt::fmt Boost::headers ${ARGN})
  target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/${header})
endfunction()

assay_precompiled(assay_precompiled precompiled.h)
